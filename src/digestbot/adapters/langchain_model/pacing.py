"""Keeps the calls of a model within its provider's rates, and says when to try again; the one place that waits."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from digestbot.adapters.langchain_model.failures import Failure

TRIES = 4
"""How often a call is made in all, where the provider says that it may pass."""
_SPAN_S = 60.0
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 60.0

Answered = TypeVar("Answered")


@dataclass
class Pace:
    """Requests and tokens a minute, None for no limit, shared by all calls of a model.

    The tokens are those that a call is expected to take: what it took is known too late.
    """

    requests_a_minute: int | None = None
    tokens_a_minute: int | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    _made: deque[tuple[float, int]] = field(default_factory=deque)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def turn(self, tokens: int) -> None:
        """Return when a call of so many tokens may be made; calls get their turn in order.

        A call that is longer than a minute's tokens waits until nothing else was asked in the last minute.
        """
        async with self._turn:
            while (wait_s := self._wait_s(tokens)) > 0:
                await self.sleep(wait_s)
            self._made.append((self.clock(), tokens))

    async def tried(
        self, make: Callable[[], Awaitable[Answered]], tokens: int, meaning: Callable[[Exception], Failure]
    ) -> Answered | Failure:
        """Return what a call of so many tokens gave, made again while that may help; `meaning` reads exceptions."""
        for tried in range(1, TRIES + 1):
            await self.turn(tokens)
            try:
                return await make()
            except Exception as error:  # every provider's SDK has exceptions of its own and LangChain lets many through
                failure = meaning(error)
            if failure.prospect != "again" or tried == TRIES:
                break
            await self.wait(tried, failure.retry_after_s)
        return failure

    async def wait(self, tried: int, retry_after_s: float | None) -> None:
        """Wait before a call is made again: as long as the provider asks, else ever longer; a minute at most."""
        asked = _FIRST_WAIT_S * 2 ** (tried - 1) if retry_after_s is None else retry_after_s
        await self.sleep(min(max(asked, 0.0), _LONGEST_WAIT_S))

    def _wait_s(self, tokens: int) -> float:
        now = self.clock()
        while self._made and now - self._made[0][0] >= _SPAN_S:
            self._made.popleft()
        crowded = self.requests_a_minute is not None and len(self._made) >= self.requests_a_minute
        held = sum(count for _, count in self._made)
        greedy = self.tokens_a_minute is not None and bool(self._made) and held + tokens > self.tokens_a_minute
        return self._made[0][0] + _SPAN_S - now if crowded or greedy else 0.0
