"""`digestbot worker`: deliver what waits, beside the servers on the same ledger; make nothing, read nothing."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from threading import Event

from structlog.stdlib import BoundLogger

from digestbot import __version__
from digestbot.app import Presence, deliver_line, ledger_of, routes_of, status_now, waits_to_go, watch_pages
from digestbot.commands.reporting import log_report
from digestbot.commands.stopping import asked_to_stop
from digestbot.commands.web import served
from digestbot.errors import ConfigError, DigestbotError, StoppedError
from digestbot.jobs import tick_until
from digestbot.log import configure, logger
from digestbot.memory import hand_back_memory
from digestbot.settings import Settings


def worker_command(settings: Settings, clock: Callable[[], datetime]) -> int:
    """Deliver within seconds what any machine can send, until SIGTERM or Ctrl-C, which let a send under way end."""
    hand_back_memory()
    _refuse_strange_links(settings)
    configure(settings.log)
    routes = routes_of(settings, None, 100, False)  # what cannot be used stops the start
    log, presence = logger(), Presence(settings, "worker")
    stop = asked_to_stop(log)
    # It reads nothing that could be taken anew; a hang-up, meant for `serve`, would end it in the middle of a send.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def beat() -> bool:
        presence.beat()
        return waits_to_go(settings, clock(), routes)

    with ExitStack() as stack:
        if settings.watch_listen:
            ledger = stack.enter_context(ledger_of(settings))
            pages = watch_pages(lambda: status_now(settings, ledger, (), clock()))
            stack.enter_context(served(pages, settings.watch_listen))
        log.info("started", version=__version__, worker=presence.owner)
        tick_until(stop, lambda: _deliver(settings, clock(), log, stop), beat)
    presence.end()
    log.info("stopped")
    return 0


def _deliver(settings: Settings, now: datetime, log: BoundLogger, stop: Event) -> None:
    """Deliver what waits and log what came of it; whatever goes wrong, the next beat comes."""
    try:
        if report := deliver_line(settings, now, routes_of(settings, None, 100, False), stop):
            log_report(log, settings, report)
    except StoppedError as error:
        log.info("delivering cut short", now=now.isoformat(), reason=str(error))
    except DigestbotError as error:
        log.error("delivering failed", now=now.isoformat(), reason=str(error))
    except Exception as error:
        log.exception("delivering failed by a fault of ours", now=now.isoformat(), error=type(error).__name__)


def _refuse_strange_links(settings: Settings) -> None:
    """Links in mails are signed: a worker with a secret of its own would send links that the pages do not know."""
    if settings.public_url and not settings.web_secret and not (settings.home / "web.secret").exists():
        raise ConfigError(
            "a worker signs the links in mails as the pages do: set DIGESTBOT_WEB_SECRET here and where they are served"
        )
