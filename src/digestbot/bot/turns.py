"""Whose question is next: a few are answered beside one another, the others wait in the order in which they came."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

MOST, MOST_EACH = 250, 3
"""Waiting questions of all and of one person: offline the last of 250 has its answer within two minutes."""
TELL_EVERY_S = 3.0
"""A wait that is shorter is not worth telling; Discord shows meanwhile that the bot is thinking."""
PACE_S = 0.1
"""Between two who are told: an edit each, of the fifty requests a second that Discord takes of a bot for everything."""

Told = Callable[[int], Awaitable[object]]
"""Is told how many are before somebody, that one's own question included."""


class Full(Exception):
    """Nobody more can wait; `mine` says that it is the asker's own questions that are too many."""

    def __init__(self, *, mine: bool) -> None:
        super().__init__("too many questions wait")
        self.mine = mine


class Turns:
    """So many questions at once; of one event loop."""

    def __init__(self, at_once: int, tell_every_s: float = TELL_EVERY_S, pace_s: float = PACE_S) -> None:
        self._free, self._tell_every_s, self._pace_s = at_once, tell_every_s, pace_s
        self._waiting: deque[asyncio.Event] = deque()
        self._held: Counter[str] = Counter()
        self._told_at = 0.0

    @asynccontextmanager
    async def turn(self, who: str, told: Told) -> AsyncIterator[None]:
        """Give a turn once it comes; raises Full at once where somebody cannot wait."""
        if self._held[who] >= MOST_EACH or len(self._waiting) >= MOST:
            raise Full(mine=self._held[who] >= MOST_EACH)
        self._held[who] += 1
        try:
            await self._come(told)
            try:
                yield
            finally:
                self._pass_on()
        finally:
            self._held[who] -= 1
            self._held += Counter()  # drops those who wait for nothing

    async def _come(self, told: Told) -> None:
        if self._free:
            self._free -= 1
            return
        mine = asyncio.Event()
        self._waiting.append(mine)
        try:
            await self._wait(mine, told)
        except BaseException:
            if mine.is_set():
                self._pass_on()
            else:
                self._waiting.remove(mine)
            raise

    async def _wait(self, mine: asyncio.Event, told: Told) -> None:
        """Wait, and tell where one stands: after a while, and again when half of those before are done."""
        coming, said = asyncio.ensure_future(mine.wait()), 2 * MOST
        try:
            while not mine.is_set():
                await asyncio.wait([coming], timeout=self._tell_every_s)
                if self._before(mine) > said // 2:
                    continue
                await asyncio.wait([coming], timeout=self._paced_s())
                if before := self._before(mine):
                    said = before
                    await told(before)
        finally:
            coming.cancel()

    def _before(self, mine: asyncio.Event) -> int:
        """Return how many wait up to and with somebody, 0 for whose turn has come."""
        return self._waiting.index(mine) + 1 if not mine.is_set() else 0

    def _paced_s(self) -> float:
        """Return how long the next one is to wait before it is told."""
        now = asyncio.get_running_loop().time()
        self._told_at = max(now, self._told_at + self._pace_s)
        return self._told_at - now

    def _pass_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().set()
        else:
            self._free += 1
