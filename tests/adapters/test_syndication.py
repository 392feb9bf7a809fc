"""Feeds over HTTP: what is asked, what comes back, and what is remembered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from digestbot.adapters.syndication import SyndicationSource, medium_of
from digestbot.adapters.worker import Worker
from digestbot.adapters.youtube import YoutubeSource
from digestbot.domain import Feed, FeedId, FeedState, Fetched, Origin, Window
from digestbot.errors import SourceError
from digestbot.ports import Response

NOW = datetime(2026, 4, 10, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=1), NOW, first=False, begins=NOW - timedelta(days=60))
NEW = FeedState()
RSS = b"""<rss version="2.0"><channel><title>t</title>
<item><title>One</title><link>https://example.org/1</link><pubDate>Mon, 06 Apr 2026 10:00:00 GMT</pubDate></item>
<item><title>Two</title><link>https://example.org/2</link></item>
<item><title>One, again</title><link>https://example.org/1?utm_source=rss</link></item></channel></rss>"""
VIDEOS = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:yt="http://www.youtube.com/xml/schemas/2015"
 xmlns:media="http://search.yahoo.com/mrss/"><title>Talks</title><entry><id>yt:video:abcdefghijk</id>
<yt:videoId>abcdefghijk</yt:videoId><title>A talk</title><author><name>Ann</name></author>
<link rel="alternate" href="https://www.youtube.com/watch?v=abcdefghijk"/><published>2026-04-06T10:00:00+00:00</published>
<media:group><media:title>A talk</media:title>
<media:description>On the paper https://arxiv.org/abs/2604.01234 and more.</media:description>
</media:group></entry></feed>"""


@dataclass
class FakeHttp:
    """Answers every GET with one response and keeps what was asked."""

    response: Response
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        self.asked.append((url, etag, last_modified))
        return self.response

    async def aclose(self) -> None:
        return None


def feed(kind: str = "feed", url: str = "https://example.org/feed") -> Feed:
    return Feed(FeedId("f"), "youtube" if kind == "youtube" else "feed", url)


def fetch(http: FakeHttp, state: FeedState = NEW) -> Fetched:
    return asyncio.run(SyndicationSource(http).fetch(feed(), state, WINDOW))


def test_entries_become_items_and_the_validators_are_kept() -> None:
    """Each entry comes once, in the feed's order, with the ETag and the date to send next time."""
    http = FakeHttp(Response(200, "https://example.org/feed", {"etag": '"1"', "last-modified": "then"}, RSS))

    found = fetch(http, FeedState(error_streak=3, reason="timeout"))

    assert [item.id for item in found.items] == ["url:https://example.org/1", "url:https://example.org/2"]
    assert found.items[0].published_at == datetime(2026, 4, 6, 10, tzinfo=UTC)
    assert found.origin == Origin('"1"', "then")


def test_an_unchanged_feed_is_told() -> None:
    """The validators are sent back, and a 304 gives no items."""
    http = FakeHttp(Response(304, "https://example.org/feed", {}, b""))

    found = fetch(http, FeedState('"1"', "then"))

    assert found == Fetched((), unchanged=True)
    assert http.asked == [("https://example.org/feed", '"1"', "then")]


@pytest.mark.parametrize(
    ("url", "medium"),
    [
        ("https://github.com/o/n/commits.atom", "repository"),
        ("https://github.com/o/n/commits/main.atom", "repository"),
        ("https://github.com/o/n/releases.atom", "repository"),
        ("https://github.com/o.atom", "post"),
        ("https://example.org/o/n/releases.atom", "post"),
    ],
)
def test_a_repository_is_known_by_its_feed(url: str, medium: str) -> None:
    """Commits and releases on GitHub are of a repository, everything else is a post."""
    assert medium_of(url) == medium


def test_videos_are_named_by_their_id_and_carry_their_description() -> None:
    """A channel's entry is a video with its description as text and the links in it."""
    http = FakeHttp(Response(200, "https://www.youtube.com/feeds/videos.xml", {}, VIDEOS))

    (item,) = asyncio.run(YoutubeSource(http).fetch(feed("youtube"), FeedState(), WINDOW)).items

    assert (item.id, item.medium, item.authors) == ("youtube:abcdefghijk", "video", ("Ann",))
    assert item.text.startswith("On the paper")
    assert item.links == ("https://arxiv.org/abs/2604.01234",)


def test_a_channel_that_is_no_list_of_videos_is_refused() -> None:
    """A feed of another format in YouTube's place is not read as videos."""
    http = FakeHttp(Response(200, "https://www.youtube.com/feeds/videos.xml", {}, RSS))

    with pytest.raises(SourceError, match="not a list of videos"):
        asyncio.run(YoutubeSource(http).fetch(feed("youtube"), FeedState(), WINDOW))


@pytest.mark.slow
def test_parsing_can_be_stopped() -> None:
    """A feed made to hold the parser for hours fails with `timeout`, and the next one is read all the same."""
    trap = RSS.replace(b"<title>One</title>", b"<author>" + b"a." * 200_000 + b"</author>")

    async def both() -> tuple[str, int]:
        worker = Worker()
        try:
            with pytest.raises(SourceError) as raised:
                await worker.run(1.0, _parse, trap)
            source = SyndicationSource(FakeHttp(Response(200, "https://example.org/feed", {}, RSS)), worker)
            return raised.value.reason, len((await source.fetch(feed(), FeedState(), WINDOW)).items)
        finally:
            await worker.aclose()

    assert asyncio.run(both()) == ("timeout", 2)


def _parse(body: bytes) -> int:
    from digestbot.wire.parsing import parse

    return len(parse(body).items)


@pytest.mark.parametrize(
    ("url", "title", "expected"),
    [
        ("https://github.com/o/Tool/releases.atom", "v1.2", "Tool v1.2"),
        ("https://github.com/o/Tool/releases.atom", "tool 1.2: faster", "tool 1.2: faster"),
        ("https://github.com/o/Tool/commits/main.atom", "Fix a typo", "Tool: Fix a typo"),
        ("https://example.org/feed", "v1.2", "v1.2"),
    ],
)
def test_a_release_bears_the_name_of_its_repository(url: str, title: str, expected: str) -> None:
    """A version alone says nothing among items of other feeds."""
    body = RSS.replace(b"<title>One</title>", f"<title>{title}</title>".encode())
    http = FakeHttp(Response(200, url, {}, body))

    items = asyncio.run(SyndicationSource(http).fetch(feed(url=url), NEW, WINDOW)).items

    assert items[0].title == expected
