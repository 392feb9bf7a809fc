"""Fetch: feeds → items. Every entry a feed showed becomes a sighting with its outcome, or goes on to `dedupe`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from digestbot.domain import Feed, FeedId, FeedKind, FeedState, Fetched, Item, ItemId, Known, Reading, Sighting, Window
from digestbot.errors import SourceError
from digestbot.ports import FeedSource, Progress
from digestbot.schedule import address_of, after_failure, after_success, closed_hosts, host_of
from digestbot.wire.language import language_of

FIRST_WEEK = timedelta(days=7)
"""How far back the first reading of a feed announces."""
CATCH_UP = timedelta(days=90)
"""How far back a source that can be asked for a span is asked after days without a run: some 40,000 papers at most."""
_ARXIV_LAG = timedelta(days=3)
"""arXiv announces up to three days after submission: a Friday's paper on Monday (info.arxiv.org/help/availability)."""
_AT_ONCE = 100
"""How many readings one transaction records at most: each costs a write lock, and other processes wait for it."""
_UNDATED_AT_FIRST = 5
"""How many entries without a date the first reading of a feed takes as new: its newest, by feeds' own order."""


class IntakeLedger(Protocol):
    """What this step asks of the ledger."""

    def states(self) -> dict[FeedId, FeedState]: ...
    def known(self, ids: set[ItemId]) -> dict[ItemId, Known]: ...
    def record_all(self, readings: Sequence[Reading], now: datetime) -> None: ...


@dataclass(frozen=True)
class FeedReport:
    """What one feed gave: entries fetched, items new by it, readings that failed (0 or 1), and why.

    One that was not `asked` is paused, or its host wants to be left alone; `reason` says so.
    """

    id: FeedId
    fetched: int = 0
    new: int = 0
    failed: int = 0
    reason: str = ""
    known: int = 0
    marks: tuple[tuple[ItemId, FeedId, int], ...] = ()
    """The sightings recorded by this reading: (item, feed, version)."""
    asked: bool = True
    left_out: tuple[str, ...] = ()
    """Entries among the fetched that could not be read, each by its name and why."""
    note: str = ""
    """What else there is to know, such as days that were not asked for."""


@dataclass(frozen=True)
class _Visit:
    """A feed that was asked, and what came of it."""

    feed: Feed
    state: FeedState
    window: Window
    result: Fetched | SourceError


async def fetch(
    ledger: IntakeLedger,
    sources: Mapping[FeedKind, FeedSource],
    feeds: Sequence[Feed],
    now: datetime,
    since: datetime | None,
    progress: Progress,
) -> list[FeedReport]:
    """Read the feeds at once, and record them in their order, so that the order of answers changes nothing.

    Paused feeds are left out, and those whose host wants to be left alone.
    """
    states = await asyncio.to_thread(ledger.states)
    unasked = _unasked(feeds, states, now)
    asked = [feed for feed in feeds if feed.id not in unasked]
    progress("fetch", done := 0, len(asked))

    async def read(feed: Feed) -> _Visit:
        nonlocal done
        visit = await _visit(sources[feed.kind], feed, states.get(feed.id, FeedState()), now, since)
        done += 1
        progress("fetch", done, len(asked))
        return visit

    reading = [asyncio.create_task(read(feed)) for feed in asked]
    try:
        reports = [report async for report in _recorded(ledger, reading, now)]
    finally:
        for task in reading:
            task.cancel()
    given = {report.id: report for report in (*reports, *unasked.values())}
    return [given[feed.id] for feed in feeds]


def _unasked(feeds: Sequence[Feed], states: Mapping[FeedId, FeedState], now: datetime) -> dict[FeedId, FeedReport]:
    """Return a report for each feed that is not to be asked in this run."""
    closed, unasked = closed_hosts(feeds, states, now), {}
    for feed in feeds:
        state = states.get(feed.id, FeedState())
        until = closed.get(host_of(address_of(feed, state)))
        if state.paused_why:
            why = f"paused ({state.paused_why}): 'digestbot feeds resume {feed.id}' reads it again"
            unasked[feed.id] = FeedReport(feed.id, reason=why, asked=False)
        elif until is not None:
            unasked[feed.id] = FeedReport(
                feed.id, reason=f"its host asked to be left alone until {until:%Y-%m-%d %H:%M:%S}", asked=False
            )
    return unasked


async def _visit(source: FeedSource, feed: Feed, state: FeedState, now: datetime, since: datetime | None) -> _Visit:
    window = window_of(state, now, since)
    try:
        fetched: Fetched | SourceError = await source.fetch(replace(feed, url=address_of(feed, state)), state, window)
    except SourceError as error:
        fetched = error
    except Exception as error:
        # One poisoned feed never stops a run: a fault of ours is reported as this feed's own.
        fetched = SourceError(f"{type(error).__name__}: {error}", reason="crashed")
    return _Visit(feed, state, window, fetched)


