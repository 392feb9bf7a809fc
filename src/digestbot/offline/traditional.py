"""Writes simplified Chinese in traditional characters, word by word by OpenCC's tables. Everything else stays."""

from __future__ import annotations

from functools import cache
from typing import Protocol


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


def traditional(text: str) -> str:
    """Return a text in the traditional characters that are usual in Taiwan."""
    return _converter("s2tw").convert(text)


def localized(text: str) -> str:
    """Return a text of our own in traditional characters and in Taiwan's words for the things of computers."""
    return _converter("s2twp").convert(text)


def simplified(text: str) -> str:
    """Return a text in simplified characters."""
    return _converter("t2s").convert(text)


@cache
def _converter(tables: str) -> _Converter:
    from opencc import OpenCC  # reads its tables for 50 ms

    converter: _Converter = OpenCC(tables)
    return converter
