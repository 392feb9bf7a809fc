"""What arXiv's listings announce day by day, and whether all of it is here; pure.

arXiv announces on weekdays only, in a listing per category that is replaced the next day (info.arxiv.org/help/rss). A
paper stands in it as new, cross-listed, replaced, or as the replacement of a cross-listed one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

from digestbot.domain import FeedId, ItemId, Known

AnnouncementKind = Literal["new", "cross", "replace", "replace-cross"]
Standing = Literal["recorded", "fetched", "older", "outside", "missing", "given_up"]
"""What became of an announced paper: `recorded` by the search, `fetched` by its number; `older` is a replacement of a
paper from before the feed's beginning, `outside` one that the feed's own query does not want; `missing` ones are asked
for again, until they are `given_up`."""
KINDS: tuple[AnnouncementKind, ...] = ("new", "cross", "replace", "replace-cross")
ASKED_FOR = timedelta(days=30)
"""For how long a missing paper is asked for again at every run."""
LAG = timedelta(days=3)
"""arXiv announces up to three days after submission: a Friday's paper on Monday (info.arxiv.org/help/availability)."""
_TOLD_BACK = timedelta(days=60)
_SATURDAY = 5
_MONTH = re.compile(r"(?:arxiv:|/)(\d\d)(\d\d)")


@dataclass(frozen=True)
class Announcement:
    """A paper that a listing names; `version` is the one it announces."""

    item: ItemId
    kind: AnnouncementKind
    version: int = 1

    @property
    def number(self) -> str:
        """The paper's arXiv number, with its version from the second one on."""
        return self.item.removeprefix("arxiv:") + (f"v{self.version}" if self.version > 1 else "")


@dataclass(frozen=True)
class Listing:
    """What one category's listing announced on a day; nothing at weekends and on arXiv's holidays."""

    day: date
    announcements: tuple[Announcement, ...] = ()
    unreadable: int = 0
    """How many of its entries name no paper that could be understood."""


@dataclass(frozen=True)
class Tally:
    """A day's announcements for a feed and what became of them; `reason` says why the day was not checked."""

    feed: FeedId
    day: date
    reason: str = ""
    kinds: Mapping[str, int] = field(default_factory=dict)
    standings: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    """Numbers that were announced and could not be had yet."""
    given_up: tuple[str, ...] = ()

    @property
    def announced(self) -> int:
        """How many papers the listings named."""
        return sum(self.standings.values())

    @property
    def recorded(self) -> int:
        """How many of them the ledger has."""
        return self.standings.get("recorded", 0) + self.standings.get("fetched", 0)

    @property
    def is_complete(self) -> bool:
        """Whether the day was checked and nothing is missing."""
        return not (self.reason or self.missing or self.given_up)


def tally_values(tally: Tally) -> dict[str, object]:
    """Return a day as JSON values."""
    return {
        "feed": tally.feed,
        "day": tally.day.isoformat(),
        "complete": tally.is_complete,
        "reason": tally.reason,
        "announced": tally.announced,
        "recorded": tally.recorded,
        "kinds": dict(tally.kinds),
        "standings": dict(tally.standings),
        "missing": list(tally.missing),
        "given_up": list(tally.given_up),
    }


def by_day(listings: Iterable[Listing]) -> dict[date, list[Announcement]]:
    """Return each day's announcements over all categories, a paper once, `new` if any says so, at its last version."""
    found: dict[date, dict[ItemId, Announcement]] = {}
    for listing in listings:
        day = found.setdefault(listing.day, {})
        for one in listing.announcements:
            seen = day.get(one.item, one)
            kind = min(one.kind, seen.kind, key=KINDS.index)
            day[one.item] = replace(one, kind=kind, version=max(one.version, seen.version))
    return {day: list(papers.values()) for day, papers in found.items()}


def standing_of(one: Announcement, known: Known | None, begins: datetime) -> Standing:
    """Return how an announced paper stands before it is asked for; `begins` is where the feed's first reading began."""
    if known is not None and known.version >= one.version:
        return "recorded"
    is_replaced = one.kind in ("replace", "replace-cross")
    return "older" if known is None and is_replaced and _month(one.item) < _month_of(begins - LAG) else "missing"


def is_weekday(day: date) -> bool:
    """Tell whether arXiv may announce something on a day."""
    return day.weekday() < _SATURDAY


def listing_day(now: datetime) -> date:
    """Return the last weekday up to now: the day of the listing that stands, or is to come."""
    day = now.date()
    return day - timedelta(days=max(day.weekday() - _SATURDAY + 1, 0))


def is_due(now: datetime, checked: Mapping[date, str]) -> bool:
    """Tell whether the listings are to be read; `checked` has the days that were, each with why it could not be.

    A day is read once, again only while its listing still stands and could not be read.
    """
    day = listing_day(now)
    return day not in checked or (bool(checked[day]) and day == now.date())


def unread_days(checked: Iterable[date], day: date) -> list[date]:
    """Return the weekdays after the last one that was checked and before `day`, of the last 60 days."""
    before = [one for one in checked if one < day]
    if not before:
        return []
    start = max(max(before) + timedelta(days=1), day - _TOLD_BACK)
    days = (start + timedelta(days=n) for n in range((day - start).days))
    return [one for one in days if is_weekday(one)]


def _month(item: ItemId) -> tuple[int, int]:
    """Return the year and month that an arXiv number begins with; (0, 0) for what has none."""
    match = _MONTH.search(item)
    if match is None:
        return (0, 0)
    year = int(match[1])
    return (1900 + year if year > 90 else 2000 + year, int(match[2]))


def _month_of(when: datetime) -> tuple[int, int]:
    return (when.year, when.month)
