"""Which items are one work: their keys and links, what people decided on these, and the stories that came of it."""

from __future__ import annotations

import sqlalchemy as sa

from digestbot.adapters.ledger.schema.columns import Instant, metadata, text

# Strong identifiers and blocking keys: equality joins find candidates for "the same work" without any index.
item_keys = sa.Table(
    "item_keys",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True, index=True),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("a", sa.Text, primary_key=True),
    sa.Column("b", sa.Text, primary_key=True, index=True),
    sa.Column("score", sa.Float, nullable=False),
    text("basis"),
)

# Pairs that the judge left apart in doubt, for people to decide on.
doubts = sa.Table(
    "doubts",
    metadata,
    sa.Column("a", sa.Text, primary_key=True),
    sa.Column("b", sa.Text, primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
    text("basis"),
)

# What people decided on a pair: one work or two. It stands against every link, found before or after.
decisions = sa.Table(
    "link_decisions",
    metadata,
    sa.Column("a", sa.Text, primary_key=True),
    sa.Column("b", sa.Text, primary_key=True, index=True),
    sa.Column("same", sa.Boolean, nullable=False),
    text("by"),
    text("reason"),
    sa.Column("decided_at", Instant, nullable=False),
)

# Items to be judged once more: `former` holds the words that a later version replaced, null where only keys are new.
rechecks = sa.Table(
    "rechecks",
    metadata,
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("former", sa.JSON(none_as_null=True)),
)

# What became new about a story after it was first seen, counted from 1; each subject of a kind is told once.
revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("story", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    text("change"),
    sa.Column("found_at", Instant, nullable=False),
)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("lead", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

aliases = sa.Table(
    "story_aliases",
    metadata,
    sa.Column("alias", sa.Text, primary_key=True),
    sa.Column("story", sa.Text, nullable=False, index=True),
)
