"""What people mean by an address, and which feeds a page offers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from digestbot.adapters.discovery import FeedFinder, Found
from digestbot.errors import SourceError
from digestbot.ports import Response
from digestbot.wire.discovery import offers_in, usual_places
from digestbot.wire.isolation import Threads
from digestbot.wire.recognition import recognized, repository_of

PAGE = "https://example.org/blog/post"
GITHUB, VIDEOS = "https://github.com/o/n", "https://www.youtube.com/feeds/videos.xml"
CHANNEL = "UCXUPKJO5MZQN11PqgIvyuvQ"
KNOWN = {
    "cs.CL": ["arxiv cs.CL"],
    "arxiv:quant-ph": ["arxiv quant-ph"],
    "math.*": ["arxiv math.*"],
    "https://arxiv.org/list/cs.CL/recent": ["arxiv cs.CL"],
    "https://rss.arxiv.org/rss/cs.CL+stat.ML": ["arxiv cs.CL stat.ML"],
    "https://export.arxiv.org/api/query?search_query=cat:cs.CL+OR+cat:cs.LG": ["arxiv cs.CL cs.LG"],
    "http://export.arxiv.org/api/query?search_query=all:x&start=0": ["arxiv all:x"],
    "o/n": [f"{GITHUB}/releases.atom", f"{GITHUB}/commits.atom"],
    "https://github.com/o/n.git": [f"{GITHUB}/releases.atom", f"{GITHUB}/commits.atom"],
    "https://github.com/o/n/tags": [f"{GITHUB}/tags.atom"],
    "https://github.com/o/n/commits/main": [f"{GITHUB}/commits/main.atom"],
    "https://github.com/o/n/releases.atom": [f"{GITHUB}/releases.atom"],
    f"https://www.youtube.com/channel/{CHANNEL}/videos": [f"{VIDEOS}?channel_id={CHANNEL}"],
    "https://youtube.com/playlist?list=PLoROMvodv4rMF": [f"{VIDEOS}?playlist_id=PLoROMvodv4rMF"],
    f"{VIDEOS}?channel_id={CHANNEL}": [f"{VIDEOS}?channel_id={CHANNEL}"],
    "https://github.com/topics/llm": [],
    "https://arxiv.org/abs/2604.01234": [],
    "https://www.youtube.com/@name": [],
    "https://example.org/feed": [],
    "example.org": [],
    "http://[": [],
    "": [],
}


@pytest.mark.parametrize(("text", "expected"), KNOWN.items(), ids=KNOWN)
def test_some_feeds_are_known_by_the_form_of_what_is_said(text: str, expected: list[str]) -> None:
    """Categories, listings, repositories and channels name their feed, best first; all else must be looked at."""
    found = recognized(text)

    asked = [
        " ".join(("arxiv", *one.categories, one.query)).strip() if one.kind == "arxiv" else one.url for one in found
    ]
    assert asked == expected
    assert all((feed.kind == "youtube") == feed.url.startswith(VIDEOS) for feed in found)


@pytest.mark.parametrize(
    ("url", "repository"),
    [(f"{GITHUB}/commits/a/b.atom", "o/n"), (f"{GITHUB}/issues.atom", ""), ("https://x.org/o/n/tags.atom", "")],
)
def test_a_repositorys_feed_names_it(url: str, repository: str) -> None:
    """Releases, tags and commits on GitHub are a repository's."""
    assert repository_of(url) == repository


OFFERED = {
    "<link rel=alternate type='application/rss+xml' href=feed title='A &lt;b&gt;x&lt;/b&gt;'>": ["https://example.org/blog/feed"],
    "<base href='/top/'><link rel='ALTERNATE' type='application/atom+xml; charset=utf-8' href='a'>": ["https://example.org/top/a"],
    "<link rel=alternate type='application/feed+json' href='//j.org/f.json'>": ["https://j.org/f.json"],
    "<link rel=alternate type='application/json' href='/wp-json/wp/v2/posts/1'>": [],
    "<link rel=alternate hreflang=de href='/de'><link rel=stylesheet type='text/xml' href='/s'>": [],
    "<link rel=alternate type='application/rss+xml' href='/comments/feed/'>"
    "<link rel=alternate type='application/rss+xml' href='/feed/'>": [
        "https://example.org/feed/",
        "https://example.org/comments/feed/",
    ],
    "<body><a href='/index.xml'>RSS</a> <a href='/about'>x</a>": ["https://example.org/index.xml"],
    "<link rel=alternate type='application/rss+xml' href='javascript:alert(1)'><!-- <link rel=alternate> -->": [],
    "": [],
    "<" * 1000: [],
}  # fmt: skip


