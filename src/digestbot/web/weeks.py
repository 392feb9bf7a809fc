"""What a few weeks brought, counted for charts and the tables beside them; pure.

Weeks end with the day of `now`, so that the last one is as whole as the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digestbot.domain import Counted
from digestbot.languages import CHINESE, canonical

WEEK = timedelta(days=7)
LEAST = 4
_CHARS_PER_MINUTE = 987
_HAN_PER_MINUTE = 255
"""Trauzettel-Klosinski and Dietz, Standardized Assessment of Reading Performance (2012): English and Chinese texts."""


@dataclass(frozen=True)
class Weeks:
    """Counts by week, the oldest first; `starts` are the weeks' first days, in UTC."""

    starts: tuple[date, ...]
    sections: Mapping[str, tuple[int, ...]]
    """By section's id, of those that have a story, in no particular order."""
    media: Mapping[str, tuple[int, ...]]
    minutes: tuple[int, ...]
    """How long it would take to read everything that was had of a week's stories."""
    feeds: tuple[tuple[str, int], ...]
    """How many stories each feed showed first, the most first."""

    @property
    def total(self) -> int:
        """How many stories were counted."""
        return sum(number for _, number in self.feeds)


def begin(now: datetime, weeks: int) -> datetime:
    """Return where this many weeks begin."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - weeks * WEEK


def weekly(found: Sequence[Counted], now: datetime, weeks: int) -> Weeks:
    """Return what these weeks brought; what was found before them is left out.

    The weeks before the first story are none of ours to count: but for the last four they are left out.
    """
    first = min((one.at for one in found if one.at >= begin(now, weeks)), default=now)
    while weeks > LEAST and begin(now, weeks - 1) <= first:
        weeks -= 1
    start = begin(now, weeks)
    placed = [((one.at - start) // WEEK, one) for one in found if one.at >= start]
    placed = [(week, one) for week, one in placed if week < weeks]
    minutes = [0.0] * weeks
    for week, one in placed:
        minutes[week] += reading_minutes(one.chars, one.lang)
    feeds = Counter(str(one.feed) for _, one in placed)
    return Weeks(
        starts=tuple((start + week * WEEK).date() for week in range(weeks)),
        sections=_by(placed, weeks, lambda one: one.section),
        media=_by(placed, weeks, lambda one: one.medium),
        minutes=tuple(round(number) for number in minutes),
        feeds=tuple(sorted(feeds.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def reading_minutes(chars: int, lang: str) -> float:
    """Return how long a text of this many characters takes a practised reader; without a language, as English."""
    return chars / (_HAN_PER_MINUTE if canonical(lang).startswith(CHINESE) else _CHARS_PER_MINUTE)


def _by(
    placed: Sequence[tuple[int, Counted]], weeks: int, name: Callable[[Counted], str]
) -> Mapping[str, tuple[int, ...]]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * weeks)
    for week, one in placed:
        counts[name(one)][week] += 1
    return {key: tuple(numbers) for key, numbers in counts.items()}
