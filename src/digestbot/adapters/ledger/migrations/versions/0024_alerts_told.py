"""When operators were last told that an alert was raised; of those that stand they were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the column."""
    op.add_column("alerts", sa.Column("told_at", sa.DateTime))
    op.execute("UPDATE alerts SET told_at = raised_at")
