"""Undoes HTTP content codings piece by piece, so that a bomb never sits in memory; does no I/O.

gzip and deflate only: every server that knows another coding knows these, and each decoder more would read
hostile bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from digestbot.errors import SourceError

ACCEPTED = "gzip, deflate"
"""What we may be sent, as an Accept-Encoding header says it."""
_STEP = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"


class Inflater:
    """Decompresses one body; `feed` it what arrives, then ask `is_complete`."""

    def __init__(self, coding: str) -> None:
        """Start on a body of the given Content-Encoding; raises SourceError (`bad-encoding`) on an unknown one."""
        self._coding = coding.strip().lower().removeprefix("x-")
        if self._coding not in ("", "identity", "gzip", "deflate"):
            raise SourceError(f"content coding {coding[:40]!r} was not asked for", reason="bad-encoding")
        self._engine: zlib._Decompress | None = None
        self._held = b""
        self._started = False

    @property
    def is_complete(self) -> bool:
        """Tell whether the body ended where its coding says; a body without coding, or of no bytes, always did."""
        if self._coding in ("", "identity") or not self._started:
            return True
        return self._engine is not None and self._engine.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` unpacks to in pieces of at most 64 KiB; raises SourceError (`bad-encoding`)."""
        if self._coding in ("", "identity"):
            yield data
            return
        self._started = self._started or bool(data)
        data = self._held + data
        self._held = b""
        while data:
            if self._engine is None or self._engine.eof:
                if len(data) < 2:  # too little to tell what begins here
                    self._held = data
                    return
                if self._engine is not None and not data.startswith(_GZIP_MAGIC):
                    return  # padding after the last member, which gzip itself ignores too
                self._engine = zlib.decompressobj(_window_bits(self._coding, data))
            yield self._step(self._engine, data)
            data = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail

    def _step(self, engine: zlib._Decompress, data: bytes) -> bytes:
        try:
            return engine.decompress(data, _STEP)
        except zlib.error as error:
            raise SourceError(f"body is not valid {self._coding}: {error}", reason="bad-encoding") from error


def _window_bits(coding: str, start: bytes) -> int:
    """zlib's name for the format: gzip, or deflate with its header, or (as some servers send it) without one."""
    if coding == "gzip":
        return 31
    has_header = start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
    return 15 if has_header else -15
