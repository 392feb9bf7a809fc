"""What arXiv's listings announced day by day, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "listings", sa.Column("feed", sa.Text, primary_key=True), sa.Column("day", sa.Date, primary_key=True),
        sa.Column("checked_at", sa.DateTime, nullable=False), text("reason"),
    )
    op.create_table(
        "announcements", sa.Column("feed", sa.Text, primary_key=True), sa.Column("day", sa.Date, primary_key=True),
        sa.Column("item", sa.Text, primary_key=True), text("kind"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"), text("standing"),
    )
    op.create_index("ix_announcements_item", "announcements", ["item"])
    op.create_index("ix_announcements_standing", "announcements", ["standing"])
