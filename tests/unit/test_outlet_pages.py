"""The addresses of our own feeds and the page of trends: what each is made from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import feedparser
import pytest
from digests import digest, entry
from fakes import NOW
from starlette.routing import Match, Route
from surfaces import bare_surface

from digestbot.domain import Card, Cards, Counted, DigestSection, Feed, FeedId, Filters, Point, StoryId
from digestbot.render.outlet import story_urn
from digestbot.roadmap import parse
from digestbot.web.outlets import ATOM, FORMATS, JSON, Format, given_digests
from digestbot.web.pages import PUBLIC
from digestbot.web.pages.outlets import found, listed, sources
from digestbot.web.pages.trends import look_back
from digestbot.web.rendering import rendered
from digestbot.web.surface import Ask, Body, Missing, Surface
from digestbot.wire.opml import read_opml

ROADMAP = parse("# Breads\n\n## Wheat\n\n### Sour dough\n\n- [A](https://a.example/)\n\n## Rye\n", "breads")
WHEAT, RYE = ROADMAP.sections
SOUR = WHEAT.chapters[0]


def card(name: str = "s1", **changes: Any) -> Card:
    """Return a filed story."""
    given: dict[str, Any] = {
        "id": StoryId(name), "title": f"Story {name}", "url": f"https://blog.example/{name}", "medium": "post",
        "lang": "en", "authors": ("Ada Lovelace",), "published_at": NOW, "filed_at": NOW, "updated_at": NOW,
        "roadmap": "breads", "section": WHEAT.id, "chapter": "", "relevance": 0.5, "level": "", "reason": "Near.",
        "tldr": "It rises.", "summary_lang": "en", "points": (Point("It is warm.", "result"),),
    } | changes  # fmt: skip
    return Card(**given)


@dataclass
class Shelf:
    """An archive that gives what it was given, and keeps what it was asked."""

    held: tuple[Card, ...] = ()
    older: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def cards(self, roadmap: str, langs: Sequence[str], **asked: Any) -> Cards:
        if asked["before"] == "nonsense":
            raise LookupError
        self.asked.append({"roadmap": roadmap, **asked})
        return Cards(self.held, self.older)


@dataclass
class Numbers:
    """Figures that were counted before."""

    held: Sequence[Counted] = ()

    def counted(self, roadmap: str, since: datetime) -> Sequence[Counted]:
        return [one for one in self.held if one.at >= since]


def surface(*cards: Card, older: str = "", seen: Sequence[Counted] = (), feeds: tuple[Feed, ...] = ()) -> Surface:
    """Return a surface on which these stories are read."""

    def find(query: str, filters: Filters, langs: Sequence[str], limit: int) -> tuple[Card, ...]:
        return cards

    shelf = Shelf(cards, older)
    return bare_surface(
        archive=shelf, figures=Numbers(seen), roadmaps=lambda: (ROADMAP,), search=find, feeds=lambda: feeds,
        public_url="https://d.example/pages", wall=lambda: NOW,
    )  # fmt: skip


def ask(path: str = "/feed.atom", lang: str = "en", *, q: str = "", before: str = "", **params: str) -> Ask:
    """Return what is asked for without a language in the path."""
    query = {name: value for name, value in (("q", q), ("before", before)) if value}
    return Ask(lang, path, params, query, "/pages", "/pages")


def read(body: Body) -> Any:
    """Return a feed as feedparser reads it."""
    return feedparser.parse(body.content.encode())


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("path", ["", "/roadmaps/breads", "/roadmaps/breads/wheat", "/roadmaps/breads/wheat/sour"])
def test_a_feed_is_no_section_of_a_roadmap(path: str, form: Format) -> None:
    """The first route that takes a feed's address is the feed's own, though a section's pattern fits it as well."""
    scope = {"type": "http", "method": "GET", "path": f"{path}/feed.{form.name}"}

    first = next(view for pattern, view, _ in PUBLIC if Route(pattern, view).matches(scope)[0] == Match.FULL)

    assert getattr(first, "func", None) is listed
    assert getattr(first, "args", None) == (form,)


def test_everything_a_section_and_a_chapter_have_feeds_of_their_own() -> None:
    """Each asks for its own part, has a lasting id and title of its own, and leads to the page that shows the same."""
    here = surface(card())
    part = {"name": "breads", "section": WHEAT.id}
    asks = (ask(), ask(**part), ask(**part, chapter=SOUR.id))

    feeds = [read(listed(ATOM, here, one)).feed for one in asks]

    asked = [(one["section"], one["chapter"]) for one in cast(Shelf, here.archive).asked]
    assert asked == [("", ""), (WHEAT.id, ""), (WHEAT.id, SOUR.id)]
    assert [one.id for one in feeds] == [
        "urn:digestbot:breads", f"urn:digestbot:breads/{WHEAT.id}", f"urn:digestbot:breads/{WHEAT.id}/{SOUR.id}",
    ]  # fmt: skip
    assert [one.title for one in feeds] == ["Breads: everything new", "Wheat (Breads)", "Sour dough (Breads)"]
    assert [one.link for one in feeds] == [
        "https://d.example/pages/",
        f"https://d.example/pages/roadmaps/breads/{WHEAT.id}",
        f"https://d.example/pages/roadmaps/breads/{WHEAT.id}/{SOUR.id}",
    ]


