"""`digestbot reconcile`: whether all that arXiv announced is here, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from digestbot.announcements import KINDS, Tally, tally_values
from digestbot.app import ledger_of
from digestbot.commands.console import counted, terminal, write_json
from digestbot.settings import Settings

_NAMED_AT_MOST = 30
_KIND_NAMES = {
    "new": "new",
    "cross": "cross-listed",
    "replace": "replaced",
    "replace-cross": "cross-listed and replaced",
}
_AS = {
    "new": "new",
    "cross": "cross-listed",
    "replace": "replaced",
    "replace-cross": "the replacement of a cross-listed paper",
}
_STANDINGS = {
    "recorded": "recorded",
    "fetched": "recorded, fetched by its number",
    "older": "left out: a replacement of a paper from before this feed began",
    "outside": "left out: the feed's query does not want it",
    "missing": "missing: the API does not have it yet; each run asks again",
    "given_up": "missing: the API did not have it for a month, it is asked for no more",
}


def reconcile_command(settings: Settings, day: date | None, feed: str, limit: int, as_json: bool) -> int:
    """Write a line for each feed and day, newest first; return 1 while papers are missing in one of them."""
    with ledger_of(settings) as ledger:
        tallies = ledger.announcements.tallies(feed, day, limit)
    if as_json:
        for tally in tallies:
            write_json(tally_values(tally))
    else:
        where = terminal()
        rows = [(tally.day, tally.feed, tally_line(tally)) for tally in tallies]
        where.table(("day", "feed", "announced and recorded"), rows, wide="announced and recorded")
        if not tallies:
            where.say("No listing was compared yet: runs on weekdays do it for arXiv feeds with categories.")
    return int(any(tally.missing for tally in tallies))


def tally_line(tally: Tally) -> str:
    """Return a day in a sentence."""
    if tally.reason:
        start = f"not checked: {tally.reason}"
        return f"{start}; {_counts(tally)}" if tally.announced else start
    if not tally.announced:
        return "complete: nothing was announced"
    return f"{'complete' if tally.is_complete else 'incomplete'}: {_counts(tally)}"


def _counts(tally: Tally) -> str:
    kinds = ", ".join(f"{tally.kinds[kind]} {_KIND_NAMES[kind]}" for kind in KINDS if tally.kinds.get(kind))
    parts = [f"{tally.announced} announced ({kinds})", f"{tally.recorded} recorded"]
    if fetched := tally.standings.get("fetched"):
        parts[-1] += f" ({fetched} by number)"
    if older := tally.standings.get("older"):
        parts.append(f"{counted(older, 'replacement')} of older papers left out")
    if outside := tally.standings.get("outside"):
        parts.append(f"{outside} outside its query")
    if tally.missing:
        parts.append(f"missing {len(tally.missing)}: {_named(tally.missing)}")
    if tally.given_up:
        parts.append(f"given up {len(tally.given_up)}: {_named(tally.given_up)}")
    return ", ".join(parts)


def _named(numbers: tuple[str, ...]) -> str:
    more = len(numbers) - _NAMED_AT_MOST
    return " ".join(numbers[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def announcement_events(found: Iterable[Mapping[str, Any]]) -> Iterator[tuple[object, str, str]]:
    """Yield where and as what a paper was announced, each (instant, step, sentence)."""
    for row in found:
        day = datetime.combine(row["day"], time(), UTC)
        what = f"announced by arXiv as {_AS[row['kind']]}, version {row['version']}"
        yield day, "announce", f"{what}; {_STANDINGS[row['standing']]} (feed {row['feed']})"
