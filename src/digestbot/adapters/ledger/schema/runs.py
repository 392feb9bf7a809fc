"""What the program did and what it cost: runs, the calls of models, who is at what, and what is amiss."""

from __future__ import annotations

import sqlalchemy as sa

from digestbot.adapters.ledger.schema.columns import Instant, metadata, text

model_calls = sa.Table(
    "model_calls",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False, index=True),
    text("step"),
    text("model"),
    text("prompt"),
    sa.Column("stories", sa.Integer, nullable=False),
    sa.Column("tokens", sa.Integer, nullable=False),
    sa.Column("cost_usd", sa.Float),
    sa.Column("output_tokens", sa.Integer, nullable=False, server_default="0"),
    sa.Column("calls", sa.Integer, nullable=False, server_default="1"),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("now", Instant, nullable=False),
    sa.Column("finished_at", Instant, nullable=False),
    sa.Column("report", sa.JSON, nullable=False),
)

# What somebody should look at, or should have; one that comes again takes its row anew.
alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    text("says"),
    text("advice"),
    sa.Column("raised_at", Instant, nullable=False),
    sa.Column("cleared_at", Instant),
    sa.Column("told_at", Instant),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("until", Instant, nullable=False),
)
