"""`digestbot backfill`: loads history, with a bar that says how far it is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from digestbot.app import load_feeds
from digestbot.app.backfilling import Order, load_history
from digestbot.commands.console import Terminal, counted, terminal, write_json
from digestbot.errors import ConfigError, SourceError
from digestbot.pipeline.backfill import NEW, Tally
from digestbot.pipeline.preparing import Wanted
from digestbot.settings import Settings

_CATEGORY = re.compile(r"[a-z-]+\.(?:[A-Za-z-]+|\*)|[a-z-]+")
_TOLD = 20
"""How many refused lines are told one by one."""
_NEWS_S = 60.0
"""How often it is said how far it is where nobody looks at a bar."""


def order_of(
    dump: Path | None,
    categories: str,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    workers: int | None,
    cluster: str,
) -> Order:
    """Return what is to be loaded; raises ConfigError for a category that arXiv cannot have."""
    named = tuple(filter(None, (one.strip() for one in categories.split(","))))
    for one in named:
        if not _CATEGORY.fullmatch(one):
            raise ConfigError(f"--categories: {one!r} is no arXiv category such as cs.CL or cs.*")
    return Order(dump, Wanted(named, since, until), limit, workers, cluster)


def backfill_command(settings: Settings, feeds_file: Path | None, order: Order, now: datetime, as_json: bool) -> int:
    """Load history and say what came of it; 1 where a line was refused or the source ended early."""
    where, feeds, begun = terminal(), load_feeds(settings, feeds_file), time.monotonic()
    with _showing(where) as shown:
        try:
            load_history(settings, feeds, order, now, shown)
        except SourceError as error:
            where.say(f"It ended early, call it again to go on: {error}")
            shown.is_whole = False
    tally = shown.tally
    for line in tally.refused[:_TOLD]:
        where.say(f"Refused {line}.")
    if len(tally.refused) > _TOLD:
        where.say(f"… and {len(tally.refused) - _TOLD} more.")
    _write(where, tally, time.monotonic() - begun, as_json)
    return int(not shown.is_whole or bool(tally.outcomes["refused"]))


def _write(where: Terminal, tally: Tally, seconds: float, as_json: bool) -> None:
    ended = {name: tally.outcomes[name] for name in (*NEW, "known", "left_out", "refused")}
    parts = {name: round(spent, 2) for name, spent in tally.seconds.items()}
    if as_json:
        write_json({"new": tally.new, "outcomes": ended, "seconds": round(seconds, 2), "parts": parts})
        return
    told = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in ended.items() if number)
    where.write(f"Loaded {counted(tally.new, 'new paper')} in {seconds:.0f} s: {told or 'nothing to load'}.\n")


@dataclass
class _Shown:
    """Shows a tally, and keeps the last one: what was done before an end that came early is told too."""

    show: Callable[[Tally], None]
    tally: Tally
    is_whole: bool = True

    def __call__(self, tally: Tally) -> None:
        self.tally = tally
        self.show(tally)


@contextmanager
def _showing(where: Terminal) -> Iterator[_Shown]:
    """Give a bar on stderr, or a line a minute where nobody looks."""
    if not where.talk.is_terminal:
        yield _Shown(_lines(where), Tally())
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Bars(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=where.talk, transient=True) as bars:
        task = bars.add_task("backfill", total=None)

        def show(tally: Tally) -> None:
            bars.update(task, description=f"{tally.new} new", completed=tally.read, total=tally.total)

        yield _Shown(show, Tally())


def _lines(where: Terminal) -> Callable[[Tally], None]:
    last = time.monotonic()

    def show(tally: Tally) -> None:
        nonlocal last
        if time.monotonic() - last >= _NEWS_S:
            last = time.monotonic()
            where.say(f"{tally.read / max(tally.total, 1):.0%} read, {counted(tally.new, 'new paper')}.")

    return show
