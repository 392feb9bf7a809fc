"""`digestbot tick` and `digestbot serve`: do what is due, once or until told to stop."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from digestbot.app import (
    Explainer,
    Given,
    Leadership,
    bot_beside,
    existing,
    ledger_of,
    load_feeds,
    report_values,
    routes_of,
    run_line,
    status_now,
    watch_pages,
    web_pages,
)
from digestbot.app.reloading import Setup
from digestbot.commands.console import counted, progress, terminal, write_json
from digestbot.commands.reporting import say_changes
from digestbot.commands.run import show_report, status_of
from digestbot.commands.stopping import asked_to_stop
from digestbot.commands.ticking import Ticks, due, tended
from digestbot.commands.web import served
from digestbot.jobs import tick_until
from digestbot.log import configure, logger
from digestbot.memory import hand_back_memory
from digestbot.settings import Settings, load
from digestbot.status import Status
from digestbot.subscriptions.default import MORNING


def tick_command(settings: Settings, feeds_file: Path | None, now: datetime, as_json: bool) -> int:
    """Do what is due once, and finish what a killed run left; return 1 as `run` does."""
    where, feeds = terminal(), load_feeds(settings, feeds_file)
    with progress(where) as show:
        found, routes = due(settings, feeds, now, datetime.now(UTC)), routes_of(settings, None, 100, False)
        report = run_line(settings, Given(found.feeds, now, show, routes), MORNING)
    made = None if found.feeds else tended(settings, now)
    if made is not None:
        where.say(f"links looked at: {counted(len(made), 'proposal')}")
    if as_json:
        write_json(report_values(report))
    else:
        show_report(where, report, dry_run=False)
    say_changes(where, settings, feeds, now, report, lambda: routes)
    return status_of(report)


def serve_command(
    settings: Settings,
    feeds_file: Path | None,
    clock: Callable[[], datetime],
    read: Callable[[], Settings] = load,
) -> int:
    """Tick every 30 s until SIGTERM or Ctrl-C, after which a tick has ten seconds; a second one ends it in its tracks.

    Of several on one ledger one leads; the others deliver, and take its place when it is gone. SIGHUP asks to take
    settings and files anew at once; what changed is taken with the next tick in any case. `read` reads the settings.
    """
    hand_back_memory()
    configure(settings.log)
    setup = Setup(settings, existing(settings), feeds_file, read)
    setup.start()
    log, leadership, asked = logger(), Leadership(setup.settings), Event()
    stop = asked_to_stop(log)
    ticks = Ticks(setup, stop)
    signal.signal(signal.SIGHUP, lambda number, frame: asked.set())

    def beat() -> bool:
        elected = leadership.beat()
        if elected:
            log.info("leading", owner=leadership.owner)
        return elected or asked.is_set()

    def tick() -> None:
        was_asked = asked.is_set()
        asked.clear()
        ticks.do(clock(), leads=leadership.is_held, asked=was_asked)

    with companions(setup, clock):
        tick_until(stop, tick, beat)
    leadership.resign()
    log.info("stopped")
    return 0


@contextmanager
def companions(setup: Setup, clock: Callable[[], datetime]) -> Iterator[None]:
    """Run what is set to run beside the ticks: the web pages, what monitoring reads, and the Discord bot."""
    log, settings = logger(), setup.settings

    def now() -> Settings:
        return setup.settings

    def status() -> Status:
        return status_now(now(), ledger, setup.feeds, clock())

    with ExitStack() as stack:
        explain = stack.enter_context(closing(Explainer(now))).explain
        if settings.web_listen or settings.watch_listen:
            ledger = stack.enter_context(ledger_of(settings))
        if settings.web_listen:
            pages = web_pages(now, ledger, lambda line: log.warning("web", note=line), explain)
            stack.enter_context(served(pages, settings.web_listen, settings.web_proxies or ""))
            log.info("serving pages", listen=settings.web_listen, public_url=settings.public_url)
        if settings.watch_listen:
            stack.enter_context(served(watch_pages(status), settings.watch_listen))
            log.info("serving monitoring", listen=settings.watch_listen)
        stack.enter_context(bot_beside(now, lambda line: log.info("discord", note=line), explain))
        yield
