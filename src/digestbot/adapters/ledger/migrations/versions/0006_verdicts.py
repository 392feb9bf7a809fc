"""A verdict's rubric, cost, doubt and lookups; what the model wrote of a call's tokens, and in how many calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns."""
    columns = {
        "verdicts": [
            sa.Column("novelty", sa.Float), sa.Column("evidence", sa.Float), sa.Column("usefulness", sa.Float),
            sa.Column("level", sa.Text, nullable=False, server_default=""),
            sa.Column("tokens", sa.Integer, nullable=False, server_default="0"), sa.Column("cost_usd", sa.Float),
            sa.Column("needs_review", sa.Text, nullable=False, server_default=""),
            sa.Column("lookups", sa.JSON, nullable=False, server_default="[]"),
        ],
        "model_calls": [
            sa.Column("output_tokens", sa.Integer, nullable=False, server_default="0"),
            sa.Column("calls", sa.Integer, nullable=False, server_default="1"),
        ],
    }
    for table, added in columns.items():
        for column in added:
            op.add_column(table, column)
