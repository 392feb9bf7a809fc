"""What was made of stories: where they belong, what they say, and which step is done with them."""

from __future__ import annotations

import sqlalchemy as sa

from digestbot.adapters.ledger.schema.columns import Instant, listed, metadata, text

# A space is an embedding model and what is embedded by it: vectors of two spaces are never compared.
vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("space", sa.Text, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.Column("indexed_at", Instant, index=True),
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    sa.Column("story", sa.Text, primary_key=True),
    sa.Column("roadmap", sa.Text, primary_key=True),
    text("section", index=True),
    text("chapter"),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("relevance", sa.Float, nullable=False),
    text("reason"),
    text("model"),
    text("prompt"),
    listed("top"),
    sa.Column("decided_at", Instant, nullable=False),
    sa.Column("novelty", sa.Float),
    sa.Column("evidence", sa.Float),
    sa.Column("usefulness", sa.Float),
    text("level"),
    sa.Column("tokens", sa.Integer, nullable=False, server_default="0"),
    sa.Column("cost_usd", sa.Float),
    text("needs_review"),
    sa.Column("lookups", sa.JSON, nullable=False, server_default="[]"),
    # Of a story that was loaded with years of others: to be found and gone by, not to be read, told or proposed.
    sa.Column("history", sa.Boolean, nullable=False, server_default=sa.false()),
    # What runs look for is never history: without this they would read the verdicts of years each time.
    sa.Index(
        "ix_verdicts_live",
        "roadmap",
        "section",
        sqlite_where=sa.text("history = 0"),
        postgresql_where=sa.text("NOT history"),
    ),
    # By roadmap, section or chapter, newest first: pages go on by key however many stories there are.
    sa.Index(None, "roadmap", "decided_at", "relevance", "story"),
    sa.Index(None, "roadmap", "section", "decided_at", "relevance", "story"),
    sa.Index(None, "roadmap", "chapter", "decided_at", "relevance", "story"),
)

# Kept with an item: stories are joined and split, and a person's word on one outlives that. The last one counts.
placings = sa.Table(
    "placings",
    metadata,
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("roadmap", sa.Text, primary_key=True),
    sa.Column("decided_at", Instant, primary_key=True),
    text("section"),
    text("chapter"),
    text("by"),
    text("reason"),
    text("former"),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("story", sa.Text, primary_key=True),
    text("text"),
    text("basis"),
    text("note"),
    text("url"),
    text("lang"),
    text("image"),
    sa.Column("read_at", Instant, nullable=False),
)

summaries = sa.Table(
    "summaries",
    metadata,
    sa.Column("story", sa.Text, primary_key=True),
    sa.Column("lang", sa.Text, primary_key=True),
    text("tldr"),
    listed("points"),
    listed("evidence"),
    text("model"),
    text("basis"),
    sa.Column("dropped", sa.Integer, nullable=False, server_default="0"),
    text("prompt"),
    sa.Column("written_at", Instant, nullable=False),
    text("why"),
    text("place"),
    text("written"),
    sa.Column("lost", sa.JSON, nullable=False, server_default="[]"),
)

# What was paid for once: a model's summary by the hash of the text, the prompt, the model and the language.
summary_cache = sa.Table(
    "summary_cache",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("written_at", Instant, nullable=False),
)

# Stories whose text seems to speak to a model, for reviewers.
suspects = sa.Table(
    "suspects",
    metadata,
    sa.Column("story", sa.Text, primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
    listed("signs"),
    sa.Column("found_at", Instant, nullable=False),
)

# One row when a step is done with a subject: a rerun or a crash goes on with whatever has none.
steps = sa.Table(
    "steps",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),
    sa.Column("input_hash", sa.Text, primary_key=True),
    text("result"),
    sa.Column("at", Instant, nullable=False),
)
