"""Proposals as messages on Discord, and where a suggester on Discord is told what became of an address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make the table and the columns; nobody knows where earlier suggestions were made."""
    op.create_table(
        "review_posts",
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("proposal", sa.Text, primary_key=True),
        sa.Column("guild", sa.Text, nullable=False, server_default=""),
        sa.Column("state", sa.Text, nullable=False, server_default=""),
        sa.Column("begun_at", sa.DateTime, nullable=False),
        sa.Column("message", sa.Text, nullable=False, server_default=""),
        sa.Column("shown", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_review_posts_guild", "review_posts", ["guild"])
    for name in ("place", "lang"):
        op.add_column("suggestions", sa.Column(name, sa.Text, nullable=False, server_default=""))
