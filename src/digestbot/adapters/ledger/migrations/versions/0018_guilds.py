"""Discord servers that use the bot, and what they want of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "guilds", sa.Column("id", sa.Text, primary_key=True), sa.Column("body", sa.JSON, nullable=False),
    )
