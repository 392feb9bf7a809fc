"""Reads a dump of JSON Lines piece by piece, as it is or packed by gzip or zstd; no line of it is held whole that is
too long to be one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from digestbot.errors import ConfigError, SourceError
from digestbot.pipeline.preparing import Chunk
from digestbot.wire.inflate import Inflater

MAX_LINE_BYTES = 1 << 20
"""The longest of arXiv's own lines has 100 kB: four thousand authors."""
_PIECE = 1 << 18
_ENDS = 1 << 16
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


def mark_of(file: Path) -> str:
    """Return a name of what a dump holds: its length and both its ends. Raises ConfigError where it cannot be read."""
    with _opened(file) as source:
        size = source.seek(0, 2)
        source.seek(0)
        first = source.read(_ENDS)
        source.seek(max(size - _ENDS, 0))
        return hashlib.sha256(b"%d %s %s" % (size, first, source.read(_ENDS))).hexdigest()[:12]


def chunks_of(file: Path, size: int) -> Iterator[Chunk]:
    """Yield a dump's lines by the `size`, numbered from 1, each chunk with how much of the file was read by then.

    A line that is too long comes as None. Raises ConfigError where the file cannot be read or is a zip, and
    SourceError where it is damaged; what came before that is good.
    """
    total, number, first = file_bytes(file), 0, 1
    held: list[bytes | None] = []
    for read, line in _lines(file):
        held.append(line)
        if len(held) == size:
            number += 1
            yield Chunk(number, read, total, lines=tuple(held), first_line=first)
            first, held = first + len(held), []
    if held:
        yield Chunk(number + 1, total, total, lines=tuple(held), first_line=first)


def file_bytes(file: Path) -> int:
    """Return a file's length. Raises ConfigError where it cannot be read."""
    with _opened(file) as source:
        return source.seek(0, 2)


def _lines(file: Path) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line with how much of the file was read by then; None for one that is too long."""
    tail, is_long = b"", False
    for read, piece in _unpacked(file):
        *whole, rest = piece.split(b"\n")
        for end in whole:
            line, tail = tail + end, b""
            yield read, None if is_long or len(line) > MAX_LINE_BYTES else line
            is_long = False
        tail += rest
        if len(tail) > MAX_LINE_BYTES:
            tail, is_long = b"", True
    if tail or is_long:
        yield file_bytes(file), None if is_long else tail


def _unpacked(file: Path) -> Iterator[tuple[int, bytes]]:
    with _opened(file) as source:
        start = source.read(4)
        if start.startswith(b"PK"):
            raise ConfigError(f"{str(file)!r} is a zip: unpack it first, as in 'unzip -p FILE.zip | gzip > dump.gz'")
        coding = next((coding for magic, coding in _MAGIC.items() if start.startswith(magic)), "")
        inflater, read = Inflater(coding), len(start)
        while start:
            for piece in inflater.feed(start):
                yield read, piece
            start = source.read(_PIECE)
            read += len(start)
        if not inflater.is_complete:
            raise SourceError(f"{str(file)!r} ends in the middle: get it once more", reason="truncated")


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise ConfigError(f"{str(file)!r} cannot be read: {error.strerror}") from error
