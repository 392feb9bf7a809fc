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

Told = Callable[[int], Awaitable[object]]
"""Is told how many are before somebody, that one's own question included."""


class Full(Exception):
    """Nobody more can wait; `mine` says that it is the asker's own questions that are too many."""

    def __init__(self, *, mine: bool) -> None:
        super().__init__("too many questions wait")
        self.mine = mine


class Turns:
    """So many questions at once; of one event loop."""

    def __init__(self, at_once: int, tell_every_s: float = TELL_EVERY_S) -> None:
        self._free, self._tell_every_s = at_once, tell_every_s
        self._waiting: deque[asyncio.Event] = deque()
        self._held: Counter[str] = Counter()

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
                before = self._waiting.index(mine) + 1 if not mine.is_set() else said
                if before <= said // 2:
                    said = before
                    await told(before)
        finally:
            coming.cancel()

    def _pass_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().set()
        else:
            self._free += 1
