"""Keeps what pages came to for some seconds: many readers of one page cost as much as one."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

Value = TypeVar("Value")

KEPT_S = 10.0
"""As old as a page may be: what is new is seen by the next visitor after that."""
_MOST_BYTES = 32 << 20
_GZIP_LEVEL = 5
_SMALL = 1000
"""Bytes below which packing gains nothing."""


@dataclass(frozen=True)
class Kept:
    """The bytes of a page, with what its answer says of them."""

    body: bytes
    media_type: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    for_s: float = 0.0
    """For how many seconds it is good, where that is longer than usual."""

    @cached_property
    def etag(self) -> str:
        """Return a name that is equal for equal bytes only; weak, since it stands for packed ones as well."""
        return f'W/"{hashlib.blake2b(self.body, digest_size=12).hexdigest()}"'

    @cached_property
    def packed(self) -> bytes:
        """Return the bytes as gzip has them, nothing where that gains nothing."""
        return gzip.compress(self.body, _GZIP_LEVEL, mtime=0) if len(self.body) >= _SMALL else b""

    def prepared(self) -> Kept:
        """Return the same with its name and its packed bytes at hand: they take some milliseconds."""
        _ = self.etag, self.packed
        return self


@dataclass
class Keep:
    """What was made lately, the oldest given up first; who asks while it is made waits for it."""

    kept_s: float = KEPT_S
    clock: Callable[[], float] = monotonic
    most_bytes: int = _MOST_BYTES
    _found: OrderedDict[Hashable, tuple[float, Kept]] = field(default_factory=OrderedDict)
    _under_way: dict[Hashable, asyncio.Future[Kept]] = field(default_factory=dict)
    _bytes: int = 0

    async def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return what was kept under a key, or make it in a thread; what `make` raises reaches all who wait."""
        if held := self._fresh(key):
            return held
        if waiting := self._under_way.get(key):
            return await asyncio.shield(waiting)
        task = asyncio.ensure_future(asyncio.to_thread(lambda: make().prepared()))
        self._under_way[key] = task
        task.add_done_callback(lambda done: self._done(key, done))
        return await asyncio.shield(task)

    def has(self, key: Hashable) -> bool:
        """Tell whether what stands under a key is kept, or being made: asking for it costs nothing."""
        return key in self._under_way or self._fresh(key) is not None

    def _fresh(self, key: Hashable) -> Kept | None:
        held = self._found.get(key)
        return held[1] if held and self.clock() - held[0] < max(self.kept_s, held[1].for_s) else None

    def _done(self, key: Hashable, done: asyncio.Future[Kept]) -> None:
        self._under_way.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        self._drop(key)
        made = done.result()
        self._found[key] = (self.clock(), made)
        self._bytes += _size(made)
        while self._bytes > self.most_bytes:
            self._drop(next(iter(self._found)))

    def _drop(self, key: Hashable) -> None:
        held = self._found.pop(key, None)
        if held:
            self._bytes -= _size(held[1])


def _size(made: Kept) -> int:
    return len(made.body) + len(made.packed)


class Lately(Generic[Value]):
    """A value that is made anew when it is asked for and older than some seconds; for any thread."""

    def __init__(self, make: Callable[[], Value], kept_s: float = KEPT_S, clock: Callable[[], float] = monotonic):
        """Take what makes the value; nothing is made yet."""
        self._make, self._kept_s, self._clock = make, kept_s, clock
        self._held: tuple[float, Value] | None = None
        self._lock = Lock()

    def __call__(self) -> Value:
        """Return the value."""
        with self._lock:
            if self._held is None or self._clock() - self._held[0] >= self._kept_s:
                self._held = (self._clock(), self._make())
            return self._held[1]
