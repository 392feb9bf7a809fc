"""Addresses that nothing is sent to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "suspensions", sa.Column("kind", sa.Text, primary_key=True), sa.Column("address", sa.Text, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False), sa.Column("reason", sa.Text, nullable=False, server_default=""),
    )
