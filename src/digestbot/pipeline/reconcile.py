"""Reconcile: what a source announced against what the ledger has. The second half of fetch, for feeds with listings.

A listing stands for a day only: what it names is recorded before anything is asked for, so that a run which is killed
leaves the rest to the next one. What is missing is asked for by its number at every run, for 30 days.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol, TypeVar, runtime_checkable

from digestbot.announcements import (
    ASKED_FOR,
    Announcement,
    Listing,
    Standing,
    Tally,
    by_day,
    is_due,
    is_weekday,
    listing_day,
    standing_of,
    unread_days,
)
from digestbot.domain import Feed, FeedId, FeedKind, FeedState, Fetched, Item, ItemId, Known, Sighting, Window
from digestbot.errors import SourceError
from digestbot.pipeline.fetch import FIRST_WEEK, FeedReport, sort

NO_RUN = "no run read that day's listing"
Read = dict[tuple[str, str], Listing | SourceError]
"""Listings by the API's address and the category: feeds that share one read it once."""
Answer = TypeVar("Answer")


@runtime_checkable
class Announcer(Protocol):
    """A source that announces what it has, category by category and day by day."""

    async def listing(self, feed: Feed, category: str, now: datetime) -> Listing:
        """Return what a category's listing announces now; raises SourceError."""
        ...

    async def by_number(self, feed: Feed, wanted: Sequence[ItemId], matching: bool) -> Fetched:
        """Return those of the wanted papers there are; only what fits the feed's own query if `matching`."""
        ...


class SeenLedger(Protocol):
    """What is asked of the ledger's intake."""

    def states(self) -> dict[FeedId, FeedState]: ...
    def known(self, ids: set[ItemId]) -> dict[ItemId, Known]: ...
    def record(self, feed: FeedId, seen: Sequence[Sighting], state: FeedState, now: datetime) -> None: ...


class AnnouncementLedger(Protocol):
    """What is asked of the ledger's announcements."""

    def checked(self, feed: FeedId) -> dict[date, str]: ...
    def record(
        self, feed: FeedId, day: date, reason: str, found: Mapping[Announcement, Standing], now: datetime
    ) -> None: ...
    def missing(self, feed: FeedId) -> list[tuple[date, Announcement]]: ...
    def settle(self, feed: FeedId, found: Sequence[tuple[date, ItemId, Standing]]) -> None: ...
    def tallies(self, feed: str = "", day: date | None = None, limit: int = ...) -> list[Tally]: ...


class Ledger(Protocol):
    """The two parts of the ledger that are compared."""

    @property
    def intake(self) -> SeenLedger: ...
    @property
    def announcements(self) -> AnnouncementLedger: ...


@dataclass
class _Asked:
    """What asking by number gave: papers to record, those that the feed's query does not want, and what failed."""

    items: list[Item] = field(default_factory=list)
    outside: set[ItemId] = field(default_factory=set)
    left_out: tuple[str, ...] = ()
    failed: str = ""


async def reconcile(
    ledger: Ledger,
    sources: Mapping[FeedKind, object],
    feeds: Sequence[Feed],
    reports: Sequence[FeedReport],
    now: datetime,
) -> tuple[list[FeedReport], list[Tally]]:
    """Compare each feed that was asked with its listings; return the reports with what was fetched by number, and days.

    The days are the last one of each feed, those that changed, and those where something is still missing.
    """
    after, tallies, read = list(reports), list[Tally](), Read()
    for place, (feed, report) in enumerate(zip(feeds, reports, strict=True)):
        source = sources.get(feed.kind)
        if report.asked and feed.categories and isinstance(source, Announcer):
            after[place], days = await _Comparison(ledger, source, feed, now, read).run(report)
            tallies += await asyncio.to_thread(_told, ledger.announcements, feed.id, days)
    return after, tallies


def _told(ledger: AnnouncementLedger, feed: FeedId, days: set[date]) -> list[Tally]:
    return [tally for day in sorted(days) for tally in ledger.tallies(feed, day)]


