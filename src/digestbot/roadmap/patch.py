"""Reads a change back from its diff, so that a ledger which keeps the diff keeps the whole change."""

from __future__ import annotations

import re

from digestbot.errors import ReviewError
from digestbot.roadmap.change import Change

_HUNK = re.compile(r"@@ -(?P<start>\d+)(?:,(?P<count>\d+))? \+\d+(?:,\d+)? @@")
_UNENDED = "\\ No newline at end of file"


def change_of(diff: str, chapter: str, base: str) -> Change:
    """Return the change that `diff` showed, for the chapter and the version it was made for.

    Raises ReviewError when the text is not such a diff: one hunk, with context only before and behind its changes.
    """
    header, *body = diff.removesuffix("\n").split("\n")[2:] or [""]
    match = _HUNK.fullmatch(header)
    lines = _lines(body)
    marks = "".join(mark for mark, _ in lines)
    if match is None or not re.fullmatch(r" *-*\+* *", marks):
        raise ReviewError(f"the diff for chapter {chapter!r} cannot be read: propose the change again")
    first = len(marks) - len(marks.lstrip(" "))
    last = len(marks.rstrip(" ")) if marks.strip() else first
    start = int(match["start"]) - (0 if match["count"] == "0" else 1)
    return Change(
        chapter=chapter,
        base=base,
        after=start + first,
        old=tuple(line for mark, line in lines if mark == "-"),
        new=tuple(line for mark, line in lines if mark == "+"),
        before=tuple(line for _, line in lines[:first]),
        behind=tuple(line for _, line in lines[last:]),
    )


def _lines(body: list[str]) -> list[tuple[str, str]]:
    """Return the lines of a hunk with their marks; one that the diff says has no line end has none."""
    lines: list[tuple[str, str]] = []
    for line in body:
        if line == _UNENDED and lines:
            mark, content = lines[-1]
            lines[-1] = (mark, content.removesuffix("\n"))
        else:
            lines.append((line[:1], line[1:] + "\n"))
    return lines
