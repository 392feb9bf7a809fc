"""Who may sign in on the pages, and where they have."""

from __future__ import annotations

import sqlalchemy as sa

from digestbot.adapters.ledger.schema.columns import Instant, metadata, text

passes = sa.Table(
    "passes",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    text("name"),
    text("role"),
    sa.Column("hashed", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("used_at", Instant),
    sa.Column("revoked_at", Instant),
    sa.Index("uq_passes_hashed", "hashed", unique=True),
)

# Browsers in which somebody is signed in, by the hash of their cookie.
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("hashed", sa.Text, primary_key=True),
    text("passed", index=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
)
