"""Finds the place of a change in a version of the document: by its number, or by the lines around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digestbot.errors import ReviewError
from digestbot.roadmap.hunk import CONTEXT_LINES, Change, chapter_of
from digestbot.roadmap.lines import bare
from digestbot.roadmap.records import Roadmap


def position_of(roadmap: Roadmap, lines: Sequence[str], change: Change, *, is_revert: bool) -> int:
    """Return how many lines stand before the change; raises ReviewError where no place or several would take it."""
    if roadmap.version == change.base:
        if _same(lines[change.after : change.after + len(change.old)], change.old):
            return change.after
        raise ReviewError(f"the change to chapter {change.chapter!r} does not fit its own base: propose it again")
    if is_revert and _is_untouched(lines, change):
        return change.after
    chapter = roadmap.chapter(change.chapter) if is_revert else chapter_of(roadmap, change.chapter)
    best = list[int]()
    if chapter:
        best = _best(lines, change, chapter.first_line - 1, chapter.last_line, is_revert=is_revert)
    if is_revert and not best:
        # What made a chapter, or parted one, stands outside of the chapter that it was made for.
        best = _best(lines, change, 0, len(lines), is_revert=True)
    if len(best) == 1:
        return best[0]
    if change.after in best:
        return change.after
    found = "no place is left" if not best else "several places are left"
    raise ReviewError(f"{found} for the change to chapter {change.chapter!r}: propose it again on this version")


def _best(lines: Sequence[str], change: Change, first: int, last: int, *, is_revert: bool) -> list[int]:
    """Return the places among some lines that fit best, all alike; none where nothing fits."""
    places = range(first, last - len(change.old) + 1)
    if not is_revert and any(_is_made(lines, place, change) for place in places):
        raise ReviewError(f"the change to chapter {change.chapter!r} is in the roadmap already: nothing is left to do")
    scores = {place: score for place in places if (score := _score(lines, place, change, first, last))}
    highest = max(scores.values(), default=0)
    return [place for place, score in scores.items() if score == highest]


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


def _score(lines: Sequence[str], place: int, change: Change, first: int, last: int) -> int:
    """Return how many lines around a place, from `first` to `last`, are as they were, 0 where the change does not fit.

    An insertion needs the line right before it or right behind it, and one among those that says something.
    """
    end = place + len(change.old)
    if not _same(lines[place:end], change.old):
        return 0
    before = _common(reversed(lines[max(first, place - CONTEXT_LINES) : place]), reversed(change.before))
    behind = _common(lines[end : min(last, end + CONTEXT_LINES)], change.behind)
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
