"""Changes of a document line by line: each knows where it belongs, and touches nothing but its own lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from digestbot.errors import ReviewError
from digestbot.roadmap.lines import bare, ending, newline_at, split
from digestbot.roadmap.parse import parse
from digestbot.roadmap.records import Chapter, Roadmap

_CONTEXT_LINES = 3


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


def change_lines(roadmap: Roadmap, chapter_id: str, after: int, count: int, new: Sequence[str]) -> Change:
    """Return the change that puts new lines in the place of the `count` lines that follow line `after`.

    New lines are given without line ends and get those of the lines around them. Raises ReviewError when the place is
    not inside the chapter.
    """
    chapter = _chapter(roadmap, chapter_id)
    lines = split(roadmap.text)
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
    return Change(
        chapter=chapter_id,
        base=roadmap.version,
        after=after,
        old=old,
        new=tuple(fresh),
        before=tuple(lines[max(0, after - _CONTEXT_LINES) : after]),
        behind=tuple(lines[after + count : after + count + _CONTEXT_LINES]),
    )


def apply(roadmap: Roadmap, change: Change) -> Roadmap:
    """Return the roadmap with the change made.

    On a later version than the change's base the place is looked for in its chapter. Raises ReviewError when the
    chapter or the place is gone, is not the only one that fits, or when the change was made already.
    """
    return parse(_applied(roadmap, change).text, roadmap.name)


def revert(roadmap: Roadmap, change: Change) -> Roadmap:
    """Return the roadmap with a change taken back, on the version right after it the very text from before.

    Raises ReviewError when its lines are no longer there as they were put.
    """
    undo = replace(change, base="", old=change.new, new=change.old)
    return parse(_applied(roadmap, undo, is_revert=True).text, roadmap.name)


def line_of(roadmap: Roadmap, change: Change) -> int:
    """Return the number of the first line that the change touches in this version; raises ReviewError as `apply`."""
    return _applied(roadmap, change).position + 1


def changed_chapter(roadmap: Roadmap, change: Change) -> Chapter:
    """Return the chapter that the change belongs to; raises ReviewError when it is gone."""
    return _chapter(roadmap, change.chapter)


def diff(roadmap: Roadmap, change: Change, path: str) -> str:
    """Return the change of this version of the document as a unified diff with three lines of context."""
    result = _applied(roadmap, change)
    low = max(0, result.position - _CONTEXT_LINES)
    high = min(len(result.lines), result.position + len(change.old) + _CONTEXT_LINES)
    grown = len(result.changed) - len(result.lines)
    old, new = result.lines[low:high], result.changed[low : high + grown]
    head = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    # An insertion behind a last line without line end changes that line too; equal lines may not be counted twice.
    tail = min(max(0, high - result.position - len(change.old)), min(len(old), len(new)) - head)
    body = [
        *_marked(" ", old[:head]),
        *_marked("-", old[head : len(old) - tail]),
        *_marked("+", new[head : len(new) - tail]),
        *_marked(" ", old[len(old) - tail :]),
    ]
    hunk = f"@@ -{_span(low, len(old))} +{_span(low, len(new))} @@"
    return "".join([f"--- a/{path}\n", f"+++ b/{path}\n", f"{hunk}\n", *body])


class _Applied(NamedTuple):
    lines: list[str]
    changed: list[str]
    position: int

    @property
    def text(self) -> str:
        return "".join(self.changed)


def _applied(roadmap: Roadmap, change: Change, *, is_revert: bool = False) -> _Applied:
    lines = split(roadmap.text)
    position = _position(roadmap, lines, change, is_revert=is_revert)
    changed = _spliced(lines, position, change)
    if split("".join(changed)) != changed:
        raise ReviewError(f"chapter {change.chapter!r} mixes line ends so that lines would join: edit it by hand")
    return _Applied(lines, changed, position)


def _spliced(lines: Sequence[str], position: int, change: Change) -> list[str]:
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


def _position(roadmap: Roadmap, lines: Sequence[str], change: Change, *, is_revert: bool) -> int:
    """Return how many lines stand before the change."""
    if roadmap.version == change.base:
        if _same(lines[change.after : change.after + len(change.old)], change.old):
            return change.after
        raise ReviewError(f"the change to chapter {change.chapter!r} does not fit its own base: propose it again")
    if is_revert and _is_untouched(lines, change):
        return change.after
    chapter = _chapter(roadmap, change.chapter)
    places = range(chapter.first_line - 1, chapter.last_line - len(change.old) + 1)
    if not is_revert and any(_is_made(lines, place, change) for place in places):
        raise ReviewError(f"the change to chapter {change.chapter!r} is in the roadmap already: nothing is left to do")
    scores = {place: score for place in places if (score := _score(lines, place, change, chapter))}
    highest = max(scores.values(), default=0)
    best = [place for place, score in scores.items() if score == highest]
    if len(best) == 1:
        return best[0]
    if change.after in best:
        return change.after
    found = "no place is left" if not best else "several places are left"
    raise ReviewError(f"{found} for the change to chapter {change.chapter!r}: propose it again on this version")


def _is_untouched(lines: Sequence[str], change: Change) -> bool:
    """Whether the change's lines and those around them stand where it put them; then no chapter need be asked."""
    start, end = change.after, change.after + len(change.old)
    before, behind = lines[max(0, start - len(change.before)) : start], lines[end : end + len(change.behind)]
    around = zip((*before, *behind), (*change.before, *change.behind), strict=False)
    is_whole = len(before) + len(behind) == len(change.before) + len(change.behind)
    return is_whole and _same(lines[start:end], change.old) and all(bare(now) == bare(then) for now, then in around)


