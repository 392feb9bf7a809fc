"""Proposes to put a chapter into another shape: parted in two, or in order of its resources' levels. Seldom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from digestbot.domain import Level, Proposal, Quote
from digestbot.errors import ReviewError
from digestbot.proposing.drafts import Draft, drafted
from digestbot.proposing.ordering import Disorder, disorder_of
from digestbot.proposing.parting import Parting, parting_of
from digestbot.roadmap import Change, Roadmap
from digestbot.roadmap.chapters import split_chapter
from digestbot.roadmap.resources import reorder_resources

MONTH = timedelta(days=30)
"""How long nothing of the kind is proposed after one was: a document that moves about is read by nobody."""
_MOST_QUOTES = 8
_GOALS = {"en": "Understand {} and where to begin with it.", "zh": "了解{}，并知道从何入手。"}


def arrangement(
    roadmap: Roadmap, judged: Mapping[str, Level], earlier: Sequence[Proposal], now: datetime
) -> Proposal | None:
    """Return the proposal for the chapter that needs it most, None where none clearly does or one was made lately.

    `judged` as in `ordering`. What was proposed for a chapter once, whatever became of it, is not proposed again.
    """
    kinds = [one for one in earlier if one.kind in ("split", "reorder")]
    if any(now - one.created_at < MONTH for one in kinds):
        return None
    told = {one.subject for one in kinds}
    for draft, changes in _drafts(roadmap, judged):
        if draft.subject not in told:
            return drafted(draft, roadmap, changes, earlier, now)
    return None


def _drafts(roadmap: Roadmap, judged: Mapping[str, Level]) -> Iterator[tuple[Draft, tuple[Change, ...]]]:
    """Yield what may be proposed, the clearest first; what cannot be written by itself is left out."""
    chapters = [chapter for section in roadmap.sections if section.filing for chapter in section.chapters]
    known = [chapter.title for chapter in roadmap.chapters]
    partings = [one for one in (parting_of(chapter, known) for chapter in chapters) if one]
    for parting in sorted(partings, key=lambda one: -one.apart):
        try:
            yield _split(roadmap, parting)
        except ReviewError:
            continue
    disorders = [one for one in (disorder_of(roadmap, chapter, judged) for chapter in chapters) if one]
    for disorder in sorted(disorders, key=lambda one: -one.against):
        try:
            yield _reorder(roadmap, disorder)
        except ReviewError:
            continue


def _split(roadmap: Roadmap, parting: Parting) -> tuple[Draft, tuple[Change, ...]]:
    chapter, count = parting.chapter, len(parting.moved) + len(parting.kept)
    goal = _GOALS["zh" if roadmap.lang == "zh" else "en"].format(parting.name) if chapter.goal else ""
    changes = split_chapter(roadmap, chapter.id, parting.name, goal, [one.url for one in parting.moved])
    others = f", mostly about {parting.stays}," if parting.stays else ""
    draft = Draft(
        kind="split",
        chapter=chapter.id,
        subject=f"split {chapter.id}",
        title=parting.name,
        reason=f"“{chapter.title[:80]}” has grown to {count} resources. {len(parting.moved)} of them are about "
        f"{parting.name}, and have little in common with the other {len(parting.kept)}{others} that stay.",
        confidence=round(min(0.9, 0.4 + parting.apart), 2),
        quotes=tuple(Quote(one.title, one.url) for one in parting.moved[:_MOST_QUOTES]),
    )
    return draft, changes


def _reorder(roadmap: Roadmap, disorder: Disorder) -> tuple[Draft, tuple[Change, ...]]:
    chapter = disorder.chapter
    changes = reorder_resources(roadmap, chapter.id, [one.resource.url for one in disorder.order])
    levels = "; ".join(f"“{one.resource.title[:60]}” is {one.level}" for one in disorder.order[:_MOST_QUOTES])
    draft = Draft(
        kind="reorder",
        chapter=chapter.id,
        subject=f"reorder {chapter.id}",
        title=chapter.title,
        reason=f"Of {disorder.pairs} pairs of two levels {disorder.against} stand with the harder one first. {levels}.",
        confidence=round(min(0.85, 0.3 + 0.5 * disorder.against / disorder.pairs), 2),
        quotes=tuple(Quote(one.words, one.resource.url) for one in disorder.order if one.words)[:_MOST_QUOTES],
    )
    return draft, changes