@pytest.mark.parametrize(("markup", "expected"), OFFERED.items(), ids=range(len(OFFERED)))
def test_feeds_that_a_page_offers(markup: str, expected: list[str]) -> None:
    """The head's feeds come first, those of comments last, likely links after; other alternates are none."""
    assert [offer.url for offer in offers_in(markup.encode(), PAGE)] == expected


def test_usual_places_lie_beside_the_page_and_at_the_top() -> None:
    """A page at the top has five of them, one in a folder ten."""
    assert len(usual_places("https://example.org/x")) == 5
    assert usual_places(PAGE)[:1] + usual_places(PAGE)[5:6] == (
        "https://example.org/blog/feed",
        "https://example.org/feed",
    )


@dataclass
class FakeSite:
    """Answers with documents by address, 404 for the rest, and keeps what was asked."""

    pages: Mapping[str, str]
    reasons: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        self.asked.append(url)
        if url not in self.pages:
            raise SourceError(f"{url} answered 404", reason=self.reasons.get(url, "http-404"))
        return Response(200, url, {}, self.pages[url].encode())

    async def aclose(self) -> None:
        return None


EMPTY = "<feed xmlns='http://www.w3.org/2005/Atom'><title>E</title></feed>"
FULL = EMPTY.replace("</feed>", "<entry><title>v1</title><link href='https://example.org/1'/></entry></feed>")


def find(site: FakeSite, text: str) -> list[Found]:
    async def all_of() -> list[Found]:
        return [found async for found in FeedFinder(site, Threads()).find(text)]

    return asyncio.run(all_of())


def test_commits_stand_in_where_nothing_was_released() -> None:
    """A repository's releases come first, unless there are none."""
    pages = {f"{GITHUB}/releases.atom": EMPTY, f"{GITHUB}/commits.atom": FULL}

    assert [found.feed.url for found in find(FakeSite(pages), "o/n")] == [
        f"{GITHUB}/commits.atom",
        f"{GITHUB}/releases.atom",
    ]


def test_a_link_that_leads_to_no_feed_is_passed_over() -> None:
    """Of what a page names only what can be read as a feed is found; a channel's feed is known for one."""
    head = "".join(
        f"<link rel=alternate type=application/rss+xml href='{url}'>" for url in ("/gone", f"{VIDEOS}?channel_id=x")
    )
    site = FakeSite({"https://example.org": f"<html>{head}", f"{VIDEOS}?channel_id=x": FULL})

    (found,) = find(site, "example.org")

    assert (found.feed.kind, found.how) == ("youtube", "named on the page")


def test_one_bad_link_hides_no_good_feed() -> None:
    """A link that is refused is passed over while another one leads to a feed, and told where none does."""
    head = "".join(f"<link rel=alternate type=application/rss+xml href='{url}'>" for url in ("/bad", "/feed"))
    refused = {"https://example.org/bad": "refused-address"}
    page = {"https://example.org": f"<html>{head}"}

    (found,) = find(FakeSite(page | {"https://example.org/feed": FULL}, refused), "example.org")

    assert found.feed.url == "https://example.org/feed"
    with pytest.raises(SourceError, match="named on the page"):
        find(FakeSite(page, refused), "example.org")


def test_a_channel_is_found_by_its_name() -> None:
    """A handle leads to the channel's page, and that to its feed."""
    feed = f"{VIDEOS}?channel_id={CHANNEL}"
    site = FakeSite({"https://www.youtube.com/@name": f'<html><script>"externalId":"{CHANNEL}"', feed: FULL})

    (found,) = find(site, " @name ")

    assert (found.feed.kind, found.feed.url) == ("youtube", feed)


def test_usual_places_are_only_a_last_resort() -> None:
    """They are asked one by one, up to the first feed."""
    site = FakeSite({"https://example.org/": "<html>", "https://example.org/atom.xml": FULL})

    (found,) = find(site, "https://example.org/")

    assert found.feed.url == "https://example.org/atom.xml"
    assert site.asked[1:] == [f"https://example.org/{name}" for name in ("feed", "rss.xml", "atom.xml")]


def test_an_address_that_cannot_be_read_says_so() -> None:
    """What fails at the address itself is told, not taken for a page without a feed."""
    with pytest.raises(SourceError, match="404"):
        find(FakeSite({}), "https://example.org/")
