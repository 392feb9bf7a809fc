"""Feeds, and what they returned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from digestbot.domain.kinds import FeedId, FeedKind, ItemId, Medium, Outcome, PauseReason

BACKFILL = FeedId("backfill")
"""The feed that no file lists: what was loaded as history, from a dump or from arXiv by date."""


@dataclass(frozen=True)
class Feed:
    """A source in `feeds.yaml`; `url` is the query endpoint for arXiv, the feed's address otherwise."""

    id: FeedId
    kind: FeedKind
    url: str
    categories: tuple[str, ...] = ()
    query: str = ""
    roadmaps: tuple[str, ...] = ()
    every: timedelta | None = None
    """How often to read it, as the operator wants it; None leaves it to what the feed shows (`schedule`)."""
    lang: str = ""


@dataclass(frozen=True)
class FeedState:
    """What the ledger remembers of a feed between runs; all empty before its first.

    `begins_at` is where its first reading began, `failing_since` when the present streak of failures did.
    """

    etag: str = ""
    last_modified: str = ""
    last_success_at: datetime | None = None
    error_streak: int = 0
    reason: str = ""
    begins_at: datetime | None = None
    next_check_at: datetime | None = None
    """When it is to be asked next; None before the first reading, and while it is paused."""
    interval: timedelta | None = None
    """How often it publishes, as far as that was learned."""
    failing_since: datetime | None = None
    moved_to: str = ""
    """Where it moved for good: asked instead of the address in `feeds.yaml`."""
    closed_until: datetime | None = None
    """Until when its host asked to be left alone (Retry-After)."""
    paused_at: datetime | None = None
    paused_why: PauseReason = ""


@dataclass(frozen=True)
class Window:
    """The span of time a run asks for: entries published or announced from `since` up to `now`.

    `first` says that the feed was never read before, so that what is older than `since` is baseline; `begins` is where
    its first reading began, before which nothing is asked for.
    """

    since: datetime
    now: datetime
    first: bool
    begins: datetime


@dataclass(frozen=True)
class Item:
    """One entry as a feed returned it. `text` is plain text: markup, scripts and hidden parts are gone."""

    id: ItemId
    feed: FeedId
    url: str
    title: str
    text: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    medium: Medium = "post"
    lang: str = ""
    version: int = 1
    categories: tuple[str, ...] = ()
    comment: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Origin:
    """What a feed's origin says beside its entries: validators to send next time, and when to come back.

    None, or nothing, where it does not say.
    """

    etag: str = ""
    last_modified: str = ""
    fresh_for: timedelta | None = None
    """How long its answer may be kept, by Cache-Control or Expires."""
    ttl: timedelta | None = None
    """How long the feed itself says that it may be kept."""
    skip_hours: frozenset[int] = frozenset()
    """Hours of the UTC day, 0 to 23, in which it does not want to be asked; never all of them."""
    moved_to: str = ""
    """Where permanent redirects led, and nothing but permanent ones."""


@dataclass(frozen=True)
class Fetched:
    """What one visit to a feed gave; `unchanged` means the origin answered that nothing is new (304)."""

    items: tuple[Item, ...]
    origin: Origin = Origin()
    unchanged: bool = False
    left_out: tuple[str, ...] = ()
    """Entries that could not be read, each by its name and why."""
    missing: str = ""
    """Which part of the window could not be had, and why; the feed counts as failed, what came is recorded."""


@dataclass(frozen=True)
class Sighting:
    """An item as one feed showed it, and where that ended; an empty outcome means that the item is under way."""

    item: Item
    outcome: Outcome | Literal[""]
    reason: str = ""


@dataclass(frozen=True)
class Reading:
    """A visit to a feed as the ledger keeps it: what it showed, nothing if it failed, and what to remember of it.

    `changed` are known items whose entries changed without a new version.
    """

    feed: FeedId
    state: FeedState
    seen: tuple[Sighting, ...] = ()
    changed: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """An address that a person handed in; `item` is what stood there, None until it was read.

    `place` is the Discord channel in which they did, `lang` the language of their Discord; "" from anywhere else.
    """

    url: str
    by: str
    suggested_at: datetime
    tries: int = 0
    item: ItemId | None = None
    reason: str = ""
    place: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Known:
    """What the ledger has of an item: its latest version, the feeds that showed it, and its authors' comment."""

    version: int
    feeds: frozenset[FeedId]
    comment: str = ""
    only_indexed: bool = False
    """Whether it never went further than the index: loaded as history, or only shown before a feed's beginning."""
