"""Subscriptions, and up to when each was looked after."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "subscription_marks",
        sa.Column("subscription", sa.Text, primary_key=True),
        sa.Column("handled_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_digest_entries_story", "digest_entries", ["story"])
