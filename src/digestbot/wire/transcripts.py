"""Writes what is said in a video as text with times and chapters; pure. `offline.timed` reads it back.

`domain.Article` says what such a text looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from digestbot.ports import Spoken
from digestbot.wire.plaintext import MAX_TEXT_CHARS, clean_text, clean_title

_LEAST_CHAPTERS = 3
"""YouTube itself makes chapters of a description from three times on, of which the first is 0:00 (its help pages)."""
_PARAGRAPH_S = 25.0
_LONGEST_PARAGRAPH_S = 60.0
"""A paragraph ends with the first sentence after the one, and at the other wherever it is."""
_TIME = r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})"
_CHAPTER = re.compile(rf"^\W*{_TIME}\W*[\s–—:|-]\s*(\S.*)$|^(\S.*?)\s*[\s–—:|(-]\s*{_TIME}\)?\s*$")
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’)]?$")


@dataclass(frozen=True)
class Mark:
    """A chapter of a video and the second at which it begins."""

    start_s: float
    title: str


def chapters_of(description: str) -> tuple[Mark, ...]:
    """Return the chapters that a description lists, in order; none where its times are no list of chapters."""
    found = tuple(filter(None, map(_mark, description.splitlines())))
    rising = all(one.start_s < other.start_s for one, other in pairwise(found))
    return found if len(found) >= _LEAST_CHAPTERS and found[0].start_s == 0 and rising else ()


def timed_text(spoken: Spoken, chapters: Sequence[Mark] = ()) -> str:
    """Return what is said, a paragraph a line after its time, under the titles of the chapters."""
    lines: list[str] = []
    waiting = list(chapters)
    for start_s, text in _paragraphs(spoken, [mark.start_s for mark in chapters]):
        while waiting and waiting[0].start_s <= start_s + 1:
            mark = waiting.pop(0)
            lines.append(f"## [{clock(mark.start_s)}] {mark.title}")
        lines.append(f"[{clock(start_s)}] {text}")
    return "\n".join(lines)[:MAX_TEXT_CHARS]


def clock(seconds: float) -> str:
    """Return a time as a player shows it: 12:34, or 1:02:03 from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _mark(line: str) -> Mark | None:
    match = _CHAPTER.match(line[:300].strip())
    if match is None:
        return None
    hours, minutes, seconds = match.group(1, 2, 3) if match[3] else match.group(6, 7, 8)
    title = clean_title(match[4] or match[5])[:120]
    return Mark(int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds), title) if title else None


def _paragraphs(spoken: Spoken, borders: Sequence[float]) -> Iterator[tuple[float, str]]:
    """Yield paragraphs with the second at which each begins; none goes over a border."""
    begin_s, words = 0.0, ""
    for start_s, text in zip(spoken.starts_s, spoken.texts, strict=True):
        piece = clean_text(text).replace("\n", " ")
        long_s = start_s - begin_s
        ends = bool(_SENTENCE_END.search(words)) and long_s >= _PARAGRAPH_S
        crosses = any(begin_s < border <= start_s + 0.5 for border in borders)
        if words and (ends or crosses or long_s >= _LONGEST_PARAGRAPH_S):
            yield begin_s, words
            words = ""
        begin_s = begin_s if words else start_s
        words = f"{words} {piece}".strip()
    if words:
        yield begin_s, words
