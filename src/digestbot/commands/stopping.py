"""How a process that runs for months is asked to stop."""

from __future__ import annotations

import signal
from threading import Event, Thread

from structlog.stdlib import BoundLogger


def asked_to_stop(log: BoundLogger) -> Event:
    """Return what SIGTERM or Ctrl-C sets, for the work under way to end; a second one ends it in its tracks."""
    stop = Event()

    def ask(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)
        # The signal may come in the middle of a line to stderr, which takes no other from the same thread.
        Thread(target=log.info, args=("stopping",), kwargs={"note": "what is under way has ten seconds"}).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop
