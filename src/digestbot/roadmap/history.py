"""What happened to a document between two looks at it: sections, chapters and resources that came, went or moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from digestbot.keys import canonical_url
from digestbot.roadmap.places import Place, places_of
from digestbot.roadmap.records import Roadmap

What = Literal["section", "chapter", "resource"]
How = Literal["added", "removed", "renamed", "moved"]


@dataclass(frozen=True)
class Listed:
    """A resource as it is remembered: its canonical address, its title, and the id of its chapter.

    The chapter is empty for what stands before a section's first one.
    """

    address: str
    title: str
    chapter: str


@dataclass(frozen=True)
class Memory:
    """A roadmap as it was when it was last looked at."""

    version: str
    places: tuple[Place, ...]
    listed: tuple[Listed, ...]


@dataclass(frozen=True)
class Event:
    """Something that happened to a document. `place` is an id: the section's or chapter's own, a resource's chapter.

    `former` is the former title of what was renamed, and the former section or chapter of what was moved.
    """

    what: What
    how: How
    place: str
    title: str
    url: str = ""
    former: str = ""


def memory_of(roadmap: Roadmap, before: Memory | None = None) -> Memory:
    """Return what to remember of a roadmap whose ids are right."""
    return Memory(roadmap.version, places_of(roadmap, before.places if before else ()), tuple(_listed(roadmap)))


def happened(before: Memory, after: Memory) -> tuple[Event, ...]:
    """Return what happened between two looks, in the order of the document, what went last."""
    return (*_to_places(before.places, after.places), *_to_resources(before.listed, after.listed))


def _listed(roadmap: Roadmap) -> Iterator[Listed]:
    lead = (("", resource) for resource in roadmap.resources)
    sections = (("", resource) for section in roadmap.sections for resource in section.resources)
    chapters = ((chapter.id, resource) for chapter in roadmap.chapters for resource in chapter.resources)
    found: dict[tuple[str, str], Listed] = {}
    for chapter, resource in (*lead, *sections, *chapters):
        address = canonical_url(resource.url)
        if address:
            found.setdefault((address, chapter), Listed(address, resource.title, chapter))
    yield from found.values()


def _to_places(before: Sequence[Place], after: Sequence[Place]) -> Iterator[Event]:
    old = {(place.kind, place.id): place for place in before if not place.gone}
    new = {(place.kind, place.id): place for place in after if not place.gone}
    for key, place in new.items():
        former = old.get(key)
        if former is None:
            yield Event(place.kind, "added", place.id, place.title)
            continue
        if former.title != place.title:
            yield Event(place.kind, "renamed", place.id, place.title, former=former.title)
        if former.section != place.section:
            yield Event(place.kind, "moved", place.id, place.title, former=former.section)
    yield from (Event(place.kind, "removed", place.id, place.title) for key, place in old.items() if key not in new)


def _to_resources(before: Sequence[Listed], after: Sequence[Listed]) -> Iterator[Event]:
    """Yield what happened to links: one that left a chapter for another one moved."""
    old, new = _by_address(before), _by_address(after)
    for address, places in new.items():
        former = old.get(address, {})
        left = [chapter for chapter in former if chapter not in places]
        for chapter, listed in places.items():
            if chapter in former:
                continue
            how: How = "moved" if left else "added"
            yield Event("resource", how, chapter, listed.title, address, left.pop(0) if left else "")
        yield from (Event("resource", "removed", chapter, former[chapter].title, address) for chapter in left)
    gone = (listed for address, places in old.items() if address not in new for listed in places.values())
    yield from (Event("resource", "removed", listed.chapter, listed.title, listed.address) for listed in gone)


def _by_address(listed: Sequence[Listed]) -> Mapping[str, Mapping[str, Listed]]:
    found: dict[str, dict[str, Listed]] = {}
    for one in listed:
        found.setdefault(one.address, {})[one.chapter] = one
    return found
