"""Questions answered in a process of its own: whoever hears people must not wait for what reads and compares.

The process starts with the first question and ends when none came for a while, so that it costs nothing where nobody
asks; while it lives it may own the index. Answers come back as they grow. It ends with the process that asks, however
that one ends.
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
from threading import Lock, Thread
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

_REAPED_S = 5.0
"""A killed process is gone in milliseconds, unless a disk holds it."""

Said = Answer | str | None
"""An answer so far, what went wrong, or that the last was whole."""
_Question = tuple[int, Asked, Settings]
"""A question with its number and the settings by which it is answered."""


def at_once(settings: Settings) -> int:
    """Return how many questions are answered beside one another."""
    return AT_ONCE if settings.model != "offline" else AT_ONCE_OFFLINE


class Explainer:
    """The side that asks, from whatever event loop; `settings` returns those that count for the next question."""

    def __init__(self, settings: Callable[[], Settings], idle_s: float = IDLE_S) -> None:
        self._settings, self._idle_s = settings, idle_s
        self._numbers = count()
        self._starting = Lock()
        self._study: _Study | None = None

    async def explain(self, asked: Asked) -> AsyncIterator[Answer]:
        """Yield the answer to a question as it grows, the last one whole; raises DigestbotError where there is none."""
        until = time.monotonic() + LONGEST_S
        for is_last in (False, True):
            study = await asyncio.to_thread(self._open)
            heard, some = study.ask((next(self._numbers), asked, self._settings())), False
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
        with self._starting:
            if self._study is not None:
                self._study.end()
                self._study = None

    def _open(self) -> _Study:
        with self._starting:
            if self._study is None or not self._study.lives:
                self._study = _started(self._idle_s)
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
    lives: bool = True
    waiting: dict[int, tuple[asyncio.AbstractEventLoop, asyncio.Queue[Said]]] = field(default_factory=dict)
    asking: Lock = field(default_factory=Lock)
    """Held while a question goes out: two loops' would run into each other on the line."""

    def __post_init__(self) -> None:
        self._listening = Thread(target=self._listen, name="explain", daemon=True)
        self._listening.start()

    def ask(self, question: _Question) -> asyncio.Queue[Said]:
        """Put a question and return where its answers come, in the loop that asks."""
        heard: asyncio.Queue[Said] = asyncio.Queue()
        self.waiting[question[0]] = asyncio.get_running_loop(), heard
        try:
            with self.asking:
                self.line.send(question)
        except OSError:
            self.gone()
        return heard

    def hear(self, number: int, said: Said) -> None:
        """Hand on what it said; what is not an answer is the last about that question."""
        waiter = self.waiting.get(number) if isinstance(said, Answer) else self.waiting.pop(number, None)
        if waiter is not None:
            loop, heard = waiter
            with suppress(RuntimeError):  # a loop that is closed has nobody who waits
                loop.call_soon_threadsafe(heard.put_nowait, said)

    def gone(self) -> None:
        """Tell all who wait that it ended."""
        self.lives = False
        for number in list(self.waiting):
            self.hear(number, _GONE)

    def end(self) -> None:
        """End it at once."""
        self.process.kill()
        self._listening.join()
        self.process.join(_REAPED_S)

    def _listen(self) -> None:
        """Hand on what it says until it ends; in a thread of its own."""
        try:
            while True:
                self.hear(*self.line.recv())
        except (EOFError, OSError):
            self.line.close()
            self.gone()


def _started(idle_s: float) -> _Study:
    # Spawned, never forked: a fork would copy our threads' locks as they happen to stand.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_keep_answering, args=(theirs, idle_s), name="explain", daemon=True)
    process.start()
    theirs.close()
    return _Study(process, ours)


def _keep_answering(line: Connection, idle_s: float) -> None:
    """Answer what comes until nothing comes; the other side is the one that Ctrl-C ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError):  # whoever asked is gone, and with it those who wait for what is not answered yet
        asyncio.run(_answer_all(line, idle_s))


async def _answer_all(line: Connection, idle_s: float) -> None:
    following = await asyncio.to_thread(_heard, line, idle_s)
    while (given := following) is not None:
        settings = given[2]
        try:
            with explaining(settings, clock_of(settings)()) as (deps, _):
                following = await _answer_some(deps, line, given, idle_s)
        except DigestbotError as error:
            line.send((given[0], str(error)))
            following = await asyncio.to_thread(_heard, line, idle_s)


async def _answer_some(deps: Deps, line: Connection, given: _Question, idle_s: float) -> _Question | None:
    """Answer questions for as long as what they are answered with is fresh; return the first that is left over."""
    running: set[asyncio.Task[None]] = set()
    until, settings = time.monotonic() + FRESH_S, given[2]
    following: _Question | None = given
    while following is not None and following[2] == settings and time.monotonic() < until:
        number, asked, _ = following
        task = asyncio.create_task(_answer(deps, line, number, asked, clock_of(settings)()))
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
    with suppress(OSError):  # nobody is there any more, which ends the process in its own way
        line.send((number, last))


def _heard(line: Connection, idle_s: float) -> _Question | None:
    """Return the next question, None where none came in time; raises EOFError where nobody is there any more."""
    try:
        found: _Question | None = line.recv() if line.poll(idle_s) else None
    except OSError as error:
        raise EOFError from error
    return found
