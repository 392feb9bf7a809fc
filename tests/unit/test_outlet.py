"""Feeds of our own as Atom and JSON Feed: what other programs read back from them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest
from digests import AT, HOSTILE, entry, realistic
from lxml import etree, html

from digestbot.domain import Entry, StoryId
from digestbot.render.atom import outlet_atom
from digestbot.render.json_feed import VERSION, json_feed
from digestbot.render.outlet import Given, Outlet, story_urn

HERE = "https://digest.example.org/sections/genai/VI/feed.atom"


def given(entry: Entry, number: int = 0) -> Given:
    """Return a story as it is given out, the later by its number."""
    at = AT + timedelta(hours=number)
    return Given(entry, "VI · Inference", f"https://digest.example.org/stories/{number}", at, at + timedelta(days=1))


def outlet(*entries: Entry, **changes: Any) -> Outlet:
    """Return a feed of these stories."""
    listed = tuple(given(one, number) for number, one in enumerate(entries))
    base = Outlet(
        "genai/VI", "VI · Inference", "What was filed into VI.", "en", "https://digest.example.org/sections/genai/VI",
        HERE, AT, listed, f"{HERE}?before=3",
    )  # fmt: skip
    return replace(base, **changes)


def stories() -> list[Entry]:
    """Return the stories of a day, English and Chinese."""
    return [one for section in realistic().sections for one in (*section.entries, *section.brief)]


def test_a_feed_reader_reads_back_what_an_atom_feed_tells() -> None:
    """Title, page, source, authors, dates, language and text survive the way through feedparser."""
    first, *_ = told = stories()

    read = feedparser.parse(outlet_atom(outlet(*told)))

    found = read.entries[0]
    assert not read.bozo
    assert read.version == "atom10"
    assert len(read.entries) == len(told)
    assert found.title == first.title
    assert {link.rel: link.href for link in found.links} == {
        "alternate": "https://digest.example.org/stories/0",
        "related": first.url,
    }
    assert found.author == first.authors[0]
    assert found.published == "2026-04-12T06:30:00Z"
    assert found.updated == "2026-04-13T06:30:00Z"
    assert found.content[0].language == "zh"
    assert first.points[0] in found.content[0].value
    assert {link.rel for link in read.feed.links} == {"self", "alternate", "next"}


def test_a_json_feed_tells_the_same_as_the_atom_feed() -> None:
    """Both give the same ids, titles and pages, and the JSON Feed names its version, its address and its next page."""
    found = outlet(*stories())

    as_json, as_atom = json.loads(json_feed(found)), feedparser.parse(outlet_atom(found))

    assert as_json["version"] == VERSION
    assert as_json["feed_url"] == HERE
    assert as_json["next_url"] == f"{HERE}?before=3"
    assert [(one["id"], one["title"], one["url"]) for one in as_json["items"]] == [
        (one.id, one.title, one.link) for one in as_atom.entries
    ]


def test_ids_do_not_depend_on_where_the_pages_are() -> None:
    """A story keeps its id when the feed moves to another host and when another feed gives it out."""
    one = entry()
    here, there = outlet(one), outlet(one, name="everything", home="https://other.example/", here="", next="")

    ids = {feedparser.parse(outlet_atom(found)).entries[0].id for found in (here, there)}

    assert ids == {story_urn(one.story)}


def test_stories_have_ids_of_their_own() -> None:
    """Two stories never share an id, whatever is in the names that they have inside."""
    names = ["arxiv:2604.00001", "url:https://example.org/a b", "url:https://example.org/\ud800", "长"]

    assert len({story_urn(StoryId(name)) for name in names}) == len(names)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_markup_of_a_story_reaches_a_reader(text: str) -> None:
    """Whatever stands in a story, both feeds stay well-formed and hold our own elements and links alone."""
    hostile = entry(
        text, tldr=text, points=(text,), why=text, medium=text, authors=(text,), change=text, label="Update",
        others=(("video", text, "javascript:alert(1)"), (text, text, "https://evil.example/\"><script>")),
        url="javascript:alert(1)",
    )  # fmt: skip
    found = outlet(hostile, title=text, about=text, name=text)

    atom, as_json = etree.fromstring(outlet_atom(found)), json.loads(json_feed(found))

    body = atom.findtext("{*}entry/{*}content")
    assert body == as_json["items"][0]["content_html"]
    elements = list(html.fragment_fromstring(body, create_parent="div").iter())
    assert {element.tag for element in elements} <= {"div", "p", "ul", "li", "a", "strong"}
    assert {name for element in elements for name in element.attrib} <= {"href", "rel"}
    assert all(element.get("href", "https:").startswith("https:") for element in elements)
    assert "javascript:" not in as_json["items"][0]["url"]


def test_a_story_without_a_page_is_linked_to_its_source() -> None:
    """Where nobody reaches our pages, an entry leads to the work itself."""
    bare = replace(given(entry()), page="", seen_at=datetime(2026, 4, 1, tzinfo=UTC))

    read = feedparser.parse(outlet_atom(outlet(entries=(bare,))))

    assert [(link.rel, link.href) for link in read.entries[0].links] == [("alternate", "https://example.org/a")]


def test_an_atom_feed_has_what_its_format_demands() -> None:
    """RFC 4287: one id, title and date each, whole addresses, one alternate link, an author, declared markup."""
    feed = etree.fromstring(outlet_atom(outlet(*stories())))

    for part in (feed, *feed.iterfind("{*}entry")):
        for name in ("id", "title", "updated"):
            assert len(part.findall(f"{{*}}{name}")) == 1
        assert datetime.fromisoformat(part.findtext("{*}updated") or "").tzinfo
        links = [(link.get("rel"), link.get("href") or "") for link in part.iterfind("{*}link")]
        assert [rel for rel, _ in links].count("alternate") == 1
        assert all(address.startswith("https://") for _, address in links)
        assert all(author.findtext("{*}name") for author in part.iterfind("{*}author"))
        assert {content.get("type") for content in part.iterfind("{*}content")} <= {"html"}
    assert feed.find("{*}author") is not None


def test_a_json_feed_has_what_its_format_demands() -> None:
    """JSON Feed 1.1: version, title and items; of each an id and a text, whole addresses, dates with a zone."""
    feed = json.loads(json_feed(outlet(*stories())))

    assert {"version", "title", "items"} <= feed.keys()
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item["content_html"]
        assert all(item[name].startswith("https://") for name in ("url", "external_url"))
        assert all(datetime.fromisoformat(item[name]).tzinfo for name in ("date_published", "date_modified"))
        assert all(author["name"] for author in item.get("authors", ()))
