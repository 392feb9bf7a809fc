"""Work that is asked to stop ends by itself, or is cut short."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from digestbot.app.ending import worked
from digestbot.errors import StoppedError


def asked() -> Event:
    """Return what a process that was asked to stop has."""
    stop = Event()
    stop.set()
    return stop


def test_work_that_does_not_end_is_cut_short() -> None:
    """It is cancelled, so that it can put things in order, and the caller is told."""
    ends: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ends.append("in order")

    with pytest.raises(StoppedError, match="asked to stop"):
        worked(work(), asked(), patience_s=0)

    assert ends == ["in order"]


@pytest.mark.parametrize("stop", [None, Event(), asked()])
def test_work_that_ends_by_itself_is_let_end(stop: Event | None) -> None:
    """What comes of it is returned, whether somebody asked it to stop or not."""

    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    assert worked(work(), stop) == "done"


def test_a_fault_of_the_work_stays_its_own() -> None:
    """What the work raises is raised."""

    async def work() -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        worked(work(), Event())
