"""Questions answered in a process of its own: whoever hears people must not wait for what reads and compares.

The process starts with the first question and ends when none came for a while, so that it costs nothing where nobody
asks; while it lives it may own the index. Answers come back as they grow.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any

from digestbot.app.clock import clock_of
from digestbot.app.explaining import explaining
from digestbot.domain.answers import Answer, Asked
from digestbot.errors import DigestbotError
from digestbot.explain.asking import Deps, explain
from digestbot.settings import Settings

IDLE_S = 60.0
"""So long the process waits for another question; it takes one to two seconds to start, and some 200 MB to stay."""
FRESH_S = 600.0
"""So long it answers from one reading of the roadmap and the settings' budgets."""
LONGEST_S = 300.0
"""A question that takes longer is given up: a chat model's own limits lie at two minutes."""
AT_ONCE, AT_ONCE_OFFLINE = 4, 1
"""Questions answered beside one another: models are waited for, while the offline answer keeps a processor busy."""

Said = Answer | str | None
"""An answer so far, what went wrong, or that the last was whole."""


def at_once(settings: Settings) -> int:
    """Return how many questions are answered beside one another."""
    return AT_ONCE if settings.model != "offline" else AT_ONCE_OFFLINE


class Explainer:
    """The side that asks; of one event loop."""

    def __init__(self, settings: Settings, idle_s: float = IDLE_S) -> None:
        self._settings, self._idle_s = settings, idle_s
        self._numbers = count()
        self._starting = asyncio.Lock()
        self._study: _Study | None = None

    async def explain(self, asked: Asked) -> AsyncIterator[Answer]:
        """Yield the answer to a question as it grows, the last one whole; raises DigestbotError where there is none."""
        until = time.monotonic() + LONGEST_S
        for is_last in (False, True):
            study = await self._open()
            heard, some = study.ask(next(self._numbers), asked), False
            while isinstance(said := await self._next(study, heard, until), Answer):
                some = True
                yield said
            if said is None:
                return
            # A process that found nothing to do may have ended just as the question came: then it is put once more.
            if said is not _GONE or some or is_last:
                raise DigestbotError(f"the question was not answered: {said}")

    def close(self) -> None:
        """End the process; who still waits is told."""
        if self._study is not None:
            self._study.end()
            self._study = None

    async def _open(self) -> _Study:
        async with self._starting:
            if self._study is None or not self._study.lives:
                loop = asyncio.get_running_loop()
                self._study = await asyncio.to_thread(_started, self._settings, self._idle_s, loop)
            return self._study

    async def _next(self, study: _Study, heard: asyncio.Queue[Said], until: float) -> Said:
        try:
            return await asyncio.wait_for(heard.get(), max(until - time.monotonic(), 0))
        except TimeoutError:
            study.end()
            return f"it took more than {LONGEST_S:.0f} s"


_GONE = "the process that answers ended"


@dataclass
class _Study:
    """A process that answers, and who waits for which answer."""

    process: Any
    line: Connection
    loop: asyncio.AbstractEventLoop
    lives: bool = True
    waiting: dict[int, asyncio.Queue[Said]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._listening = Thread(target=self._listen, name="explain", daemon=True)
        self._listening.start()

    def ask(self, number: int, asked: Asked) -> asyncio.Queue[Said]:
        """Put a question and return where its answers come."""
        heard = self.waiting[number] = asyncio.Queue()
        try:
            self.line.send((number, asked))
        except OSError:
            self.gone()
        return heard

    def hear(self, number: int, said: Said) -> None:
        """Take what it said; what is not an answer is the last about that question."""
        heard = self.waiting.get(number) if isinstance(said, Answer) else self.waiting.pop(number, None)
        if heard is not None:
            heard.put_nowait(said)

    def gone(self) -> None:
        """Tell all who wait that it ended."""
        self.lives = False
        for number in list(self.waiting):
            self.hear(number, _GONE)

    def end(self) -> None:
        """End it at once."""
        self.process.kill()
        self._listening.join()  # while there is a loop for what it has to say last
        self.gone()

    def _listen(self) -> None:
        """Hand on what it says until it ends; in a thread of its own."""
        try:
            while True:
                self._hand_on(self.hear, *self.line.recv())
        except (EOFError, OSError):
            self.line.close()
            self._hand_on(self.gone)

    def _hand_on(self, act: Callable[..., None], *given: Any) -> None:
        with suppress(RuntimeError):  # a loop that is closed has nobody who waits
            self.loop.call_soon_threadsafe(act, *given)


def _started(settings: Settings, idle_s: float, loop: asyncio.AbstractEventLoop) -> _Study:
    # Spawned, never forked: a fork would copy our threads' locks as they happen to stand.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_keep_answering, args=(settings, theirs, idle_s), name="explain", daemon=True)
    process.start()
    theirs.close()
    return _Study(process, ours, loop)


def _keep_answering(settings: Settings, line: Connection, idle_s: float) -> None:
    """Answer what comes until nothing comes; the other side is the one that Ctrl-C ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_answer_all(settings, line, idle_s))


async def _answer_all(settings: Settings, line: Connection, idle_s: float) -> None:
    clock = clock_of(settings)
    following = await asyncio.to_thread(_heard, line, idle_s)
    while (given := following) is not None:
        try:
            with explaining(settings, clock()) as (deps, _):
                following = await _answer_some(deps, line, given, idle_s, clock)
        except DigestbotError as error:
            line.send((given[0], str(error)))
            following = await asyncio.to_thread(_heard, line, idle_s)


async def _answer_some(
    deps: Deps, line: Connection, given: tuple[int, Asked], idle_s: float, clock: Callable[[], datetime]
) -> tuple[int, Asked] | None:
    """Answer questions for as long as what they are answered with is fresh; return the first that is left over."""
    running: set[asyncio.Task[None]] = set()
    until = time.monotonic() + FRESH_S
    following: tuple[int, Asked] | None = given
    while following is not None and time.monotonic() < until:
        task = asyncio.create_task(_answer(deps, line, *following, clock()))
        running.add(task)
        task.add_done_callback(running.discard)
        following = await asyncio.to_thread(_heard, line, idle_s)
    await asyncio.gather(*running)
    return following


async def _answer(deps: Deps, line: Connection, number: int, asked: Asked, now: datetime) -> None:
    last: str | None = None
    try:
        async for answer in explain(deps, asked, now):
            line.send((number, answer))
    except Exception as error:  # the other side tells it, and the next question is answered
        last = f"{type(error).__name__}: {error}"
    line.send((number, last))


def _heard(line: Connection, idle_s: float) -> tuple[int, Asked] | None:
    """Return the next question, None where none came in time or nobody is there any more."""
    try:
        found: tuple[int, Asked] | None = line.recv() if line.poll(idle_s) else None
    except (EOFError, OSError):
        return None
    return found