def _is_made(lines: Sequence[str], place: int, change: Change) -> bool:
    """Whether the new lines stand at a place already."""
    new = [line for line in change.new if bare(line).strip()]
    within = [line for line in lines[place : place + len(change.new)] if bare(line).strip()]
    return bool(new) and not change.old and _same(within, new)


def _score(lines: Sequence[str], place: int, change: Change, chapter: Chapter) -> int:
    """Return how many of the chapter's lines around a place are as they were, 0 where the change does not fit.

    An insertion needs the line right before it or right behind it, and one among those that says something.
    """
    end = place + len(change.old)
    if not _same(lines[place:end], change.old):
        return 0
    first, last = chapter.first_line - 1, chapter.last_line
    before = _common(reversed(lines[max(first, place - _CONTEXT_LINES) : place]), reversed(change.before))
    behind = _common(lines[end : min(last, end + _CONTEXT_LINES)], change.behind)
    said = any(line.strip() for line in (*before, *behind, *change.old))
    return 1 + len(before) + len(behind) if said else 0


def _common(lines: Sequence[str] | Iterator[str], expected: Sequence[str] | Iterator[str]) -> list[str]:
    """Return the lines from the first on that are as expected, whatever their line ends."""
    common: list[str] = []
    for line, wanted in zip(lines, expected, strict=False):
        if bare(line) != bare(wanted):
            break
        common.append(line)
    return common


def _same(lines: Sequence[str], expected: Sequence[str]) -> bool:
    """Whether lines are the expected ones; the document's last line may lack its line end."""
    if len(lines) != len(expected):
        return False
    return all(line == wanted for line, wanted in zip(lines[:-1], expected[:-1], strict=True)) and (
        not lines or lines[-1] == expected[-1] or bare(lines[-1]) == bare(expected[-1])
    )


def _chapter(roadmap: Roadmap, chapter_id: str) -> Chapter:
    chapter = roadmap.chapter(chapter_id)
    if chapter is None:
        raise ReviewError(f"roadmap {roadmap.name!r} has no chapter {chapter_id!r} any more: choose another")
    return chapter


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
