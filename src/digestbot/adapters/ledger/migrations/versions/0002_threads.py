"""Decisions on pairs, doubts, items to judge once more, and what became new about a story."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def upgrade() -> None:
    """Make the tables."""
    op.create_table("doubts", key("a"), key("b"), sa.Column("score", sa.Float, nullable=False), text("basis"))
    op.create_table(
        "link_decisions", key("a"), key("b"), sa.Column("same", sa.Boolean, nullable=False), text("by"), text("reason"),
        sa.Column("decided_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_link_decisions_b", "link_decisions", ["b"])
    op.create_table(
        "rechecks", key("item"), sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("former", sa.JSON),
    )
    op.create_table(
        "revisions", key("story"), key("kind"), key("subject"), sa.Column("number", sa.Integer, nullable=False),
        text("change"), sa.Column("found_at", sa.DateTime, nullable=False),
    )
