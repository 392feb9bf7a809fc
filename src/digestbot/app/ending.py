"""Work that a process may be asked to stop in the middle of."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from threading import Event
from typing import Any, TypeVar

from digestbot.errors import StoppedError

Result = TypeVar("Result")
PATIENCE_S = 10.0
"""What work has to come to its end by itself; with a send under way behind it, it is over in half a minute."""
_LOOKS_S = 0.25
"""How often a thread's event is looked at: waiting for it would take a thread that nothing can call back."""


def worked(work: Coroutine[Any, Any, Result], stop: Event | None = None, patience_s: float = PATIENCE_S) -> Result:
    """Run to the end and return what comes of it.

    Raises StoppedError where `stop` is set and the work does not end in `patience_s`: it is cut short then.
    """
    return asyncio.run(work if stop is None else _cut_short(work, stop, patience_s))


async def _cut_short(work: Coroutine[Any, Any, Result], stop: Event, patience_s: float) -> Result:
    working, asking = asyncio.create_task(work), asyncio.create_task(_asked(stop, patience_s))
    await asyncio.wait((working, asking), return_when=asyncio.FIRST_COMPLETED)
    asking.cancel()
    if not working.done():
        working.cancel()
    try:
        return await working
    except asyncio.CancelledError:
        raise StoppedError("cut short, since the process was asked to stop: the next one goes on from there") from None


async def _asked(stop: Event, patience_s: float) -> None:
    while not stop.is_set():  # noqa: ASYNC110 - the event is a thread's, set by a signal
        await asyncio.sleep(_LOOKS_S)
    await asyncio.sleep(patience_s)
