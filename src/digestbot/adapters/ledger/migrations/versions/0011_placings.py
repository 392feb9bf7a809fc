"""Where people put stories, one row for each decision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "placings",
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("roadmap", sa.Text, primary_key=True),
        sa.Column("decided_at", sa.DateTime, primary_key=True),
        sa.Column("section", sa.Text, nullable=False, server_default=""),
        sa.Column("chapter", sa.Text, nullable=False, server_default=""),
        sa.Column("by", sa.Text, nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("former", sa.Text, nullable=False, server_default=""),
    )
