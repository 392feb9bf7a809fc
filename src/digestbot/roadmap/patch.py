"""Writes changes as a unified diff and reads them back: a ledger that keeps the diff keeps the whole change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digestbot.errors import ReviewError
from digestbot.roadmap.change import Placed, placed, spliced
from digestbot.roadmap.hunk import CONTEXT_LINES, Change
from digestbot.roadmap.lines import ending
from digestbot.roadmap.records import Roadmap

_HUNK = re.compile(r"@@ -(?P<start>\d+)(?:,(?P<count>\d+))? \+\d+(?:,\d+)? @@(?: (?P<chapter>\S+))?")
_UNENDED = "\\ No newline at end of file"


def diff(roadmap: Roadmap, changes: Sequence[Change], path: str) -> str:
    """Return changes of this version of the document as a unified diff with up to three lines of context.

    Behind each hunk's numbers stands the id of its chapter, where other tools put the name of a function.
    """
    found = placed(roadmap, changes)
    hunks, grown = [], 0
    for at, change in enumerate(found.changes):
        hunks += _hunk(found, at, grown)
        grown += len(change.new) - len(change.old)
    return "".join([f"--- a/{path}\n", f"+++ b/{path}\n", *hunks])


def changes_of(diff: str, chapter: str, base: str) -> tuple[Change, ...]:
    """Return the changes that `diff` showed, for the version they were made for.

    `chapter` is that of the hunks that name none. Raises ReviewError when the text is not such a diff: hunks with
    context only before and behind their changes.
    """
    hunks = list[tuple[str, list[str]]]()
    for line in diff.removesuffix("\n").split("\n")[2:]:
        if line.startswith("@@ "):
            hunks.append((line, []))
        elif hunks:
            hunks[-1][1].append(line)
    if not hunks:
        raise _unreadable(chapter)
    return tuple(_read(header, body, chapter, base) for header, body in hunks)


def _hunk(found: Placed, at: int, grown: int) -> list[str]:
    """Return the lines of one hunk; `grown` is by how much the hunks before it lengthened the document."""
    change, position = found.changes[at], found.positions[at]
    end = position + len(change.old)
    low, high = max(0, position - CONTEXT_LINES), min(len(found.lines), end + CONTEXT_LINES)
    if at:
        low = max(low, _middle(found.positions[at - 1] + len(found.changes[at - 1].old), position))
    if at + 1 < len(found.changes):
        high = min(high, _middle(end, found.positions[at + 1]))
    alone = spliced(found.lines, position, change)
    old, new = found.lines[low:high], alone[low : high + len(alone) - len(found.lines)]
    head = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    # An insertion behind a last line without line end changes that line too; equal lines may not be counted twice.
    tail = min(max(0, high - end), min(len(old), len(new)) - head)
    return [
        f"@@ -{_span(low, len(old))} +{_span(low + grown, len(new))} @@ {change.chapter}\n",
        *_marked(" ", old[:head]),
        *_marked("-", old[head : len(old) - tail]),
        *_marked("+", new[head : len(new) - tail]),
        *_marked(" ", old[len(old) - tail :]),
    ]


def _middle(end: int, start: int) -> int:
    """Return where the context of a change that ends before `start` stops, and that of the next one begins."""
    return end + (start - end + 1) // 2


def _read(header: str, body: Sequence[str], chapter: str, base: str) -> Change:
    match = _HUNK.fullmatch(header)
    lines = _lines(body)
    marks = "".join(mark for mark, _ in lines)
    if match is None or not re.fullmatch(r" *-*\+* *", marks):
        raise _unreadable(chapter)
    first = len(marks) - len(marks.lstrip(" "))
    last = len(marks.rstrip(" ")) if marks.strip() else first
    start = int(match["start"]) - (0 if match["count"] == "0" else 1)
    return Change(
        chapter=match["chapter"] or chapter,
        base=base,
        after=start + first,
        old=tuple(line for mark, line in lines if mark == "-"),
        new=tuple(line for mark, line in lines if mark == "+"),
        before=tuple(line for _, line in lines[:first]),
        behind=tuple(line for _, line in lines[last:]),
    )


def _unreadable(chapter: str) -> ReviewError:
    return ReviewError(f"the diff for chapter {chapter!r} cannot be read: propose the change again")


def _lines(body: Sequence[str]) -> list[tuple[str, str]]:
    """Return the lines of a hunk with their marks; one that the diff says has no line end has none."""
    lines: list[tuple[str, str]] = []
    for line in body:
        if line == _UNENDED and lines:
            mark, content = lines[-1]
            lines[-1] = (mark, content.removesuffix("\n"))
        else:
            lines.append((line[:1], line[1:] + "\n"))
    return lines


def _span(low: int, count: int) -> str:
    """Write a span as diffs do: a length of 1 is left out, an empty span names the line before it."""
    if count == 1:
        return str(low + 1)
    return f"{low + 1 if count else low},{count}"


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        content = line.removesuffix("\n")
        yield f"{mark}{content}\n"
        if not ending(line):
            yield "\\ No newline at end of file\n"
