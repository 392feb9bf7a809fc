"""Who is answered next, what those who wait are told, and how an answer grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from asked import NOW

from digestbot.bot.streaming import stream
from digestbot.bot.turns import MOST, Full, Turns
from digestbot.domain.answers import Answer, Asked

BLANK = Answer("a", Asked("x"), "x", "en", "answered", "offline", "1", NOW)


async def nobody(before: int) -> None:
    """Hear nothing."""


def test_turns_come_in_order_and_so_many_at_once() -> None:
    """Whoever came first is next."""
    begun: list[int] = []

    async def one(turns: Turns, number: int, done: asyncio.Event) -> None:
        async with turns.turn(f"u{number}", nobody):
            begun.append(number)
            await done.wait()

    async def run() -> None:
        turns, done = Turns(2), asyncio.Event()
        tasks = [asyncio.ensure_future(one(turns, number, done)) for number in range(5)]
        await asyncio.sleep(0)
        assert begun == [0, 1]
        done.set()
        await asyncio.gather(*tasks)

    asyncio.run(run())
    assert begun == [0, 1, 2, 3, 4]


def test_who_waits_is_told_and_told_again_at_half() -> None:
    """Not at every step: that would be an edit for everybody with every answer."""
    said: list[int] = []

    async def run() -> None:
        turns, gates = Turns(1, tell_every_s=0.001, pace_s=0), [asyncio.Event() for _ in range(9)]
        heard = asyncio.Queue[int]()

        async def one(number: int) -> None:
            async with turns.turn(f"u{number}", heard.put if number == 8 else nobody):
                await gates[number].wait()

        tasks = [asyncio.ensure_future(one(number)) for number in range(9)]
        for done in (0, 4, 6, 7, 9):
            for gate in gates[:done]:
                gate.set()
            if done < 8:
                said.append(await heard.get())
        await asyncio.gather(*tasks)
        assert heard.empty()

    asyncio.run(run())
    assert said == [8, 4, 2, 1]


def test_those_who_wait_are_told_one_after_another() -> None:
    """Two hundred at once are not two hundred edits at once; whose turn comes meanwhile is told nothing."""
    said: list[int] = []

    async def run() -> None:
        turns, gate = Turns(1, tell_every_s=0.001, pace_s=100), asyncio.Event()

        async def hear(before: int) -> None:
            said.append(before)
            gate.set()

        async def one(number: int) -> None:
            async with turns.turn(f"u{number}", hear):
                await gate.wait()

        await asyncio.gather(*(one(number) for number in range(200)))

    asyncio.run(run())
    assert len(said) == 1


def test_a_queue_that_is_full_says_so() -> None:
    """Three of one person, 250 of all; one that gave up leaves its place."""

    async def run() -> None:
        turns, never = Turns(1), asyncio.Event()

        async def one(who: str) -> None:
            async with turns.turn(who, nobody):
                await never.wait()

        mine = [asyncio.ensure_future(one("me")) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Full) as own:
            await one("me")
        others = [asyncio.ensure_future(one(f"u{number}")) for number in range(MOST - 2)]
        await asyncio.sleep(0)
        with pytest.raises(Full) as everybody:
            await one("last")
        others[0].cancel()
        await asyncio.sleep(0)
        late = asyncio.ensure_future(one("last"))
        await asyncio.sleep(0)

        assert own.value.mine
        assert not everybody.value.mine
        assert not late.done()
        for task in (*mine, *others, late):
            task.cancel()
        await asyncio.gather(*mine, *others, late, return_exceptions=True)
        async with turns.turn("me", nobody):
            pass

    asyncio.run(run())


@pytest.mark.parametrize(
    ("pauses", "every_s", "seen"),
    [("", 0.001, []), ("a", 60, ["a"]), ("b", 0.001, ["b"]), ("ab", 0.001, ["a", "b"])],
    ids=["at once", "paced", "the newest only", "slowly"],
)
def test_an_answer_is_shown_as_it_grows(pauses: str, every_s: float, seen: list[str]) -> None:
    """What comes at once is not; what grows slowly is, at the pace of edits, the newest only."""
    shown: list[str] = []

    async def run() -> Answer:
        edited = asyncio.Semaphore(0)

        async def grow(answer: Answer) -> None:
            shown.append(answer.id)
            edited.release()

        async def slow() -> AsyncIterator[Answer]:
            for name in "abc":
                yield replace(BLANK, id=name)
                if name in pauses:
                    await edited.acquire()

        return await stream(slow(), grow, every_s, lull_s=0.001)

    assert asyncio.run(run()).id == "c"
    assert shown == seen


def test_a_fault_while_it_grows_is_the_asker_s_to_hear() -> None:
    """It is raised, not swallowed with the task."""

    async def faulty() -> AsyncIterator[Answer]:
        yield BLANK
        raise ValueError("no")

    async def grow(answer: Answer) -> None:
        """Show nothing."""

    with pytest.raises(ValueError, match="no"):
        asyncio.run(stream(faulty(), grow))
