"""Changes of a document line by line: what they are, and how edits of one version become them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digestbot.errors import ReviewError
from digestbot.roadmap.lines import bare, ending, newline_at, split
from digestbot.roadmap.parse import version_of
from digestbot.roadmap.records import Chapter, Roadmap

CONTEXT_LINES = 3


@dataclass(frozen=True)
class Change:
    """Lines put in the place of others: an insertion has no `old` lines, a deletion no `new` ones.

    `after` is the number of the line of version `base` that they follow, 0 at the top. Lines carry their line ends.
    `before` and `behind` are up to three lines around the place, by which it is found again in a later version.
    """

    chapter: str
    base: str
    after: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    before: tuple[str, ...]
    behind: tuple[str, ...]


@dataclass(frozen=True)
class Edit:
    """New lines, without line ends, in the place of the `count` lines that follow line `after` of a chapter."""

    chapter: str
    after: int
    count: int
    new: Sequence[str]


def change_lines(roadmap: Roadmap, chapter_id: str, after: int, count: int, new: Sequence[str]) -> Change:
    """Return the change that puts new lines in the place of the `count` lines that follow line `after`.

    New lines are given without line ends and get those of the lines around them. Raises ReviewError when the place is
    not inside the chapter.
    """
    return changes_of_edits(roadmap, [Edit(chapter_id, after, count, new)])[0]


def changes_of_edits(roadmap: Roadmap, edits: Sequence[Edit]) -> tuple[Change, ...]:
    """Return the changes that edits of one version make together, in order of the document.

    Edits of a chapter that stand close together become one change, so that no change leans on lines which another one
    replaces. Raises ReviewError when a place is not inside its chapter, or two edits overlap.
    """
    lines = split(roadmap.text)
    joined: list[Edit] = []
    for edit in sorted(edits, key=lambda one: (one.after, one.count)):
        last = joined[-1] if joined else None
        if last and edit.after < last.after + last.count:
            raise ReviewError(f"two edits of chapter {edit.chapter!r} overlap: propose them one after the other")
        if last and last.chapter == edit.chapter and edit.after - last.after - last.count < 2 * CONTEXT_LINES:
            between = [bare(line) for line in lines[last.after + last.count : edit.after]]
            count = edit.after + edit.count - last.after
            joined[-1] = Edit(last.chapter, last.after, count, [*last.new, *between, *edit.new])
        else:
            joined.append(edit)
    return tuple(_change(roadmap, lines, joined, at) for at in range(len(joined)))


def _change(roadmap: Roadmap, lines: Sequence[str], edits: Sequence[Edit], at: int) -> Change:
    edit = edits[at]
    chapter_id, after, count, new = edit.chapter, edit.after, edit.count, edit.new
    chapter = chapter_of(roadmap, chapter_id)
    if not chapter.first_line - 1 <= after <= after + count <= min(chapter.last_line, len(lines)):
        raise ReviewError(f"lines {after + 1}-{after + count} are not in chapter {chapter_id!r}: reload the roadmap")
    old = tuple(lines[after : after + count])
    newline = newline_at(lines, after)
    fresh = [bare(line) + newline for line in new]
    if after + count == len(lines) and lines and not ending(lines[-1]):
        # An empty last line without line end is no line at all.
        while fresh and not bare(fresh[-1]):
            fresh.pop()
    if fresh and old:
        fresh[-1] = bare(fresh[-1]) + ending(old[-1])
    low, high = _reach(edits, at, len(lines))
    return Change(
        chapter=chapter_id,
        base=roadmap.version,
        after=after,
        old=old,
        new=tuple(fresh),
        before=tuple(lines[low:after]),
        behind=tuple(lines[after + count : high]),
    )


def _reach(edits: Sequence[Edit], at: int, count: int) -> tuple[int, int]:
    """Return from where to where an edit and its context go; no line is the context of two edits."""
    after, length = edits[at].after, edits[at].count
    low, high = max(0, after - CONTEXT_LINES), min(count, after + length + CONTEXT_LINES)
    if at:
        ends = edits[at - 1].after + edits[at - 1].count
        low = max(low, ends + (after - ends + 1) // 2)
    if at + 1 < len(edits):
        gap = edits[at + 1].after - after - length
        high = min(high, after + length + (gap + 1) // 2)
    return low, high


def chapter_of(roadmap: Roadmap, chapter_id: str) -> Chapter:
    """Return the chapter of an id; raises ReviewError when it is gone."""
    chapter = roadmap.chapter(chapter_id)
    if chapter is None:
        raise ReviewError(f"roadmap {roadmap.name!r} has no chapter {chapter_id!r} any more: choose another")
    return chapter


def chapter_version(roadmap: Roadmap, chapter_id: str) -> str:
    """Return the hash of a chapter's own lines, "" when it is gone: as long as it stays, no one touched them."""
    chapter = roadmap.chapter(chapter_id)
    if chapter is None:
        return ""
    return version_of("".join(split(roadmap.text)[chapter.first_line - 1 : chapter.last_line]))
