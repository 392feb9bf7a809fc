"""What digests say, kept once for all who got the same; mails that are owed to people who signed up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables, and point to the first; what was recorded before stays where it is."""
    op.create_table(
        "digest_contents", sa.Column("id", sa.Text, primary_key=True), sa.Column("body", sa.JSON, nullable=False)
    )
    op.add_column("digests", sa.Column("content", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_digests_content", "digests", ["content"])
    op.create_table(
        "letters",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("address", sa.Text, nullable=False, server_default=""),
        sa.Column("wish", sa.JSON, nullable=False),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("owner", sa.Text),
        sa.Column("lease_until", sa.DateTime),
    )
