"""Reads files again only when they have changed, for whoever asks for them with every page or every letter typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

Read = TypeVar("Read")
Stamp = tuple[tuple[Path, int, int], ...]
"""Each file with when it was written, in nanoseconds, and its size."""


def rereading(path_of: Callable[[], Path], read: Callable[[], Read]) -> Callable[[], Read]:
    """Return what gives the same as `read`, and calls it only where the file, or one of the folder, is another now.

    `path_of` is asked each time: what was a file may have become a folder.
    """

    @lru_cache(maxsize=1)
    def read_at(stamp: Stamp) -> Read:
        return read()

    return lambda: read_at(_stamp(path_of()))


def _stamp(path: Path) -> Stamp:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return tuple(_state(file) for file in files)


def _state(file: Path) -> tuple[Path, int, int]:
    try:
        found = file.stat()
    except OSError:  # it is not there, or was taken away just now
        return file, 0, 0
    return file, found.st_mtime_ns, found.st_size