class _Comparison:
    """One feed in one run."""

    def __init__(self, ledger: Ledger, source: Announcer, feed: Feed, now: datetime, read: Read) -> None:
        self._ledger = ledger
        self._source = source
        self._feed = feed
        self._now = now
        self._read = read
        self._begins = now

    async def run(self, report: FeedReport) -> tuple[FeedReport, set[date]]:
        """Read the listings if it is time, ask for what is missing; return the report and the days to tell."""
        state = await asyncio.to_thread(self._state)
        self._begins = state.begins_at or self._now - FIRST_WEEK
        checked = await asyncio.to_thread(self._ledger.announcements.checked, self._feed.id)
        days = {max(checked)} if checked else set()
        if is_due(self._now, checked):
            days = await self._read_listings(set(checked)) or days
        missing = await asyncio.to_thread(self._ledger.announcements.missing, self._feed.id)
        # An API that has just refused everything is left alone; the next run asks.
        if missing and not (report.failed and not report.fetched):
            report = await self._complete(missing, report)
        return report, days | {day for day, _ in missing}

    def _state(self) -> FeedState:
        return self._ledger.intake.states().get(self._feed.id, FeedState())

    async def _read_listings(self, checked: set[date]) -> set[date]:
        """Record what the listings announce; return the days that this told of."""
        listings, failures = await self._listings()
        # On a weekday an empty listing is a holiday's; at a weekend, or before Monday's is out, it says nothing.
        found = {day: papers for day, papers in by_day(listings).items() if papers or is_weekday(day)}
        if failures and not found:
            found = {listing_day(self._now): []}
        if not found:
            return set()
        gone = unread_days(checked, min(found))
        await asyncio.to_thread(self._note, found, "; ".join(failures), gone)
        return {*found, *gone}

    async def _listings(self) -> tuple[list[Listing], list[str]]:
        listings, failures = [], []
        for category in self._feed.categories:
            listing = await self._listing(category)
            if isinstance(listing, SourceError):
                failures.append(f"the listing of {category} failed: {listing.reason}")
                if listing.reason in ("no-listing", "http-404"):
                    break  # a mirror without listings has none of the others either
                continue
            listings.append(listing)
            if listing.unreadable:
                failures.append(f"{listing.unreadable} entries of the listing of {category} could not be read")
            if not listing.announcements and not is_weekday(self._now.date()):
                break  # a weekend, when all of them are empty
        return listings, failures

    async def _listing(self, category: str) -> Listing | SourceError:
        key = (self._feed.url, category)
        if key not in self._read:
            try:
                self._read[key] = await _guarded(self._source.listing(self._feed, category, self._now))
            except SourceError as error:
                self._read[key] = error
        return self._read[key]

    def _note(self, found: Mapping[date, Sequence[Announcement]], failure: str, gone: Sequence[date]) -> None:
        known = self._ledger.intake.known({one.item for papers in found.values() for one in papers})
        for day in gone:
            self._ledger.announcements.record(self._feed.id, day, NO_RUN, {}, self._now)
        for day, papers in found.items():
            standings = {one: standing_of(one, known.get(one.item), self._begins) for one in papers}
            self._ledger.announcements.record(self._feed.id, day, failure, standings, self._now)

    async def _complete(self, missing: Sequence[tuple[date, Announcement]], report: FeedReport) -> FeedReport:
        """Ask for what is missing, record what came, settle each; return the report with it."""
        known = await asyncio.to_thread(self._ledger.intake.known, {one.item for _, one in missing})
        lacking = [one for _, one in missing if standing_of(one, known.get(one.item), self._begins) != "recorded"]
        asked = await self._ask(list(dict.fromkeys(one.item for one in lacking)))
        # What the feed never showed because it lay before its beginning is not new today.
        window = Window(self._begins, self._now, first=True, begins=self._begins)
        seen = sort(self._feed, asked.items, known, window)
        await asyncio.to_thread(self._record, seen)
        await asyncio.to_thread(self._settle, missing, asked)
        new = sum(sighting.outcome in ("", "baseline", "filtered") for sighting in seen)
        return replace(
            report,
            fetched=report.fetched + len(asked.items) + len(asked.left_out),
            new=report.new + new,
            known=report.known + len(asked.items) - len(seen),
            marks=(*report.marks, *((s.item.id, self._feed.id, s.item.version) for s in seen)),
            left_out=(*report.left_out, *asked.left_out),
            note="; ".join(filter(None, (report.note, asked.failed))),
        )

    async def _ask(self, items: Sequence[ItemId]) -> _Asked:
        asked = _Asked()
        if not items:
            return asked
        try:
            found = await _guarded(self._source.by_number(self._feed, items, matching=True))
            asked.items = [item for item in found.items if item.id in items]
            asked.left_out, asked.failed = found.left_out, found.missing
            rest = [id for id in items if id not in {item.id for item in found.items}]
            if self._feed.query and rest and not found.missing:
                others = await _guarded(self._source.by_number(self._feed, rest, matching=False))
                asked.outside = {item.id for item in others.items}
        except SourceError as error:
            asked.failed = f"{error.reason}: {error}"
        if asked.failed:
            asked.failed = f"announced papers could not be asked for by number: {asked.failed}"
        return asked

    def _record(self, seen: Sequence[Sighting]) -> None:
        self._ledger.intake.record(self._feed.id, seen, self._state(), self._now)

    def _settle(self, missing: Sequence[tuple[date, Announcement]], asked: _Asked) -> None:
        known = self._ledger.intake.known({one.item for _, one in missing})
        fetched = {item.id for item in asked.items}
        settled: list[tuple[date, ItemId, Standing]] = []
        for day, one in missing:
            standing = standing_of(one, known.get(one.item), self._begins)
            if standing == "recorded":
                settled.append((day, one.item, "fetched" if one.item in fetched else "recorded"))
            elif one.item in asked.outside:
                settled.append((day, one.item, "outside"))
            elif self._now.date() - day > ASKED_FOR:
                settled.append((day, one.item, "given_up"))
        self._ledger.announcements.settle(self._feed.id, settled)


async def _guarded(answer: Awaitable[Answer]) -> Answer:
    """Return what a source answers; a fault of ours is reported as the source's, and never stops a run."""
    try:
        return await answer
    except SourceError:
        raise
    except Exception as error:
        raise SourceError(f"{type(error).__name__}: {error}", reason="crashed") from error
