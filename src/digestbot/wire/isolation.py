"""Where work over hostile bytes is done: the role, and its plainest form.

`adapters.worker` does it in a process that can be killed; a thread is enough where the input is ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

Result = TypeVar("Result")


class Runner(Protocol):
    """Runs a plain function away from the event loop."""

    async def run(self, limit_s: float, function: Callable[..., Result], *args: object) -> Result:
        """Return `function(*args)`; function, arguments and result can be pickled.

        Raises the SourceError that the function raises, or one of its own: `timeout` past `limit_s` seconds, `crashed`
        if the function dies in another way. A runner that cannot stop a function disregards the limit.
        """
        ...


class Threads:
    """Fulfils `Runner` with threads: no start-up, no limit."""

    async def run(self, limit_s: float, function: Callable[..., Result], *args: object) -> Result:
        """See `Runner.run`."""
        return await asyncio.to_thread(function, *args)
