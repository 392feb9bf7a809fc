"""`digestbot tick` and `digestbot serve`: do what is due, once or until told to stop."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from digestbot import __version__
from digestbot.app import (
    Leadership,
    bot_beside,
    deliver_line,
    ledger_of,
    load_feeds,
    report_values,
    routes_of,
    run_line,
    send_line,
    status_now,
    tidied_daily,
    watch_pages,
    web_pages,
)
from digestbot.app.tending import tend_what_is_due
from digestbot.commands.console import counted, progress, silent, terminal, write_json
from digestbot.commands.reporting import log_report, tell_alerts
from digestbot.commands.run import show_report, status_of
from digestbot.commands.web import served
from digestbot.domain import Feed, Proposal
from digestbot.errors import ConfigError, DigestbotError
from digestbot.jobs import tick_until
from digestbot.log import configure, logger
from digestbot.pipeline.line import Report
from digestbot.ports import Progress
from digestbot.schedule import due_feeds
from digestbot.settings import Settings
from digestbot.status import Status
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
    made = None if found.feeds else _tended(settings, now)
    if made is not None:
        where.say(f"links looked at: {counted(len(made), 'proposal')}")
    if as_json:
        write_json(report_values(report))
    else:
        show_report(where, report, dry_run=False)
    return status_of(report)


def serve_command(settings: Settings, feeds_file: Path | None, clock: Callable[[], datetime]) -> int:
    """Tick every 30 s until SIGTERM or Ctrl-C, which let a tick under way end; a second one ends it in its tracks.

    Of several on one ledger one leads; the others deliver, and take its place when it is gone.
    """
    configure(settings.log)
    watched = Watched(load_feeds(settings, feeds_file))  # a mistake in it stops the start, a later one is only told
    log, stop, leadership = logger(), Event(), Leadership(settings)

    def beat() -> bool:
        elected = leadership.beat()
        if elected:
            log.info("leading", owner=leadership.owner)
        return elected

    def tick() -> None:
        if not watched.started:
            log.info("started", version=__version__, home=str(settings.home))
            watched.started = True
        do_tick(settings, feeds_file, clock(), watched, leads=leadership.is_held)

    def ask_to_stop(number: int, _frame: object) -> None:
        log.info("stopping", note="what is under way is brought to its end")
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    with companions(settings, watched, clock):
        tick_until(stop, tick, beat)
    leadership.resign()
    log.info("stopped")
    return 0


@contextmanager
def companions(settings: Settings, watched: Watched, clock: Callable[[], datetime]) -> Iterator[None]:
    """Run what is set to run beside the ticks: the web pages, what monitoring reads, and the Discord bot."""
    log = logger()

    def status() -> Status:
        return status_now(settings, ledger, watched.feeds, clock())

    with ExitStack() as stack:
        if settings.web_listen or settings.watch_listen:
            ledger = stack.enter_context(ledger_of(settings))
        if settings.web_listen:
            pages = web_pages(settings, ledger, lambda line: log.warning("web", note=line))
            stack.enter_context(served(pages, settings.web_listen, settings.web_proxies or ""))
            log.info("serving pages", listen=settings.web_listen, public_url=settings.public_url)
        if settings.watch_listen:
            stack.enter_context(served(watch_pages(status), settings.watch_listen))
            log.info("serving monitoring", listen=settings.watch_listen)
        stack.enter_context(bot_beside(settings, lambda line: log.info("discord", note=line)))
        yield


@dataclass
class Watched:
    """What the ticks of one process remember: feeds, whether one was begun and one done, and what was told."""

    feeds: tuple[Feed, ...] = ()
    refused: str = ""
    """What is wrong with the feeds file as it stands now, so that the feeds of before stay."""
    started: bool = False
    ticked: bool = False
    alerts: frozenset[str] = frozenset()

    def take(self, settings: Settings, feeds_file: Path | None) -> tuple[Feed, ...]:
        """Return the feeds of now, or those of before where the file has a mistake, which is logged once."""
        try:
            self.feeds, self.refused = load_feeds(settings, feeds_file), ""
        except ConfigError as error:
            if str(error) != self.refused:
                logger().error("feeds file refused", reason=str(error), note="the feeds of before stay")
            self.refused = str(error)
        return self.feeds


def do_tick(
    settings: Settings, feeds_file: Path | None, now: datetime, watched: Watched, *, leads: bool = True
) -> None:
    """Do a tick and log what came of it; whatever goes wrong in it, the next one comes.

    One that does not lead makes nothing new: it helps to deliver what waits.
    """
    log = logger()
    try:
        feeds = watched.take(settings, feeds_file)
        report = _led(settings, feeds, now, first=not watched.ticked) if leads else _helped(settings, now)
        if report is None:
            made = _tended(settings, now) if leads else None
            if made is not None:
                log.info("links looked at", proposals=len(made))
            return
        watched.ticked = watched.ticked or leads
        _tidy(settings, now)
        log_report(log, settings, report)
        watched.alerts = tell_alerts(log, settings, feeds, now, watched.alerts)
    except DigestbotError as error:
        log.error("tick failed", now=now.isoformat(), reason=str(error))
    except Exception as error:
        log.exception("tick failed by a fault of ours", now=now.isoformat(), error=type(error).__name__)


def _led(settings: Settings, feeds: tuple[Feed, ...], now: datetime, *, first: bool) -> Report | None:
    """Do what is due as the one that schedules, at first whatever a killed process left; None where nothing is due."""
    found = due(settings, feeds, now, datetime.now(UTC))
    if found.feeds or first:
        return _read(settings, found.feeds, now, silent)
    if found.digests:
        return send_line(settings, now, silent, routes_of(settings, None, 100, False), MORNING)
    return None


def _helped(settings: Settings, now: datetime) -> Report | None:
    """Deliver what waits beside the one that schedules; None where nothing does."""
    with ledger_of(settings) as ledger:
        if not ledger.outbox.is_waiting(now, datetime.now(UTC)):
            return None
    return deliver_line(settings, now, routes_of(settings, None, 100, False))


def _tidy(settings: Settings, now: datetime) -> None:
    with ledger_of(settings) as ledger:
        if gone := {name: count for name, count in tidied_daily(settings, ledger, now).items() if count}:
            logger().info("tidied", **gone)


def _tended(settings: Settings, now: datetime) -> list[Proposal] | None:
    """Look after the documents' links where that is set; return what was proposed, None where none waited."""
    if settings.link_checks == "off":
        return None
    with ledger_of(settings) as ledger:
        return tend_what_is_due(settings, ledger, now)


def _read(settings: Settings, feeds: tuple[Feed, ...], now: datetime, show: Progress) -> Report:
    return run_line(settings, feeds, now, None, show, routes_of(settings, None, 100, False), MORNING)
