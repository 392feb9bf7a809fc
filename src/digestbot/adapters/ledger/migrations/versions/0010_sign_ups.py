"""How often somebody asked to subscribe, by a name that only the pages can make of an address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sign_ups", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("who", sa.Text, nullable=False, server_default=""), sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_sign_ups_who", "sign_ups", ["who"])
    op.create_index("ix_sign_ups_at", "sign_ups", ["at"])
