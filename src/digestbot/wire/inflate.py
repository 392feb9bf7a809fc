"""Undoes HTTP content codings piece by piece, so that a bomb never sits in memory; does no I/O."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from digestbot.errors import SourceError

ACCEPTED = "gzip, deflate, br, zstd"
"""What we may be sent, as an Accept-Encoding header says it."""
_STEP = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_WINDOW_LOG = 23
"""8 MB, what RFC 9659 allows a sender to ask of us."""


class _Engine(Protocol):
    """Decompresses one member of a body; gives about 64 KiB a step, never twice that."""

    @property
    def eof(self) -> bool: ...
    def step(self, data: bytes) -> tuple[bytes, bytes]:
        """Return what comes out, and what of `data` is left over for the next step or the next member."""
        ...


class Inflater:
    """Decompresses one body; `feed` it what arrives, then ask `is_complete`."""

    def __init__(self, coding: str) -> None:
        """Start on a body of the given Content-Encoding; raises SourceError (`bad-encoding`) on an unknown one."""
        self._coding = coding.strip().lower().removeprefix("x-")
        if self._coding not in ("", "identity", *_ENGINES):
            raise SourceError(f"content coding {coding[:40]!r} was not asked for", reason="bad-encoding")
        self._engine: _Engine | None = None
        self._held = b""
        self._started = False

    @property
    def is_complete(self) -> bool:
        """Tell whether the body ended where its coding says; a body without coding, or of no bytes, always did."""
        if self._coding in ("", "identity") or not self._started:
            return True
        return self._engine is not None and self._engine.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` unpacks to in pieces of at most 128 KiB; raises SourceError (`bad-encoding`)."""
        if self._coding in ("", "identity"):
            yield data
            return
        self._started = self._started or bool(data)
        data, self._held = self._held + data, b""
        while data:
            if self._engine is None or self._engine.eof:
                if len(data) < 2:  # too little to tell what begins here
                    self._held = data
                    return
                if self._engine is not None and not (self._coding == "gzip" and data.startswith(_GZIP_MAGIC)):
                    return  # padding after the last member, which gzip itself ignores too
                self._engine = _ENGINES[self._coding](data)
            yield from self._drained(self._engine, data)
            data, self._held = self._held, b""

    def _drained(self, engine: _Engine, data: bytes) -> Iterator[bytes]:
        """Yield all that a member gives for `data`; what belongs to the next member is held."""
        while True:
            try:
                piece, data = engine.step(data)
            except _errors() as error:
                raise SourceError(f"body is not valid {self._coding}: {error}", reason="bad-encoding") from error
            yield piece
            if engine.eof or not (data or len(piece) >= _STEP):
                self._held = data
                return


class _Zlib:
    def __init__(self, window_bits: int) -> None:
        self._inner = zlib.decompressobj(window_bits)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        piece = self._inner.decompress(data, _STEP)
        return piece, self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail


class _Brotli:
    def __init__(self) -> None:
        import brotli

        self._inner = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._inner.is_finished())

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        # It keeps what it was given, and takes more only when that is used up.
        if self._inner.can_accept_more_data():
            return self._inner.process(data, output_buffer_limit=_STEP), b""
        return self._inner.process(b"", output_buffer_limit=_STEP), data


class _Zstd:
    def __init__(self) -> None:
        zstd = _zstd()
        options = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
        self._inner = zstd.ZstdDecompressor(options=options)

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        # Like the others of the standard library it keeps what it could not use up.
        piece = self._inner.decompress(data, _STEP)
        return piece, self._inner.unused_data if self._inner.eof else b""


def _zstd() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _errors() -> tuple[type[Exception], ...]:
    import brotli

    return zlib.error, brotli.error, _zstd().ZstdError


def _deflate(start: bytes) -> _Engine:
    """Deflate with zlib's header, or (as some servers send it) without one."""
    has_header = start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
    return _Zlib(15 if has_header else -15)


_ENGINES: dict[str, Callable[[bytes], _Engine]] = {
    "gzip": lambda _: _Zlib(31),
    "deflate": _deflate,
    "br": lambda _: _Brotli(),
    "zstd": lambda _: _Zstd(),
}
"""By content coding, what makes an engine for a member that begins so."""
