"""Where an article was read, its language and picture; what people suggest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def upgrade() -> None:
    """Add the columns, make the table."""
    for name in ("url", "lang", "image"):
        op.add_column("articles", text(name))
    op.create_table(
        "suggestions", sa.Column("url", sa.Text, primary_key=True), text("by"),
        sa.Column("suggested_at", sa.DateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"), text("item"), text("reason"),
    )
    op.create_index("ix_suggestions_item", "suggestions", ["item"])