async def _recorded(
    ledger: IntakeLedger, reading: Sequence[asyncio.Task[_Visit]], now: datetime
) -> AsyncIterator[FeedReport]:
    """Record the visits in their order while later ones are under way; whatever has ended meanwhile at once."""
    start = 0
    while start < len(reading):
        await asyncio.wait([reading[start]])
        end = start + 1
        while end < min(len(reading), start + _AT_ONCE) and reading[end].done():
            end += 1
        visits = [task.result() for task in reading[start:end]]
        for report in await asyncio.to_thread(_record, ledger, visits, now):
            yield report
        start = end


def _record(ledger: IntakeLedger, visits: Sequence[_Visit], now: datetime) -> list[FeedReport]:
    shown = {item.id for visit in visits if isinstance(visit.result, Fetched) for item in visit.result.items}
    known = dict(ledger.known(shown)) if shown else {}
    taken = [_take(visit, known) for visit in visits]
    ledger.record_all([reading for reading, _ in taken], now)
    return [report for _, report in taken]


def _take(visit: _Visit, known: dict[ItemId, Known]) -> tuple[Reading, FeedReport]:
    """Return what to record of a visit, and what to report; what it showed is `known` to the next one."""
    feed, state, window, result = visit.feed, visit.state, visit.window, visit.result
    if isinstance(result, SourceError):
        after = after_failure(feed, state, result, window.now)
        paused = f"; it is paused: 'digestbot feeds resume {feed.id}' reads it again" if after.paused_why else ""
        return Reading(feed.id, after), FeedReport(feed.id, failed=1, reason=f"{result.reason}: {result}{paused}")
    seen = [in_language(sighting) for sighting in sort(feed, result.items, known, window)]
    changed = remarked(feed, result.items, known)
    for item in changed:
        known[item.id] = replace(known[item.id], comment=item.comment)
    for sighting in seen:
        item = sighting.item
        before = known.get(item.id, Known(0, frozenset(), ""))
        comment = before.comment if sighting.outcome == "duplicate" else item.comment
        known[item.id] = Known(max(item.version, before.version), before.feeds | {feed.id}, comment)
    new = sum(sighting.outcome in ("", "baseline", "filtered") for sighting in seen)
    begins = min(window.begins, state.begins_at or window.begins)
    after = after_success(feed, state, result, len(seen), begins, window.now)
    if result.missing:
        # Not a success: the next run asks for the same window again.
        failure = SourceError(result.missing, reason="incomplete")
        after = replace(after_failure(feed, state, failure, window.now), begins_at=begins)
    report = FeedReport(
        feed.id,
        len(result.items) + len(result.left_out),
        new,
        failed=int(bool(result.missing)),
        reason=f"incomplete: {result.missing}" if result.missing else "",
        known=len(result.items) - len(seen),
        marks=tuple((sighting.item.id, feed.id, sighting.item.version) for sighting in seen),
        left_out=result.left_out,
        note=skipped(feed, state, window),
    )
    return Reading(feed.id, after, tuple(seen), tuple(changed)), report


def in_language(sighting: Sighting) -> Sighting:
    """Return a sighting whose item has the language of its words, where neither feed nor entry declared one."""
    item = sighting.item
    if item.lang:
        return sighting
    return replace(sighting, item=replace(item, lang=language_of(f"{item.title}\n{item.text[:2_000]}")))


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
    """Return the span to ask a feed for: since its last good reading, at first the week before; at most 90 days."""
    begins = since or state.begins_at or now - FIRST_WEEK
    last = state.last_success_at or begins
    return Window(since or max(last, now - CATCH_UP), now, state.last_success_at is None, begins)


def skipped(feed: Feed, state: FeedState, window: Window) -> str:
    """Return which days a feed that is asked for spans will not be asked for any more, "" for none."""
    last = state.last_success_at
    if feed.kind != "arxiv" or last is None or last >= window.since:
        return ""
    return (
        f"what was announced from {last:%Y-%m-%d} to {window.since:%Y-%m-%d} was not asked for: "
        f"'digestbot run --since {last:%Y-%m-%d}' does"
    )


def sort(feed: Feed, items: Sequence[Item], known: Mapping[ItemId, Known], window: Window) -> list[Sighting]:
    """Return a sighting for each entry that says something new; entries known from this feed are left out.

    An entry that the feed repeats word for word, or in a version it showed before, is known. What a person suggested is
    never too old: it is judged although it was only indexed before.
    """
    wanted = {id for id, found in known.items() if found.only_indexed} if feed.kind == "suggested" else set()
    window = replace(window, first=window.first and feed.kind != "suggested")
    versions = {id: found.version for id, found in known.items()}
    shown = {id for id, found in known.items() if feed.id in found.feeds}
    undated, seen = 0, []
    for item in items:
        undated += item.published_at is None and item.updated_at is None
        version = None if item.id in wanted - shown else versions.get(item.id)
        sighting = _sight(item, version, item.id in shown, window, undated)
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
