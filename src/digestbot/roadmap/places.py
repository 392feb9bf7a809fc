"""Sections and chapters as they are remembered, so that they keep their ids when people rename, move or part them.

A wrong identity would put a chapter's stories under another one, so in doubt a place is a new one. Pure.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from rapidfuzz import fuzz

from digestbot.keys import canonical_url
from digestbot.roadmap import naming
from digestbot.roadmap.parse import parse
from digestbot.roadmap.records import Chapter, Resource, Roadmap, Section

_MAX_SIGNS = 400
_MAX_GONE = 300
_MIN_LINE_CHARS = 12
"""A shorter line of prose ("Resources:") says nothing about which chapter it stands in."""
_MAX_PLACES_OF_SIGN = 3
_ENOUGH = 1.0
_SAME_TITLE, _SAME_ID, _SAME_SECTION, _SAME_NEIGHBOUR, _CONTENT = 1.5, 1.0, 0.4, 0.25, 2.0
"""A title alone is enough, an id that the document gives is, half of the content is. Where there is little content, a
place between the same neighbours with a like title is."""


@dataclass(frozen=True)
class Place:
    """A section or chapter by what it is known again by: its title, where it stands, and signs of what is in it.

    `section` is the id of a chapter's section, empty for sections; `at` is its rank in the document. A place that is
    gone is kept, since it may come back, and since nothing else may take its id meanwhile.
    """

    id: str
    kind: Literal["section", "chapter"]
    title: str
    section: str = ""
    at: int = 0
    signs: tuple[str, ...] = ()
    gone: bool = False


def places_of(roadmap: Roadmap, known: Sequence[Place] = ()) -> tuple[Place, ...]:
    """Return what is to be remembered of a roadmap whose ids are right, with what is gone from those known before."""
    present = _places(roadmap)
    here = {(place.kind, place.id) for place in present}
    gone = [replace(place, gone=True) for place in known if (place.kind, place.id) not in here]
    return (*present, *gone[-_MAX_GONE:])


def identify(roadmap: Roadmap, known: Sequence[Place]) -> Roadmap:
    """Return the roadmap with the ids of the places that are known; without any, as it is."""
    fresh = _places(roadmap)
    present = {(place.kind, place.id, place.title, place.section) for place in known if not place.gone}
    if not known or present == {(place.kind, place.id, place.title, place.section) for place in fresh}:
        return roadmap
    sections = _ids("section", fresh, known, {})
    chapters = _ids("chapter", fresh, known, sections)
    return replace(
        roadmap,
        sections=tuple(
            replace(
                section,
                id=sections[section.id],
                chapters=tuple(replace(chapter, id=chapters[chapter.id]) for chapter in section.chapters),
            )
            for section in roadmap.sections
        ),
    )


def reparse(roadmap: Roadmap, text: str) -> Roadmap:
    """Return a later text of a roadmap, its places under the ids that they have in it."""
    return identify(parse(text, roadmap.name), _places(roadmap))


def _places(roadmap: Roadmap) -> tuple[Place, ...]:
    places = list[Place]()
    for section in roadmap.sections:
        places.append(Place(section.id, "section", section.title, at=len(places), signs=_signs_of_section(section)))
        for chapter in section.chapters:
            places.append(
                Place(chapter.id, "chapter", chapter.title, section.id, len(places), _signs_of_chapter(chapter))
            )
    return tuple(places)


def _signs_of_section(section: Section) -> tuple[str, ...]:
    titles = [f"title:{naming.chapter_id(chapter.title, '')}" for chapter in section.chapters if not chapter.implied]
    inner = (sign for chapter in section.chapters for sign in _said(chapter.resources, chapter.prose))
    return tuple(dict.fromkeys([*map(_sign, titles), *_said(section.resources, section.prose), *inner]))[:_MAX_SIGNS]


def _signs_of_chapter(chapter: Chapter) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_said(chapter.resources, chapter.prose)))[:_MAX_SIGNS]


def _said(resources: Iterable[Resource], prose: str) -> list[str]:
    lines = (re.sub(r"\W+", " ", line).strip().lower() for line in prose.split("\n"))
    urls = (canonical_url(resource.url) for resource in resources)
    return [_sign(text) for text in (*urls, *(line for line in lines if len(line) >= _MIN_LINE_CHARS)) if text]


def _sign(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _ids(
    kind: Literal["section", "chapter"], fresh: Sequence[Place], known: Sequence[Place], sections: Mapping[str, str]
) -> dict[str, str]:
    """Return for each new place of a kind the id of the known one that it is, or one of its own that is free."""
    new = [replace(place, section=sections.get(place.section, "")) for place in fresh if place.kind == kind]
    old = [place for place in known if place.kind == kind]
    pairs = _matched(new, old)
    ids, taken = naming.Ids(), {place.id for place in old}
    for id in taken:
        ids.take(id, id)
    return {place.id: pairs[place.id] if place.id in pairs else ids.take(place.id, kind) for place in new}


def _matched(new: Sequence[Place], old: Sequence[Place]) -> dict[str, str]:
    """Pair new places with old ones, the surest first, each once."""
    scores = sorted(_scores(new, old), key=lambda one: (-one[0], abs(one[1].at - one[2].at), one[1].at, one[2].at))
    pairs: dict[str, str] = {}
    taken = set[str]()
    for _, fresh, former in scores:
        if fresh.id not in pairs and former.id not in taken:
            pairs[fresh.id] = former.id
            taken.add(former.id)
    return pairs


def _scores(new: Sequence[Place], old: Sequence[Place]) -> Iterable[tuple[float, Place, Place]]:
    """Yield the pairs that are sure enough, with how sure they are."""
    by_title, by_sign, by_neighbour, by_id = _Lookup(), _Lookup(), _Lookup(), _Lookup()
    around_new, around_old = _neighbours(new), _neighbours([place for place in old if not place.gone])
    for place in old:
        by_id.add(place.id, place)
        by_title.add(_plain(place.title), place)
        for sign in place.signs:
            by_sign.add(sign, place)
        for neighbour in around_old.get(place.id, ()):
            by_neighbour.add(neighbour, place)
    common = Counter(sign for place in new for sign in place.signs)
    for place in new:
        signs = [sign for sign in place.signs if common[sign] <= _MAX_PLACES_OF_SIGN]
        near = around_new.get(place.id, ())
        candidates = {
            former.id: former
            for former in (
                *by_id.of([place.id]),
                *by_title.of([_plain(place.title)]),
                *by_sign.of(sign for sign in signs if by_sign.count(sign) <= _MAX_PLACES_OF_SIGN),
                *by_neighbour.of(near),
            )
        }
        for former in candidates.values():
            shared = len(set(near) & set(around_old.get(former.id, ())))
            score = _score(place, former, shared)
            if score >= _ENOUGH:
                yield score, place, former


def _score(new: Place, old: Place, shared_neighbours: int) -> float:
    """Return how sure it is that two places are one; `shared_neighbours` stand beside both."""
    title = _SAME_TITLE if _plain(new.title) == _plain(old.title) else _SAME_ID * (new.id == old.id)
    content, size = len(set(new.signs) & set(old.signs)), (len(new.signs) + len(old.signs)) / 2
    overlap = _CONTENT * content / size if size else 0.0
    where = _SAME_SECTION * (new.kind == "chapter" and new.section == old.section)
    where += _SAME_NEIGHBOUR * shared_neighbours
    if title or overlap >= _ENOUGH:
        return title + overlap + where
    if content or not size:
        # Renamed in its place, with little or nothing in it to go by: the titles must still be alike.
        return overlap + where + fuzz.token_set_ratio(_plain(new.title), _plain(old.title)) / 100 - 0.5
    return 0.0


def _plain(title: str) -> str:
    return naming.slug(naming.without_prefix(title)).replace("-", " ") or title


def _neighbours(places: Sequence[Place]) -> dict[str, tuple[str, ...]]:
    """Return what stands before and behind each place: the neighbour's title and the side."""
    titles = ["", *(_plain(place.title) for place in places), ""]
    return {
        place.id: tuple(f"{side}{title}" for side, title in (("<", titles[at]), (">", titles[at + 2])))
        for at, place in enumerate(places)
    }


class _Lookup:
    """Places by a word."""

    def __init__(self) -> None:
        self._places: defaultdict[str, list[Place]] = defaultdict(list)

    def add(self, word: str, place: Place) -> None:
        self._places[word].append(place)

    def count(self, word: str) -> int:
        return len(self._places[word])

    def of(self, words: Iterable[str]) -> Iterable[Place]:
        return (place for word in words for place in self._places.get(word, ()))
