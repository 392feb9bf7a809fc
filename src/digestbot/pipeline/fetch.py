"""Fetch: feeds → items. Every entry a feed showed becomes a sighting with its outcome, or goes on to `dedupe`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from digestbot.domain import Feed, FeedId, FeedKind, FeedState, Fetched, Item, ItemId, Known, Sighting, Window
from digestbot.errors import SourceError
from digestbot.ports import FeedSource, Progress

FIRST_WEEK = timedelta(days=7)
"""How far back the first reading of a feed announces."""
_ARXIV_LAG = timedelta(days=3)
"""arXiv announces up to three days after submission: a Friday's paper on Monday (info.arxiv.org/help/availability)."""
_UNDATED_AT_FIRST = 5
"""How many entries without a date the first reading of a feed takes as new: its newest, by feeds' own order."""


class IntakeLedger(Protocol):
    """What this step asks of the ledger."""

    def state(self, feed: FeedId) -> FeedState: ...
    def known(self, ids: set[ItemId]) -> dict[ItemId, Known]: ...
    def record(self, feed: FeedId, seen: Sequence[Sighting], state: FeedState, now: datetime) -> None: ...
    def revise(self, found: Sequence[Item]) -> None: ...
    def record_failure(self, feed: FeedId, state: FeedState) -> None: ...


@dataclass(frozen=True)
class FeedReport:
    """What one feed gave: entries fetched, items new by it, readings that failed (0 or 1), and why."""

    id: FeedId
    fetched: int = 0
    new: int = 0
    failed: int = 0
    reason: str = ""
    known: int = 0
    marks: tuple[tuple[ItemId, FeedId, int], ...] = ()
    """The sightings recorded by this reading: (item, feed, version)."""


async def fetch(
    ledger: IntakeLedger,
    sources: Mapping[FeedKind, FeedSource],
    feeds: Sequence[Feed],
    now: datetime,
    since: datetime | None,
    progress: Progress,
) -> list[FeedReport]:
    """Read all feeds at once, then record them in their order, so that the order of answers changes nothing."""
    done = 0
    progress("fetch", done, len(feeds))

    async def read(feed: Feed) -> tuple[FeedState, Window, Fetched | SourceError]:
        nonlocal done
        state = await asyncio.to_thread(ledger.state, feed.id)
        window = window_of(state, now, since)
        try:
            result: Fetched | SourceError = await sources[feed.kind].fetch(feed, state, window)
        except SourceError as error:
            result = error
        except Exception as error:
            # One poisoned feed never stops a run: a fault of ours is reported as this feed's own.
            result = SourceError(f"{type(error).__name__}: {error}", reason="crashed")
        done += 1
        progress("fetch", done, len(feeds))
        return state, window, result

    results = await asyncio.gather(*(read(feed) for feed in feeds))
    return [
        await asyncio.to_thread(_record, ledger, feed, state, window, result)
        for feed, (state, window, result) in zip(feeds, results, strict=True)
    ]


def _record(
    ledger: IntakeLedger, feed: Feed, state: FeedState, window: Window, result: Fetched | SourceError
) -> FeedReport:
    if isinstance(result, SourceError):
        ledger.record_failure(feed.id, replace(state, error_streak=state.error_streak + 1, reason=result.reason))
        return FeedReport(feed.id, failed=1, reason=f"{result.reason}: {result}")
    known = ledger.known({item.id for item in result.items})
    changed = remarked(feed, result.items, known)
    if changed:
        ledger.revise(changed)
    seen = sort(feed, result.items, known, window)
    begins = min(window.begins, state.begins_at or window.begins)
    after = replace(result.state, begins_at=begins, last_success_at=window.now, error_streak=0, reason="")
    ledger.record(feed.id, seen, after, window.now)
    new = sum(sighting.outcome in ("", "baseline", "filtered") for sighting in seen)
    marks = tuple((sighting.item.id, feed.id, sighting.item.version) for sighting in seen)
    return FeedReport(feed.id, len(result.items), new, known=len(result.items) - len(seen), marks=marks)


def remarked(feed: Feed, items: Sequence[Item], known: Mapping[ItemId, Known]) -> list[Item]:
    """Return the papers whose authors' comment changed without a new version, as it does when they are accepted."""
    return [
        item
        for item in items
        if (found := known.get(item.id))
        and item.medium == "paper"
        and feed.id in found.feeds
        and item.version == found.version
        and item.comment not in ("", found.comment)
    ]


def window_of(state: FeedState, now: datetime, since: datetime | None) -> Window:
    """Return the span to ask a feed for: since its last good reading, at first the week before."""
    week = now - FIRST_WEEK
    begins = since or state.begins_at or week
    return Window(since or state.last_success_at or week, now, state.last_success_at is None, begins)


def sort(feed: Feed, items: Sequence[Item], known: Mapping[ItemId, Known], window: Window) -> list[Sighting]:
    """Return a sighting for each entry that says something new; entries known from this feed are left out.

    An entry that the feed repeats word for word, or in a version it showed before, is known.
    """
    versions = {id: found.version for id, found in known.items()}
    shown = {id for id, found in known.items() if feed.id in found.feeds}
    undated, seen = 0, []
    for item in items:
        undated += item.published_at is None and item.updated_at is None
        sighting = _sight(item, versions.get(item.id), item.id in shown, window, undated)
        versions[item.id] = max(item.version, versions.get(item.id, 0))
        shown.add(item.id)
        if sighting:
            seen.append(sighting)
    return seen


def _sight(item: Item, version: int | None, shown: bool, window: Window, undated: int) -> Sighting | None:
    if version is not None and item.version > version:
        return Sighting(item, "joined", f"version {item.version} of a known item")
    if version is not None and shown:
        return None
    if version is not None:
        return Sighting(item, "duplicate", "another feed showed it before")
    if not item.title and not item.text:
        return Sighting(item, "filtered", "it has neither a title nor a text")
    if window.first and _is_old(item, window, undated):
        return Sighting(item, "baseline", "older than the first reading's week: indexed, not announced")
    return Sighting(item, "")


def _is_old(item: Item, window: Window, undated: int) -> bool:
    published = item.published_at or item.updated_at
    if published is None:
        return undated > _UNDATED_AT_FIRST
    lag = _ARXIV_LAG if item.id.startswith("arxiv:") else timedelta(0)
    return published < window.since - lag
