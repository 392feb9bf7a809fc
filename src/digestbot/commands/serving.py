"""`digestbot tick` and `digestbot serve`: do what is due, once or until told to stop."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from digestbot.app import bot_beside, ledger_of, load_feeds, report_values, routes_of, run_line, send_line
from digestbot.commands.console import counted, progress, silent, terminal, write_json
from digestbot.commands.run import show_report, status_of
from digestbot.domain import Feed
from digestbot.errors import DigestbotError
from digestbot.jobs import tick_until
from digestbot.pipeline.line import Report
from digestbot.ports import Progress
from digestbot.schedule import due_feeds
from digestbot.settings import Settings
from digestbot.subscriptions.cadence import awaited
from digestbot.subscriptions.default import MORNING, standing_ones


@dataclass(frozen=True)
class Due:
    """What is to be done now: feeds to read, and whether there is a digest to make or a delivery to try."""

    feeds: tuple[Feed, ...]
    digests: bool


def due(settings: Settings, feeds: tuple[Feed, ...], now: datetime, wall: datetime) -> Due:
    """Return what the ledger says is due; `wall` is the real clock, by which deliveries are held."""
    with ledger_of(settings) as ledger:
        asked = due_feeds(feeds, ledger.intake.states(), now)
        handled, latest = ledger.subscriptions.handled(), ledger.candidates.latest()
        subscriptions = standing_ones(settings, ledger.subscriptions.all(), terminal=False, cadence=MORNING)
        awaiting = any(awaited(one, handled.get(one.id), latest, now) for one in subscriptions)
        return Due(asked, awaiting or ledger.outbox.is_waiting(now, wall))


def tick_command(settings: Settings, feeds_file: Path | None, now: datetime, as_json: bool) -> int:
    """Do what is due once, and finish what a killed run left; return 1 as `run` does."""
    where = terminal()
    with progress(where) as show:
        found = due(settings, load_feeds(settings, feeds_file), now, datetime.now(UTC))
        report = _read(settings, found.feeds, now, show)
    if as_json:
        write_json(report_values(report))
    else:
        show_report(where, report, dry_run=False)
    return status_of(report)


def serve_command(settings: Settings, feeds_file: Path | None, clock: Callable[[], datetime]) -> int:
    """Tick every 30 s until SIGTERM or Ctrl-C, which let a tick under way end; a second one ends it in its tracks.

    The Discord bot runs beside it where a token is set.
    """
    load_feeds(settings, feeds_file)  # a mistake in it stops the start; later ones only a tick
    where, stop, first = terminal(), Event(), [True]

    def tick() -> None:
        now = clock()
        if first[0]:
            where.say("started; Ctrl-C stops it")
        where.say(f"{now:%Y-%m-%d %H:%M:%S} {do_tick(settings, feeds_file, now, always=first[0])}")
        first[0] = False

    def ask_to_stop(number: int, _frame: object) -> None:
        where.say("stopping; what is under way is brought to its end")
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    with bot_beside(settings, where.say):
        tick_until(stop, tick)
    return 0


def do_tick(settings: Settings, feeds_file: Path | None, now: datetime, *, always: bool) -> str:
    """Do a tick and return what to say of it; whatever goes wrong in it, the next one comes."""
    try:
        found = due(settings, load_feeds(settings, feeds_file), now, datetime.now(UTC))
        if found.feeds or always:
            return _line(_read(settings, found.feeds, now, silent))
        if found.digests:
            return _line(send_line(settings, now, silent, routes_of(settings, None, 100, False), MORNING))
        return "nothing is due"
    except DigestbotError as error:
        return f"not done: {error}"
    except Exception as error:
        return f"not done, by a fault of ours: {type(error).__name__}: {error}"


def _read(settings: Settings, feeds: tuple[Feed, ...], now: datetime, show: Progress) -> Report:
    return run_line(settings, feeds, now, None, show, routes_of(settings, None, 100, False), MORNING)


def _line(report: Report) -> str:
    failed = [feed.id for feed in report.feeds if feed.failed]
    seconds = sum(spent.seconds for spent in report.steps.values())
    parts = [
        f"{counted(len(report.feeds), 'feed')} read",
        f"{len(failed)} failed ({', '.join(failed[:3])}{', …' if failed[3:] else ''})" if failed else "",
        f"{sum(feed.new for feed in report.feeds)} new",
        counted(len(report.digests), "digest") if report.digests else "",
        *(f"{receipt.channel.kind} {receipt.state}" for receipt in report.deliveries),
        f"{seconds:.1f} s",
    ]
    return ", ".join(part for part in parts if part)
