"""What is read: every feed and how it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from digestbot.render.escape import plain
from digestbot.status import FeedHealth
from digestbot.web.phrases.operating import OPERATING
from digestbot.web.rendering import Page
from digestbot.web.surface import Ask, Surface

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Source:
    """A feed and how it is; of its address only the host is told, since the rest may be a secret."""

    id: str
    kind: str
    host: str
    health: str
    reason: str
    last_success_at: datetime | None
    items: int


def sources(surface: Surface, ask: Ask) -> Page:
    """Return the list of feeds, those that need somebody first."""
    counts = surface.archive.feed_counts(surface.wall() - _WEEK)
    feeds = {feed.id: feed for feed in surface.feeds()}
    rows = []
    for health in surface.status().feeds:
        feed = feeds.get(health.id)
        host = (urlsplit(feed.url).hostname or "") if feed else ""
        rows.append(_source(health, feed.kind if feed else "", host, counts.get(health.id, 0)))
    values = {"rows": _ranked(rows), "good": sum(one.health == "good" for one in rows)}
    return Page("sources", OPERATING.of(ask.lang), values)


def _source(health: FeedHealth, kind: str, host: str, items: int) -> Source:
    reason = plain(health.reason, 120)
    return Source(health.id, kind, plain(host, 100), health.health, reason, health.last_success_at, items)


def _ranked(rows: Sequence[Source]) -> list[Source]:
    order = {"failing": 0, "paused": 1, "not read yet": 2}
    return sorted(rows, key=lambda one: (order.get(one.health, 3), -one.items, one.id))


PUBLIC = (("/feeds", sources, ()),)
