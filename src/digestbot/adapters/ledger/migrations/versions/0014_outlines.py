"""Roadmaps as they were last looked at, and what happened to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "outlines", sa.Column("roadmap", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, nullable=False, server_default=""),
        sa.Column("body", sa.JSON, nullable=False), sa.Column("noted_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "outline_events", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("roadmap", sa.Text, nullable=False, server_default=""), sa.Column("at", sa.DateTime, nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False, server_default="")
            for name in ("version", "what", "how", "place", "title", "url", "former")
        ),
    )
    op.create_index("ix_outline_events_roadmap", "outline_events", ["roadmap"])
