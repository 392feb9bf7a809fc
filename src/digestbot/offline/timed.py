"""Reads a transcript whose lines begin with the moment they are said at, `[12:34]`, as text that knows its moments."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_STAMP = re.compile(r"^[ \t]*\[((?:\d{1,2}:)?\d{1,3}:\d{2})\][ \t]*", re.MULTILINE)
_CHAPTER = re.compile(r"^## \[(?:\d{1,2}:)?\d{1,3}:\d{2}\] .*\n?", re.MULTILINE)
_HEAD_CHARS = 40


@dataclass(frozen=True)
class Timed:
    """A text without its stamps, and where in it each moment begins; a text that has none has no moments."""

    text: str
    starts: tuple[int, ...] = ()
    moments: tuple[str, ...] = ()

    def moment(self, sentence: str) -> str:
        """Return when a sentence of the text is said, as in `12:34`; empty where the text has no moments."""
        at = self.text.find(sentence[:_HEAD_CHARS]) if sentence else -1
        place = bisect_right(self.starts, at) - 1
        return self.moments[place] if at >= 0 and place >= 0 else ""


def untimed(text: str) -> Timed:
    """Return a text without the stamps at the beginnings of its lines and without the titles of chapters."""
    text = _CHAPTER.sub("", text)
    pieces: list[str] = []
    starts: list[int] = []
    moments: list[str] = []
    end = length = 0
    for match in _STAMP.finditer(text):
        piece = text[end : match.start()]
        pieces.append(piece)
        length += len(piece)
        starts.append(length)
        moments.append(match.group(1))
        end = match.end()
    return Timed("".join([*pieces, text[end:]]), tuple(starts), tuple(moments))


def with_sentences(text: str) -> str:
    """Return a transcript without what is said where a machine wrote mere words: no sentence can be taken from them."""
    lines = text.splitlines()
    spoken = [line for line in lines if _STAMP.match(line)]
    if 2 * sum(bool(re.search(r"[.!?。！？]", line)) for line in spoken) > len(spoken):
        return text
    return "\n".join(line for line in lines if not _STAMP.match(line))
