"""How a process that runs for months is asked to stop."""

from __future__ import annotations

import signal
from threading import Event

from structlog.stdlib import BoundLogger


def asked_to_stop(log: BoundLogger) -> Event:
    """Return what SIGTERM or Ctrl-C sets, for the work under way to end; a second one ends it in its tracks."""
    stop = Event()

    def ask(number: int, _frame: object) -> None:
        log.info("stopping", note="what is under way has ten seconds")
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop
