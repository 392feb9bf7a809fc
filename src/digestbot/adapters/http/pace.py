"""Gives hosts their turns: one request at a time, a gap between two, none while a host wants to be left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from yarl import URL

from digestbot.adapters.http.failures import BUSY, NAMELESS
from digestbot.adapters.http.limits import HttpLimits
from digestbot.errors import SourceError
from digestbot.wire.addresses import shown

_HOSTS_KEPT = 1_024
_CLOSED = {"dns": NAMELESS}


@dataclass
class Host:
    """A host as it was met so far; instants are the loop's."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0
    waiting: int = 0
    closed_until: float = 0.0
    closed_why: str = ""


class Pace:
    """Lets requests through, host by host."""

    def __init__(self, concurrency: int) -> None:
        self._hosts: dict[tuple[str, str, int | None], Host] = {}
        self._global = asyncio.Semaphore(concurrency)

    @asynccontextmanager
    async def turn(self, target: URL, limits: HttpLimits) -> AsyncIterator[Host]:
        """Wait for the host's turn, then for a place; the other way round, waiting hosts would fill the places.

        Raises SourceError at once where the host is not to be asked for longer than is worth waiting for.
        """
        loop, host = asyncio.get_running_loop(), self._host(target)
        host.waiting += 1
        try:
            async with host.lock:
                left_s = host.closed_until - loop.time()
                if left_s > limits.retry_after_max_s:
                    # What is recorded of a page must not tell how long a run had been at work, nor who came first.
                    message = f"{shown(target)} {_CLOSED.get(host.closed_why, 'is not asked: its host wants a pause')}"
                    busy = host.closed_why in BUSY
                    raise SourceError(message, reason=host.closed_why, retry_after_s=left_s if busy else None)
                await asyncio.sleep(max(host.next_at - loop.time(), left_s, 0))
                async with self._global:
                    host.next_at = loop.time() + limits.host_gap_s
                    yield host
        finally:
            host.waiting -= 1

    def close(self, target: URL, wait_s: float, why: str) -> None:
        """Leave a host alone for some seconds; `why` is the reason of the errors until then."""
        host = self._host(target)
        host.closed_until, host.closed_why = asyncio.get_running_loop().time() + wait_s, why

    def _host(self, target: URL) -> Host:
        key = (target.scheme, target.host or "", target.port)
        if len(self._hosts) >= _HOSTS_KEPT and key not in self._hosts:
            now = asyncio.get_running_loop().time()
            kept = {k: h for k, h in self._hosts.items() if h.waiting or max(h.next_at, h.closed_until) > now}
            self._hosts = kept
        return self._hosts.setdefault(key, Host())
