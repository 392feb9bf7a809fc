"""What a summary says beyond its points, summaries that were paid for once, and stories that speak to a model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns and make the tables."""
    for name in ("why", "place", "written"):
        op.add_column("summaries", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column("summaries", sa.Column("lost", sa.JSON, nullable=False, server_default="[]"))
    op.create_table(
        "summary_cache", sa.Column("key", sa.Text, primary_key=True), sa.Column("body", sa.JSON, nullable=False),
        sa.Column("written_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "suspects", sa.Column("story", sa.Text, primary_key=True), sa.Column("score", sa.Float, nullable=False),
        sa.Column("signs", sa.JSON, nullable=False), sa.Column("found_at", sa.DateTime, nullable=False),
    )
