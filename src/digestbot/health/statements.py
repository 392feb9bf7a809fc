"""Finds statements of a document whose date has passed: what was announced for a year that is over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from digestbot.offline.sentences import split
from digestbot.roadmap import Roadmap
from digestbot.roadmap.lines import bare
from digestbot.roadmap.lines import split as lines_of

_YEAR = r"(?P<year>20\d\d)"
_AHEAD = (
    re.compile(
        rf"\b(?:will|to be|going to|planned|expected|scheduled|upcoming|coming|due)\b[^.]{{0,60}}?\b{_YEAR}\b", re.I
    ),
    re.compile(rf"\b(?:later in|by the end of|coming in|upcoming in)\s+{_YEAR}\b", re.I),
    re.compile(rf"(?:将于|将在|預計|预计|即将|計劃|计划)[^。]{{0,20}}?{_YEAR}\s*年?"),
)
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_MAX_CHARS = 400


@dataclass(frozen=True)
class Passed:
    """A sentence on a line of a chapter that looks ahead to a year which is over."""

    chapter: str
    line: int
    sentence: str
    year: int


def passed(roadmap: Roadmap, now: datetime) -> Iterator[Passed]:
    """Yield the statements of chapters' prose that look ahead to a year before this one."""
    lines = [bare(line) for line in lines_of(roadmap.text)]
    for chapter in roadmap.chapters:
        is_code = False
        for number in range(chapter.end_of_heading + 1, min(chapter.last_line, len(lines)) + 1):
            line = lines[number - 1]
            is_code ^= bool(_FENCE.match(line))
            if is_code or len(line) > 4_000:
                continue
            for sentence in split(line):
                year = next((int(m["year"]) for form in _AHEAD if (m := form.search(sentence))), 9999)
                if year < now.year and len(sentence) <= _MAX_CHARS and line.count(sentence) == 1:
                    yield Passed(chapter.id, number, sentence, year)
