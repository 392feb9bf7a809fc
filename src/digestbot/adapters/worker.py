"""Runs functions over hostile bytes in processes of its own, which a time-out ends and a memory limit bounds.

Parsers have inputs that take them hours or gigabytes; a thread could not be stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from digestbot.errors import SourceError

Result = TypeVar("Result")


class Worker:
    """Fulfils `isolation.Runner` with pebble; the processes start with the first job and end with `aclose`."""

    def __init__(self, memory_bytes: int = 1 << 30, processes: int = 1) -> None:
        """Give each of the processes `memory_bytes` of address space."""
        self._memory_bytes = memory_bytes
        self._processes = processes
        self._pool: Any = None

    async def run(self, limit_s: float, function: Callable[..., Result], *args: object) -> Result:
        """See `isolation.Runner.run`; jobs wait for one another, and a job's time counts from its start."""
        job = asyncio.wrap_future(self._workers().schedule(_call, args=(function, args), timeout=limit_s))
        try:
            await asyncio.wait([job])
        finally:
            job.cancel()  # without effect once it is done; else it ends the work that nobody waits for
        # Looked at, not caught: over hostile bytes the libraries and their C code may raise anything, or die.
        if (error := job.exception()) is not None:
            reason = "timeout" if isinstance(error, TimeoutError) else "crashed"
            raise SourceError(f"{function.__name__} ended in {type(error).__name__}", reason=reason) from error
        outcome = job.result()
        if isinstance(outcome, _Failed):
            raise SourceError(outcome.message, reason=outcome.reason)
        result: Result = outcome
        return result

    async def aclose(self) -> None:
        """End the processes, at once."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            pool.stop()
            await asyncio.to_thread(pool.join)

    def _workers(self) -> Any:
        if self._pool is None:
            from multiprocessing import get_context

            from pebble import ProcessPool

            # Spawned, never forked: a fork would copy our threads' locks as they happen to stand.
            self._pool = ProcessPool(
                max_workers=self._processes,
                context=get_context("spawn"),
                initializer=_limit,
                initargs=(self._memory_bytes,),
            )
        return self._pool


@dataclass(frozen=True)
class _Failed:
    """A SourceError on its way between processes, where exceptions lose what they carry."""

    message: str
    reason: str


def _limit(memory_bytes: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _call(function: Callable[..., object], args: tuple[object, ...]) -> object:
    try:
        return function(*args)
    except SourceError as error:
        return _Failed(str(error), error.reason)
