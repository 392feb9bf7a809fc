"""When a feed is asked next, how often it publishes, where it moved, and whether it is paused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns."""
    for name in ("next_check_at", "failing_since", "closed_until", "paused_at"):
        op.add_column("feeds", sa.Column(name, sa.DateTime))
    op.add_column("feeds", sa.Column("interval", sa.Integer))
    for name in ("moved_to", "paused_why"):
        op.add_column("feeds", sa.Column(name, sa.Text, nullable=False, server_default=""))
