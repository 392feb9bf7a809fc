"""Who wants what: subscriptions, and those who ask for one on a page."""

from __future__ import annotations

import sqlalchemy as sa

from digestbot.adapters.ledger.schema.columns import Instant, metadata, text

# A person's own subscriptions; those that the settings make have no row.
subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

# Up to when every story was looked at for a subscription, whether or not that made a digest.
subscription_marks = sa.Table(
    "subscription_marks",
    metadata,
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("handled_at", Instant, nullable=False),
)

# Mails that are owed to people who asked for something on a page; a row goes when its mail went or was given up.
letters = sa.Table(
    "letters",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    text("address"),
    sa.Column("wish", sa.JSON, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", Instant),
)

# Who asked to subscribe within a day, by a name that only the web pages can make of an address.
sign_ups = sa.Table(
    "sign_ups",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    text("who", index=True),
    sa.Column("at", Instant, nullable=False, index=True),
)

# Discord servers that use the bot, and what they want of it.
guilds = sa.Table(
    "guilds",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
)

# What readers say of stories, and what they keep: a story by its id, a whole digest by its own.
opinions = sa.Table(
    "opinions",
    metadata,
    sa.Column("who", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("about", sa.Text, primary_key=True),
    text("digest"),
    text("title"),
    text("url"),
    text("reason"),
    sa.Column("liked", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("at", Instant, nullable=False),
)
