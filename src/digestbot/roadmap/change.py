"""Makes changes of a document and takes them back: each knows its place, and touches nothing but its own lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from digestbot.errors import ReviewError
from digestbot.roadmap.hunk import Change, chapter_of
from digestbot.roadmap.lines import bare, ending, newline_at, split
from digestbot.roadmap.places import reparse
from digestbot.roadmap.position import position_of
from digestbot.roadmap.records import Chapter, Roadmap


def apply(roadmap: Roadmap, *changes: Change) -> Roadmap:
    """Return the roadmap with all the changes made, which were made for one version.

    On a later version than their base each place is looked for in its chapter. Raises ReviewError when a chapter or a
    place is gone, is not the only one that fits, or when a change was made already; then none is made.
    """
    return reparse(roadmap, "".join(placed(roadmap, changes).changed))


def revert(roadmap: Roadmap, *changes: Change) -> Roadmap:
    """Return the roadmap with changes taken back, on the version right after them the very text from before.

    Raises ReviewError when their lines are no longer there as they were put.
    """
    undo, grown = [], 0
    for change in sorted(changes, key=lambda one: one.after):
        undo.append(replace(change, base="", after=change.after + grown, old=change.new, new=change.old))
        grown += len(change.new) - len(change.old)
    return reparse(roadmap, "".join(placed(roadmap, undo, is_revert=True).changed))


def line_of(roadmap: Roadmap, change: Change) -> int:
    """Return the number of the first line that the change touches in this version; raises ReviewError as `apply`."""
    return placed(roadmap, [change]).positions[0] + 1


def changed_chapter(roadmap: Roadmap, change: Change) -> Chapter:
    """Return the chapter that the change belongs to; raises ReviewError when it is gone."""
    return chapter_of(roadmap, change.chapter)


class Placed(NamedTuple):
    """The lines of a version before and after changes; the changes in its order, each with the lines before it."""

    lines: list[str]
    changed: list[str]
    changes: list[Change]
    positions: list[int]


def placed(roadmap: Roadmap, changes: Sequence[Change], *, is_revert: bool = False) -> Placed:
    """Find the places of changes in a version and make them; raises ReviewError as `apply` and `revert` do."""
    lines = split(roadmap.text)
    found = sorted(
        ((position_of(roadmap, lines, change, is_revert=is_revert), change) for change in changes),
        key=lambda one: one[0],
    )
    end = 0
    for position, change in found:
        if position < end:
            raise ReviewError(f"two changes of chapter {change.chapter!r} overlap in this version: propose them again")
        end = position + len(change.old)
    changed = lines
    for position, change in reversed(found):
        changed = spliced(changed, position, change)
    if split("".join(changed)) != changed:
        chapter = changes[0].chapter
        raise ReviewError(f"chapter {chapter!r} mixes line ends so that lines would join: edit it by hand")
    return Placed(lines, list(changed), [change for _, change in found], [position for position, _ in found])


def spliced(lines: Sequence[str], position: int, change: Change) -> list[str]:
    """Put the change's lines in; the document's last line keeps its line end or the lack of one."""
    head, tail = list(lines[:position]), list(lines[position + len(change.old) :])
    gone = lines[position : position + len(change.old)]
    new = list(change.new)
    newline = newline_at(lines, position)
    if tail and new and not ending(new[-1]):
        new[-1] += newline
    is_open_end = bool(gone and not ending(gone[-1]) and ending(change.old[-1]))
    if head and new and not ending(head[-1]):
        head[-1] += newline
        is_open_end = True
    changed = head + new + tail
    if is_open_end and changed:
        changed[-1] = bare(changed[-1])
    return changed