def test_older_stories_stand_on_the_next_page() -> None:
    """A feed with more stories names the address of the next page, and is asked for by it."""
    here = surface(card(), older="k9")

    document = json.loads(listed(JSON, here, ask("/feed.json", before="k3")).content)

    assert document["feed_url"] == "https://d.example/pages/feed.json?before=k3"
    assert document["next_url"] == "https://d.example/pages/feed.json?before=k9"


@pytest.mark.parametrize(
    "asked",
    [ask(name="cakes"), ask(name="breads", section="x"), ask(name="breads", section=RYE.id, chapter=SOUR.id),
     ask(before="nonsense")],
)  # fmt: skip
def test_there_are_no_feeds_of_what_there_is_not(asked: Ask) -> None:
    """An unknown roadmap, section, chapter or place is missing, not empty: a reader shall learn that it is gone."""
    with pytest.raises(Missing):
        listed(ATOM, surface(card()), asked)


def test_a_search_is_a_feed_with_the_newest_first() -> None:
    """A search's feed is ordered by time though the search is not; without a question there is none."""
    old, new = card("old", filed_at=NOW - timedelta(days=2)), card("new")
    here = surface(old, new)

    document = read(found(ATOM, here, ask("/search/feed.atom", q="sour & sweet")))

    assert [one.title for one in document.entries] == ["Story new", "Story old"]
    assert "<li>Result: It is warm.</li>" in document.entries[0].content[0].value
    assert document.feed.link == "https://d.example/pages/search?q=sour+%26+sweet"
    with pytest.raises(Missing):
        found(ATOM, here, ask())


def test_the_list_of_sources_holds_no_secret() -> None:
    """Feeds are listed as OPML, but for those whose address has a key in it or that no file lists."""
    plain = Feed(FeedId("blog"), "feed", "https://blog.example/feed")
    secret = Feed(FeedId("mine"), "feed", "https://blog.example/feed?token=abcdef")
    handed_in = Feed(FeedId("suggested"), "suggested", "")

    rows = read_opml(sources(surface(feeds=(plain, secret, handed_in)), ask()).content.encode()).rows

    assert [row.wanted_id for row in rows] == ["blog"]


def test_a_subscription_tells_each_story_once() -> None:
    """Of a story that two digests told, the later telling is given, under one id and with when it was first told."""
    first = digest(DigestSection("VI", "VI", (entry("Once"),)), created_at=NOW)
    again = entry("Again", label="Update", first_told_at=NOW)
    second = digest(DigestSection("VI", "VI", (again,)), created_at=NOW + timedelta(days=1))

    given = given_digests([first, second], lambda id: "")

    assert [(one.entry.title, one.seen_at, one.updated_at) for one in given] == [
        ("Again", NOW, NOW + timedelta(days=1))
    ]
    assert story_urn(given[0].entry.story) == story_urn(first.sections[0].entries[0].story)


@pytest.mark.parametrize(("lang", "title"), [("en", "Stories by section"), ("zh-Hans", "各章节的内容数")])
def test_trends_show_a_table_beside_each_chart(lang: str, title: str) -> None:
    """Every number of a chart stands in a table as well, in the reader's language, sections in the roadmap's order."""
    seen = [
        Counted(NOW - timedelta(days=days), section, "", "T", FeedId("blog"), "post", "en", 5000)
        for days, section in ((40, RYE.id), (9, RYE.id), (8, WHEAT.id), (1, WHEAT.id))
    ]

    page = look_back(surface(seen=seen), ask("/trends", lang))
    html = rendered(page, ask("/trends", lang))

    figures = page.values["figures"]
    assert figures[0].title == title
    assert [line.name for line in figures[0].lines[:2]] == ["Wheat", "Rye"]
    assert [line.numbers[0] for line in figures[0].lines] == ["2", "2", "4"]
    assert html.count("<svg") == html.count("<table") == 3


def test_trends_of_nothing_are_said_in_a_sentence() -> None:
    """Weeks without a story have no chart."""
    html = rendered(look_back(surface(), ask("/trends")), ask("/trends"))

    assert "<svg" not in html
    assert "Nothing was filed in these weeks." in html
