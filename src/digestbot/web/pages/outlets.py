"""Feeds out: Atom and JSON Feed of everything, a section, a chapter and a search, and the list of what is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode, urlsplit

from digestbot.domain import Card
from digestbot.feeds.addresses import masked
from digestbot.render.outlet import Outlet
from digestbot.render.words import digest_lang
from digestbot.roadmap import Roadmap
from digestbot.web.outlets import FORMATS, Format, given_cards, last_change
from digestbot.web.pages.search import NARROWING, filters_of
from digestbot.web.phrases.giving import GIVING
from digestbot.web.surface import Ask, Body, Missing, Surface, View
from digestbot.web.telling import summary_langs
from digestbot.wire.opml import write_opml

STORIES = 50
"""Of a page of a feed; a reader that looks once a day misses nothing of a busy one."""


@dataclass(frozen=True)
class Subject:
    """What a feed is about: its lasting name, its title and text, the page that shows the same, and how to go on."""

    name: str
    title: str
    about: str
    home: str
    here: Mapping[str, str] = field(default_factory=dict)
    next: Mapping[str, str] = field(default_factory=dict)


def listed(form: Format, surface: Surface, ask: Ask) -> Body:
    """Return the stories of a roadmap, a section or a chapter as a feed; the older ones are on its next page."""
    place = [ask.params[part] for part in ("name", "section", "chapter") if part in ask.params]
    roadmap = surface.roadmap(next(iter(place), ""))
    section, chapter = (*place[1:], "", "")[:2]
    title, before = _title(roadmap, section, chapter), ask.query.get("before", "")
    langs = summary_langs(ask.lang, roadmap.lang)
    try:
        cards = surface.archive.cards(
            roadmap.name, langs, section=section, chapter=chapter, before=before, limit=STORIES
        )
    except LookupError as error:
        raise Missing from error
    words = GIVING.of(ask.lang)
    subject = Subject(
        "/".join(filter(None, (roadmap.name, section, chapter))),
        (words.section if section else words.everything).format(title=title, roadmap=roadmap.title),
        words.about.format(title=title),
        ask.at("roadmaps", *place) if place else f"{ask.root}/",
        {"before": before} if before else {},
        {"before": cards.before} if cards.before else {},
    )
    return _body(form, surface, ask, subject, cards.cards)


def found(form: Format, surface: Surface, ask: Ask) -> Body:
    """Return what a search finds as a feed, the newest first."""
    query = ask.query.get("q", "")
    if not query:
        raise Missing
    langs = summary_langs(ask.lang, surface.roadmap("").lang)
    cards = surface.search(query, filters_of(ask.query), langs, STORIES)
    words, asked = GIVING.of(ask.lang), dict(ask.query)
    home = f"{ask.at('search')}?{urlencode(asked)}"
    name = "&".join(f"{name}={value}" for name, value in sorted(asked.items()))
    subject = Subject(f"search/{name}", words.search.format(query=query), words.about_search, home, asked)
    newest_first = sorted(cards, key=lambda card: card.filed_at, reverse=True)
    return _body(form, surface, ask, subject, newest_first)


def sources(surface: Surface, ask: Ask) -> Body:
    """Return the feeds that are read as OPML; one whose address is somebody's secret is left out."""
    shown = [feed for feed in surface.feeds() if feed.kind != "suggested" and masked(feed.url) == feed.url]
    # The day alone: a list that has not changed has the same bytes until midnight.
    day = surface.wall().replace(hour=0, minute=0, second=0, microsecond=0)
    return Body(write_opml(shown, day).decode(), "text/x-opml; charset=utf-8")


def absolute(surface: Surface, path: str) -> str:
    """Return an address of ours whole."""
    parts = urlsplit(surface.public_url)
    return f"{parts.scheme}://{parts.netloc}{path}"


def _title(roadmap: Roadmap, section: str, chapter: str) -> str:
    """Return what a part of a roadmap is called; raises Missing for one that there is not."""
    if not section:
        return roadmap.title
    for part in roadmap.sections:
        if part.id == section and not chapter:
            return part.title
        for inner in part.chapters if part.id == section else ():
            if inner.id == chapter:
                return inner.title
    raise Missing


def _body(form: Format, surface: Surface, ask: Ask, subject: Subject, cards: Sequence[Card]) -> Body:
    def address(asked: Mapping[str, str]) -> str:
        here = absolute(surface, f"{ask.root}{ask.path}")
        return f"{here}?{urlencode(asked)}" if asked else here

    titles = {(one.name, part.id): part.title for one in surface.roadmaps() for part in one.sections}
    entries = given_cards(
        cards,
        lambda card: titles.get((card.roadmap, card.section), card.section),
        lambda id: absolute(surface, ask.at("stories", id)),
        ask.lang,
    )
    outlet = Outlet(
        name=subject.name,
        title=subject.title,
        about=subject.about,
        lang=digest_lang(ask.lang, ""),
        home=absolute(surface, subject.home),
        here=address(subject.here),
        updated_at=last_change(entries),
        entries=entries,
        next=address(subject.next) if subject.next else "",
    )
    return Body(form.write(outlet).decode(), form.media_type)


_LISTED = ("", "/roadmaps/{name}", "/roadmaps/{name}/{section}", "/roadmaps/{name}/{section}/{chapter}")
PUBLIC: tuple[tuple[str, View, tuple[str, ...]], ...] = (
    *((f"{path}/feed.{form.name}", partial(listed, form), ("before",)) for path in _LISTED for form in FORMATS),
    *((f"/search/feed.{form.name}", partial(found, form), NARROWING) for form in FORMATS),
    ("/feeds.opml", sources, ()),
)
"""Stand before the pages of the roadmaps, whose last part would take their names for a section's."""
