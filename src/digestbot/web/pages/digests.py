"""The digests that anybody may see: all of them by day, and one as it was sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digestbot.domain import Digest, Entry
from digestbot.render import wording
from digestbot.render.escape import safe_url
from digestbot.render.foot import foot_lines
from digestbot.web.phrases.reading import READING
from digestbot.web.rendering import Page
from digestbot.web.surface import Ask, Missing, Surface


@dataclass(frozen=True)
class Line:
    """A story as a digest told it."""

    title: str
    to: str
    url: str
    meta: str
    tldr: str
    tldr_lang: str
    note: str
    points: Sequence[str]
    why: str
    before: str
    others: Sequence[tuple[str, str, str]]
    change: str


@dataclass(frozen=True)
class Part:
    """A section of a digest: stories told whole, and those in a line each."""

    id: str
    title: str
    whole: Sequence[Line]
    brief: Sequence[Line]


def digests(surface: Surface, ask: Ask) -> Page:
    """Return the list of digests."""
    try:
        found = surface.archive.digests(ask.query.get("before", ""))
    except LookupError as error:
        raise Missing from error
    rows = [
        (one.created_at, ask.at("digests", one.id), wording.story_count(one), wording.lead(one), one.lang)
        for one in found.digests
    ]
    values = {"rows": rows, "before": found.before, "first": not ask.query}
    return Page("digests", READING.of(ask.lang), values)


def digest(surface: Surface, ask: Ask) -> Page:
    """Return a digest whole, in the language that it was made in."""
    found = surface.archive.digest(ask.params["id"])
    if found is None:
        raise Missing
    values = {
        "digest": found,
        "heading": wording.heading(found),
        "day": wording.digest_day(found),
        "count": wording.story_count(found),
        "lead": wording.lead(found),
        "parts": _parts(found, ask),
        "left_out": wording.left_out(found),
        "trends": wording.trends(found),
        "proposals": [(text, ask.at("review", id)) for id, text in found.proposals[: wording.MAX_LISTED]],
        "foot": foot_lines(found),
        "own": wording.of(found),
    }
    return Page("a_digest", READING.of(ask.lang), values)


def _parts(found: Digest, ask: Ask) -> list[Part]:
    words = wording.of(found)
    return [
        Part(
            section.id,
            wording.section_title(section, words),
            _lines(section.entries, found, ask),
            _lines(section.brief, found, ask),
        )
        for section in wording.shown(found)
    ]


def _lines(entries: Iterable[Entry], found: Digest, ask: Ask) -> list[Line]:
    words = wording.of(found)
    return [
        Line(
            title=wording.title(entry.title, words),
            to=ask.at("stories", entry.story),
            url=safe_url(entry.url),
            meta=wording.meta(entry, words),
            tldr=wording.tldr(entry),
            tldr_lang=entry.written or found.lang,
            note=wording.basis_note(entry, words),
            points=wording.points(entry),
            why=wording.why(entry),
            before=wording.before(entry, words),
            others=[(medium, title, safe_url(url)) for medium, title, url in wording.others(entry, words)],
            change=wording.change(entry, words),
        )
        for entry in entries
    ]


PUBLIC = (("/digests", digests, ("before",)), ("/digests/{id}", digest, ()))
