"""Where a subject stands in the roadmap, what to know before it, and what to read next by level; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from digestbot.domain import Level, Outline
from digestbot.domain.answers import NextRead, Standing
from digestbot.explain.concepts import Concept, share, words_of
from digestbot.reading_order import known_first
from digestbot.roadmap import Roadmap
from digestbot.search import Found

READINGS = 4
LEAST_TITLED, LEAST_TOLD, LEAST_SIMILAR = 0.55, 0.65, 0.55
"""A chapter is the subject's place when its title or its text names so much of it, or it means nearly the same."""
_LEAST_RELATED = 0.2
"""How near in meaning a chapter must be that only names the subject in passing."""
_LEAST_VOTES = 2
_KINDS: Mapping[Level, tuple[tuple[str, ...], ...]] = {
    "introductory": (("post", "tutorial"), ("video", "course"), ("paper",)),
    "intermediate": (("paper",), ("post", "tutorial"), ("video", "course"), ("repository",)),
    "advanced": (("paper",), ("repository",), ("post", "tutorial"), ("video",)),
}
"""Of which kinds a level reads, in turn."""


def standing(
    chapters: Sequence[Found], others: Sequence[Found], outline: Outline, subjects: Sequence[Sequence[Concept]]
) -> Standing:
    """Return a subject's place: the chapter that is most about it, else the section most of its documents are filed
    into.

    `chapters` are passages of the roadmap.
    """
    fits = [(_fit(one, subjects), one) for one in chapters]
    fit, best = max(fits, key=lambda pair: pair[0], default=(0.0, None))
    if best and fit:
        return _at_chapter(best.section, best.chapter, outline)
    votes = Counter(one.section for one in others if one.section)
    section, count = next(iter(votes.most_common(1)), ("", 0))
    return _at_chapter(section, "", outline) if count >= _LEAST_VOTES else Standing()


def _fit(chapter: Found, subjects: Sequence[Sequence[Concept]]) -> float:
    """Return how much a chapter is about what is asked, 0 for hardly; of two things it may be about one."""
    title, text = chapter.document.title, f"{chapter.document.title} {chapter.passage.text}"
    titled = max((share(subject, words_of(title)) for subject in subjects), default=0.0)
    told = min((share(subject, words_of(text)) for subject in subjects), default=0.0)
    similar = chapter.similarity
    by_text = told >= LEAST_TOLD and similar >= _LEAST_RELATED
    return titled + told + similar if titled >= LEAST_TITLED or by_text or similar >= LEAST_SIMILAR else 0.0


def read_next(place: Standing, roadmap: Roadmap, found: Sequence[Found], level: Level) -> tuple[NextRead, ...]:
    """Return what to read next: the chapter's resources and what was found, of a level's kinds in turn.

    Every address is the roadmap's or a document's.
    """
    chapter = roadmap.chapter(place.chapter) if place.chapter else None
    known = [NextRead(r.title, r.url, r.kind, r.words) for r in chapter.resources if r.title] if chapter else []
    read = [
        NextRead(one.document.title, one.document.url, one.document.kind or "paper")
        for one in found
        if one.document.url and one.document.source != "roadmap"
    ]
    offered: dict[str, NextRead] = {}
    for one in (*known, *read):
        offered.setdefault(one.url, one)
    return tuple(_in_turn(list(offered.values()), _KINDS[level]))


def _in_turn(offered: Sequence[NextRead], kinds: Sequence[Sequence[str]]) -> list[NextRead]:
    """Return `READINGS` of what is offered, one of each kind in turn, then the rest in its order."""
    piles = [[one for one in offered if one.kind in group] for group in kinds]
    dealt: list[NextRead] = []
    while any(piles):
        for pile in piles:
            if pile:
                dealt.append(pile.pop(0))
    return [*dealt, *(one for one in offered if one not in dealt)][:READINGS]


def _at_chapter(section: str, chapter: str, outline: Outline) -> Standing:
    place = next((one for one in outline.sections if one.id == section), None)
    if place is None:
        return Standing()
    titled = next((one for one in place.chapters if one.id == chapter), None)
    if titled is None:
        return Standing(section, "", place.title, "", (place.prerequisites,) if place.prerequisites else ())
    ordered = [one for each in outline.sections for one in each.chapters]
    following = ordered[ordered.index(titled) + 1 :]
    return Standing(
        section,
        chapter,
        place.title,
        titled.title,
        known_first(outline).get(chapter, ()),
        following[0].title if following else "",
    )
