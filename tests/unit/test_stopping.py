"""How a process is asked to stop."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from threading import Event, get_ident
from typing import Any, cast

import pytest

from digestbot.commands.stopping import asked_to_stop


class Log:
    """A log that takes no line from the thread that is in the middle of one, as stderr does."""

    def __init__(self) -> None:
        self.busy, self.told = get_ident(), Event()

    def info(self, event: str, **values: object) -> None:
        if get_ident() == self.busy:
            raise RuntimeError("reentrant call")
        self.told.set()


@pytest.fixture
def _handlers_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_handlers_as_before")
def test_a_signal_in_the_middle_of_a_line_is_not_lost() -> None:
    """It stops the process and is told, though the log takes nothing more from the thread that was writing."""
    log = Log()
    stop = asked_to_stop(cast(Any, log))

    signal.raise_signal(signal.SIGTERM)

    assert stop.is_set()
    assert log.told.wait(10)
