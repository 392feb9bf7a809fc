"""Reads a proposal's diff as a reviewer edited it: which lines go, which stay and which come is theirs to say. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from digestbot.errors import ReviewError
from digestbot.roadmap import Change, Edit, Roadmap, changes_of_edits
from digestbot.roadmap.lines import bare, split

_HEADER = "@@ "
_UNENDED = "\\"


def is_marked(text: str) -> bool:
    """Tell whether a text is an edited diff and not new lines alone."""
    return text.startswith((_HEADER, "--- "))


def marked_text(diff: str) -> str:
    """Return the hunks of a diff for a reviewer to edit, without the names of its file."""
    return "".join(f"{line}\n" for line in diff.removesuffix("\n").split("\n")[2:])


def marked_changes(roadmap: Roadmap, changes: Sequence[Change], text: str) -> tuple[Change, ...]:
    """Return the changes that an edited diff makes, in the places of `changes`, which fit this version.

    A line goes with `-`, comes with `+` and stays with a space; the first and the last are the document's own and can
    only change their mark. Raises ReviewError where they are others, where a place is missing or nothing is left, and
    where a line that goes is not in the chapter of its place.
    """
    hunks = _hunks(text)
    if len(hunks) != len(changes):
        raise ReviewError(f"the edit has {len(hunks)} places and the proposal {len(changes)}: keep the lines with @@")
    lines = [bare(line) for line in split(roadmap.text)]
    edits = []
    for change, hunk in zip(changes, hunks, strict=True):
        edits += _edits(change.chapter, hunk, change.after - len(change.before), lines)
    if not edits:
        raise ReviewError("the edit changes nothing: reject the proposal instead, or edit it again")
    return changes_of_edits(roadmap, edits)


def _hunks(text: str) -> list[list[str]]:
    found: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith(_HEADER):
            found.append([])
        elif found and not line.startswith(_UNENDED):
            found[-1].append(line)
    return found


def _edits(chapter: str, hunk: Sequence[str], start: int, lines: Sequence[str]) -> list[Edit]:
    """Return the edits of one place, whose first line follows line `start` of the document."""
    edits: list[Edit] = []
    at = start
    for line in hunk:
        # Editors strip the space of an empty line that stays.
        mark, words = line[:1] or " ", line[1:]
        if mark not in " -+":
            raise ReviewError(f"the edited line {line[:80]!r} begins with neither a space nor - nor +")
        if mark != "+" and (at >= len(lines) or lines[at].rstrip() != words.rstrip()):
            raise ReviewError(
                f"the edited line {line[:80]!r} is not line {at + 1} of the roadmap: change its mark alone"
            )
        if mark != " ":
            last = edits[-1] if edits and edits[-1].after + edits[-1].count == at else Edit(chapter, at, 0, [])
            edits = [one for one in edits if one.after + one.count != at]
            gone, new = (1, []) if mark == "-" else (0, [words])
            edits.append(Edit(chapter, last.after, last.count + gone, [*last.new, *new]))
        at += mark != "+"
    return edits
