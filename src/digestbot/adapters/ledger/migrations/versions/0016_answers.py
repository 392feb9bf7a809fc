"""What people asked, were answered, and thought of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "answers", sa.Column("id", sa.Text, primary_key=True), _text("key"), _text("who"), _text("follows"),
        sa.Column("asked_at", sa.DateTime, nullable=False), _text("state"),
        sa.Column("cached", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("ix_answers_key", "answers", ["key"])
    op.create_index("ix_answers_who", "answers", ["who"])
    op.create_table(
        "answer_verdicts", sa.Column("answer", sa.Text, primary_key=True), sa.Column("who", sa.Text, primary_key=True),
        _text("verdict"), _text("note"), sa.Column("at", sa.DateTime, nullable=False),
    )
