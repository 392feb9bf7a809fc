"""Calls keep to a provider's rates: by a clock of the test's own."""

from __future__ import annotations

import asyncio

import pytest

from digestbot.adapters.langchain_model import Pace


class Clock:
    """Stands still but when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def read(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


def naps(pace: Pace, clock: Clock, calls: list[int]) -> list[float]:
    """Let calls of so many tokens have their turn at once, and return how long they waited."""

    async def turns() -> None:
        await asyncio.gather(*(pace.turn(tokens) for tokens in calls))

    asyncio.run(turns())
    return clock.naps


@pytest.mark.parametrize(
    ("requests", "tokens", "calls", "waited"),
    [
        (None, None, [10**9] * 5, []),
        (2, None, [1, 1, 1, 1, 1], [60.0, 60.0]),
        (None, 100, [60, 40, 1], [60.0]),
        (None, 100, [500, 500], [60.0]),
        (3, 100, [90, 20, 20, 20], [60.0]),
    ],
)
def test_calls_wait_for_their_turn(
    requests: int | None, tokens: int | None, calls: list[int], waited: list[float]
) -> None:
    """No minute holds more requests or tokens than it may; a call that is longer than a minute's tokens goes alone."""
    clock = Clock()

    assert naps(Pace(requests, tokens, clock.read, clock.sleep), clock, calls) == waited


@pytest.mark.parametrize(
    ("tried", "asked_s", "waited"), [(1, None, 1.0), (3, None, 4.0), (9, None, 60.0), (1, 7.5, 7.5), (1, 900.0, 60.0)]
)
def test_a_repetition_waits_as_long_as_it_is_told(tried: int, asked_s: float | None, waited: float) -> None:
    """The provider's own word counts, else each wait is twice the one before; never more than a minute."""
    clock = Clock()

    asyncio.run(Pace(sleep=clock.sleep).wait(tried, asked_s))

    assert clock.naps == [waited]
