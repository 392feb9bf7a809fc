"""What digests say, kept once for all who got the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0010"


def upgrade() -> None:
    """Make the table, and point to it; what was recorded before stays where it is."""
    op.create_table(
        "digest_contents", sa.Column("id", sa.Text, primary_key=True), sa.Column("body", sa.JSON, nullable=False)
    )
    op.add_column("digests", sa.Column("content", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_digests_content", "digests", ["content"])
