"""Our own feeds over HTTP: other programs read them, and they name pages that are there."""

from __future__ import annotations

import feedparser
import httpx
import pytest
from world import World

pytestmark = pytest.mark.slow


def test_feeds_are_read_back_and_lead_to_pages(site: World) -> None:
    """feedparser reads each without a complaint; entries have ids of their own, dates, and a page that is there."""
    with httpx.Client(base_url=site.url) as client:
        for path in ("", "/roadmaps/genai", site.section, site.chapter):
            atom, as_json = client.get(f"{path}/feed.atom"), client.get(f"{path}/feed.json").json()
            read = feedparser.parse(atom.content)

            assert not read.bozo
            assert atom.headers["content-type"].startswith("application/atom+xml")
            assert len({entry.id for entry in read.entries}) == len(read.entries) == len(as_json["items"]) > 0
            assert all(entry.published_parsed and entry.updated_parsed and entry.title for entry in read.entries)
            assert [entry.link for entry in read.entries] == [item["url"] for item in as_json["items"]]
            assert client.get(read.entries[0].link).status_code == 200
            assert client.get(read.feed.link).status_code == 200


def test_pages_offer_their_feeds(site: World) -> None:
    """The page of everything, a section and a search name their feed in the head, where readers look for it."""
    with httpx.Client(base_url=site.url) as client:
        for path in ("/", site.section, site.chapter, "/search?q=cache"):
            body = client.get(path).text
            offered = [
                part.split('href="')[1].split('"')[0] for part in body.split("<link ") if "atom+xml" in part[:200]
            ]

            assert offered
            assert (
                client.get(offered[0].replace("&amp;", "&")).headers["content-type"].startswith("application/atom+xml")
            )


def test_a_search_is_a_feed(site: World) -> None:
    """What a search finds comes as a feed whose newest is first; a search for nothing has none."""
    read = feedparser.parse(httpx.get(f"{site.url}/search/feed.atom", params={"q": "cache"}).content)

    assert [entry.published for entry in read.entries] == sorted((e.published for e in read.entries), reverse=True)
    assert read.entries
    assert httpx.get(f"{site.url}/search/feed.atom").status_code == 404


def test_the_sources_are_a_list_for_other_readers(site: World) -> None:
    """The list of what is read is OPML."""
    answer = httpx.get(f"{site.url}/feeds.opml")

    assert answer.status_code == 200
    assert b"<opml" in answer.content
