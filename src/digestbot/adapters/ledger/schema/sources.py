"""What feeds showed: the feeds themselves, their items, and what arXiv said it would show."""

from __future__ import annotations

import sqlalchemy as sa

from digestbot.adapters.ledger.schema.columns import Instant, Span, listed, metadata, text

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    text("etag"),
    text("last_modified"),
    sa.Column("begins_at", Instant),
    sa.Column("last_success_at", Instant),
    sa.Column("error_streak", sa.Integer, nullable=False, server_default="0"),
    text("reason"),
    sa.Column("next_check_at", Instant),
    sa.Column("interval", Span),
    sa.Column("failing_since", Instant),
    text("moved_to"),
    sa.Column("closed_until", Instant),
    sa.Column("paused_at", Instant),
    text("paused_why"),
)

items = sa.Table(
    "items",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    text("feed"),
    text("url"),
    text("title"),
    text("text"),
    sa.Column("published_at", Instant),
    sa.Column("updated_at", Instant),
    listed("authors"),
    text("medium"),
    text("lang"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    listed("categories"),
    text("comment"),
    listed("links"),
    sa.Column("first_seen_at", Instant, nullable=False),
    sa.Column("story", sa.Text, index=True),
)

# Who showed an item to us, and where that sighting ended. The outcome is empty while the item is under way.
sightings = sa.Table(
    "sightings",
    metadata,
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("feed", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seen_at", Instant, nullable=False),
    text("outcome", index=True),
    text("reason"),
    sa.Index("ix_sightings_seen_at_feed_item", "seen_at", "feed", "item"),
    sa.Index("ix_sightings_outcome_seen_at_feed_item", "outcome", "seen_at", "feed", "item"),
)

# The days of arXiv's listings that a feed was compared with; `reason` says why a day could not be.
listings = sa.Table(
    "listings",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("checked_at", Instant, nullable=False),
    text("reason"),
)

# What these listings announced, and what became of each: see `digestbot.announcements.Standing`.
announcements = sa.Table(
    "announcements",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True, index=True),
    text("kind"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    text("standing", index=True),
)

# What people handed in by address: `item` is empty until it was read, `reason` says why it could not be.
suggestions = sa.Table(
    "suggestions",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    text("by"),
    sa.Column("suggested_at", Instant, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    text("item", index=True),
    text("reason"),
    text("place"),
    text("lang"),
)

# What suggesters were told of their addresses; each standing is told once.
suggestion_answers = sa.Table(
    "suggestion_answers",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("standing", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
)
