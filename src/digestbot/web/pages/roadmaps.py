"""The roadmaps: what each consists of, and each part's own text with what was filed there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from digestbot.keys import canonical_url
from digestbot.render.document import Mark, document_html
from digestbot.roadmap import Chapter, Resource, Roadmap, Section
from digestbot.roadmap.changelog import new_chapters, new_resources
from digestbot.roadmap.lines import bare, split
from digestbot.web.phrases.reading import READING, Reading
from digestbot.web.rendering import Page
from digestbot.web.surface import Ask, Missing, Moved, Surface
from digestbot.web.telling import Row, rows_of, summary_langs

_NEW_FOR = timedelta(days=28)
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Stem:
    """A chapter in a list of them."""

    id: str
    title: str
    goal: str
    to: str
    links: int
    fresh: int
    is_new: bool


@dataclass(frozen=True)
class Branch:
    """A section in a list of them."""

    id: str
    title: str
    goal: str
    to: str
    filing: bool
    links: int
    fresh: int
    recent: int
    ever: int
    chapters: Sequence[Stem]


@dataclass(frozen=True)
class Fresh:
    """What is new in a roadmap: links by their canonical addresses, and chapters by their ids."""

    addresses: frozenset[str]
    chapters: frozenset[str]

    def count(self, resources: Sequence[Resource]) -> int:
        """Return how many of these links are new."""
        return sum(canonical_url(one.url) in self.addresses for one in resources) if self.addresses else 0


def roadmaps(surface: Surface, ask: Ask) -> Page:
    """Return the list of roadmaps; the only one has no list."""
    found = surface.roadmaps()
    if len(found) == 1:
        raise Moved("roadmaps", found[0].name)
    rows = [(one, ask.at("roadmaps", one.name), len(one.chapters), len(one.addresses)) for one in found]
    return Page("roadmaps", READING.of(ask.lang), {"rows": rows})


def roadmap(surface: Surface, ask: Ask) -> Page:
    """Return what a roadmap consists of."""
    found = surface.roadmap(ask.params["name"])
    fresh = _fresh(surface, found)
    filing = [one.id for one in found.sections if one.filing]
    recent = surface.archive.tallies(found.name, filing, surface.wall() - _WEEK)
    ever = surface.archive.tallies(found.name, filing)
    branches = [_branch(found, one, fresh, ask, recent.get(one.id, 0), ever.get(one.id, 0)) for one in found.sections]
    return Page("roadmap", READING.of(ask.lang), {"roadmap": found, "branches": branches})


def section(surface: Surface, ask: Ask) -> Page:
    """Return a section: its own text, its chapters and what was filed there, newest first."""
    found = surface.roadmap(ask.params["name"])
    own = _section(found, ask)
    fresh, implied = _fresh(surface, found), next((one for one in own.chapters if one.implied), None)
    last = implied.last_line if implied else own.chapters[0].first_line - 1 if own.chapters else own.last_line
    heading = _heading_end(found, own)
    values = {
        "roadmap": found,
        "section": own,
        "branch": _branch(found, own, fresh, ask, 0, 0),
        "text": _text(surface, found, (heading + 1, last), (own, *own.chapters), fresh, ask),
        **_filed(surface, found, ask, section=own.id),
    }
    return Page("section", READING.of(ask.lang), values)


def chapter(surface: Surface, ask: Ask) -> Page:
    """Return a chapter: its own text, its neighbours, and what was filed there, newest first."""
    found = surface.roadmap(ask.params["name"])
    own = _section(found, ask)
    at = next((n for n, one in enumerate(own.chapters) if one.id == ask.params["chapter"]), None)
    if at is None:
        raise _elsewhere(found, ask)
    one, fresh = own.chapters[at], _fresh(surface, found)
    if one.implied:
        raise Moved("roadmaps", found.name, own.id)
    near = [own.chapters[n] if 0 <= n < len(own.chapters) else None for n in (at - 1, at + 1)]
    values = {
        "roadmap": found,
        "section": own,
        "chapter": one,
        "stem": _stem(found, own, one, fresh, ask),
        "before_it": _stem(found, own, near[0], fresh, ask) if near[0] else None,
        "after_it": _stem(found, own, near[1], fresh, ask) if near[1] else None,
        "text": _text(surface, found, (one.end_of_heading + 1, one.last_line), (one,), fresh, ask),
        **_filed(surface, found, ask, section=own.id, chapter=one.id),
    }
    return Page("chapter", READING.of(ask.lang), values)


def _filed(surface: Surface, found: Roadmap, ask: Ask, *, section: str, chapter: str = "") -> Mapping[str, object]:
    langs, before = summary_langs(ask.lang, found.lang), ask.query.get("before", "")
    try:
        cards = surface.archive.cards(found.name, langs, section=section, chapter=chapter, before=before)
    except LookupError as error:
        raise Missing from error
    rows: list[Row] = rows_of(cards.cards, (found,), ask)
    here = ask.at(*("roadmaps", found.name, section, *((chapter,) if chapter else ())))
    return {"rows": rows, "before": cards.before, "first": not before, "here": here}


def _section(found: Roadmap, ask: Ask) -> Section:
    own = next((one for one in found.sections if one.id == ask.params["section"]), None)
    if own is None:
        raise Missing
    return own


def _elsewhere(found: Roadmap, ask: Ask) -> Exception:
    """Return where a chapter went that stands in another section by now."""
    id = ask.params["chapter"]
    home = next((one for one in found.sections if any(chapter.id == id for chapter in one.chapters)), None)
    return Moved("roadmaps", found.name, home.id, id) if home else Missing()


def _heading_end(found: Roadmap, own: Section) -> int:
    """Return the last line of a section's own heading."""
    implied = next((one for one in own.chapters if one.implied), None)
    if implied:
        return implied.end_of_heading
    lines = split(found.text)
    underlined = own.first_line < len(lines) and re.fullmatch(r"\s{0,3}(?:=+|-+)\s*", bare(lines[own.first_line]))
    return own.first_line + bool(underlined)


