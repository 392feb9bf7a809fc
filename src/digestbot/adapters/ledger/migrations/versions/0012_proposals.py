"""Proposals of every kind with what review needs of them; stories that wait to be proposed; addresses looked after."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns and make the tables; what was proposed before only added resources."""
    for name, default in (("kind", "add"), ("subject", ""), ("old_url", ""), ("anchor", ""), ("reference", "")):
        op.add_column("proposals", sa.Column(name, sa.Text, nullable=False, server_default=default))
    for name in ("stories", "quotes", "signs"):
        op.add_column("proposals", sa.Column(name, sa.JSON, nullable=False, server_default="[]"))
    for name in ("due_at", "waits_until"):
        op.add_column("proposals", sa.Column(name, sa.DateTime))
    op.add_column("proposals", sa.Column("revision", sa.Integer, nullable=False, server_default="1"))
    op.add_column("proposals", sa.Column("steps", sa.Integer, nullable=False, server_default="0"))
    op.create_index("ix_proposals_subject", "proposals", ["subject"])
    op.create_table(
        "proposal_waits", sa.Column("story", sa.Text, primary_key=True), sa.Column("roadmap", sa.Text, primary_key=True),
        sa.Column("since", sa.DateTime, nullable=False), sa.Column("why", sa.Text, nullable=False, server_default=""),
    )
    op.create_table(
        "link_checks", sa.Column("url", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("checked_at", sa.DateTime, nullable=False), sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("failing_since", sa.DateTime), sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("moved_to", sa.Text, nullable=False, server_default=""),
        sa.Column("archived", sa.Text, nullable=False, server_default=""),
        sa.Column("said", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_link_checks_state", "link_checks", ["state"])
    op.create_index("ix_link_checks_due_at", "link_checks", ["due_at"])
