"""A roadmap as a taxonomy, and the addresses it has already."""

from __future__ import annotations

from digestbot import domain
from digestbot.keys import canonical_url
from digestbot.roadmap.records import Chapter, Roadmap, Section

_MAX_TEXT_CHARS = 2000
# Titles of resources say most about a chapter: they have this much room however long its prose is.
_MAX_TITLES_CHARS = 600


def outline(roadmap: Roadmap) -> domain.Outline:
    """Return the sections and chapters as models read them; a goal not stated is the section's first prose."""
    return domain.Outline(
        name=roadmap.name,
        title=roadmap.title,
        lang=roadmap.lang,
        version=roadmap.version,
        sections=tuple(_section(section) for section in roadmap.sections),
    )


def titles(roadmap: Roadmap | None, section: str, chapter: str) -> tuple[str, ...]:
    """Return what a place is called: the titles of its section and chapter, none for "", an id for what is not there.

    A chapter that is all of its section has no title of its own.
    """
    sections = {one.id: one.title for one in roadmap.sections} if roadmap else {}
    found = roadmap.chapter(chapter) if roadmap else None
    own = "" if found and found.implied else found.title if found else chapter
    return tuple(filter(None, (sections.get(section, section), own)))


def links(roadmap: Roadmap) -> frozenset[str]:
    """Return the canonical address of every link to the web, in whatever way it is written."""
    return frozenset(filter(None, map(canonical_url, roadmap.addresses)))


def _section(section: Section) -> domain.Section:
    return domain.Section(
        id=section.id,
        title=section.title,
        goal=section.goal or section.prose[:_MAX_TEXT_CHARS],
        chapters=tuple(
            domain.Chapter(chapter.id, chapter.title, _text(chapter), chapter.prerequisites)
            for chapter in section.chapters
        ),
        filing=section.filing,
        prerequisites=section.prerequisites,
    )


def _text(chapter: Chapter) -> str:
    prose = "\n".join(filter(None, (chapter.goal, chapter.prose)))
    if len(prose) <= _MAX_TEXT_CHARS:
        return prose
    start = prose[: _MAX_TEXT_CHARS - _MAX_TITLES_CHARS]
    cut_off = (resource.title for resource in chapter.resources if resource.title not in start)
    titles = "; ".join(dict.fromkeys(cut_off))[: _MAX_TITLES_CHARS - 1]
    return f"{start}\n{titles}" if titles else prose[:_MAX_TEXT_CHARS]