def _fresh(surface: Surface, found: Roadmap) -> Fresh:
    since = surface.wall() - _NEW_FOR
    events = surface.events(found.name, since)
    return Fresh(new_resources(found, events, since), new_chapters(found, events, since))


def _branch(found: Roadmap, own: Section, fresh: Fresh, ask: Ask, recent: int, ever: int) -> Branch:
    links = [*own.resources, *(one for chapter in own.chapters for one in chapter.resources)]
    return Branch(
        id=own.id,
        title=own.title,
        goal=own.goal,
        to=ask.at("roadmaps", found.name, own.id),
        filing=own.filing,
        links=len(links),
        fresh=fresh.count(links),
        recent=recent,
        ever=ever,
        chapters=[_stem(found, own, one, fresh, ask) for one in own.chapters if not one.implied],
    )


def _stem(found: Roadmap, own: Section, one: Chapter, fresh: Fresh, ask: Ask) -> Stem:
    to = ask.at("roadmaps", found.name, own.id, one.id)
    return Stem(
        one.id, one.title, one.goal, to, len(one.resources), fresh.count(one.resources), one.id in fresh.chapters
    )


def _text(
    surface: Surface,
    found: Roadmap,
    lines: tuple[int, int],
    parts: Sequence[Section | Chapter],
    fresh: Fresh,
    ask: Ask,
) -> Markup:
    """Return a part of the document with its links marked: what is new, and what is not well; only on a first page."""
    if "before" in ask.query:
        return Markup()
    links = [link for part in parts for link in part.resources]
    marks = _marks(surface, links, fresh, READING.of(ask.lang))
    return Markup(document_html(found, *lines, marks, READING.of(ask.lang).table))  # cleaned there


def _marks(surface: Surface, links: Sequence[Resource], fresh: Fresh, words: Reading) -> dict[str, Mark]:
    """Return what is said of links, by their canonical addresses: that one is not well counts for more than new."""
    found = {url: Mark(words.new_mark) for url in (canonical_url(one.url) for one in links) if url in fresh.addresses}
    checks = surface.checks(list(dict.fromkeys(one.url for one in links)))
    flagged = {canonical_url(url): words.flags.get(check.state) for url, check in checks.items()}
    return found | {url: Mark(word, "flag") for url, word in flagged.items() if word}


PUBLIC = (
    ("/roadmaps", roadmaps, ()),
    ("/roadmaps/{name}", roadmap, ()),
    ("/roadmaps/{name}/{section}", section, ("before",)),
    ("/roadmaps/{name}/{section}/{chapter}", chapter, ("before",)),
)
