"""The audit log of reviews, and what suggesters were told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables; what was decided before stands in the document, and is the log's first line."""
    op.create_table(
        "review_acts", sa.Column("proposal", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime, nullable=False), sa.Column("by", sa.Text, nullable=False, server_default=""),
        sa.Column("kind", sa.Text, nullable=False, server_default=""),
        sa.Column("state", sa.Text, nullable=False, server_default=""),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("ground", sa.Text, nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("detail", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_review_acts_at", "review_acts", ["at"])
    op.execute(
        'INSERT INTO review_acts (proposal, number, at, "by", kind, state, revision, ground, reason, detail) '
        "SELECT id, 1, decided_at, decided_by, "
        "CASE state WHEN 'accepted' THEN 'accept' WHEN 'edited' THEN 'edit' ELSE 'reject' END, "
        "CASE state WHEN 'rejected' THEN 'rejected' ELSE 'applied' END, 1, "
        "CASE state WHEN 'rejected' THEN 'other' ELSE '' END, note, '' "
        "FROM proposals WHERE decided_at IS NOT NULL AND state IN ('accepted', 'edited', 'rejected')"
    )
    op.execute(
        "UPDATE proposals SET steps = 1 "
        "WHERE decided_at IS NOT NULL AND state IN ('accepted', 'edited', 'rejected')"
    )
    op.execute("UPDATE proposals SET state = 'applied' WHERE state IN ('accepted', 'edited')")
    op.create_table(
        "suggestion_answers", sa.Column("url", sa.Text, primary_key=True), sa.Column("standing", sa.Text, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
    )
