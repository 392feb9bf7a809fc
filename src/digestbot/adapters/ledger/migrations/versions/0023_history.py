"""Which verdicts are history: of papers that were loaded by the thousand and never told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the column, and an index over the verdicts that are none."""
    op.add_column("verdicts", sa.Column("history", sa.Boolean, nullable=False, server_default=sa.false()))
    live = sa.text("NOT history") if op.get_bind().dialect.name == "postgresql" else sa.text("history = 0")
    op.create_index("ix_verdicts_live", "verdicts", ["roadmap", "section"], sqlite_where=live, postgresql_where=live)
