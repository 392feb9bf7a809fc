"""YouTube's feeds: found by name, Shorts told, and nothing taken for news before it is out."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from fakes import NOW

from digestbot.adapters.youtube import YoutubeSource
from digestbot.domain import Feed, FeedId, FeedState, Fetched, Window
from digestbot.errors import SourceError
from digestbot.ports import Response, Video
from digestbot.wire.videos import FEED_URL, video_of

CHANNEL = "UCXUPKJO5MZQN11PqgIvyuvQ"
FEED = f"{FEED_URL}?channel_id={CHANNEL}"
WINDOW = Window(NOW, NOW, True, NOW)


def entry(video: str, title: str, views: int = 7, path: str = "watch?v=") -> str:
    """Return an entry as YouTube writes it."""
    return f"""<entry><id>yt:video:{video}</id><yt:videoId>{video}</yt:videoId><title>{title}</title>
    <link rel="alternate" href="https://www.youtube.com/{path}{video}"/><published>2026-04-11T09:00:00+00:00</published>
    <media:group><media:description>What {title} says.</media:description><media:community>
    <media:statistics views="{views}"/></media:community></media:group></entry>"""


def document(*entries: str) -> str:
    """Return a channel's feed."""
    return f"""<?xml version="1.0" encoding="UTF-8"?><feed xmlns:yt="http://www.youtube.com/xml/schemas/2015"
    xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom"><title>A channel</title>
    {"".join(entries)}</feed>"""


def watch(title: str = "A talk", *, stream: Any = None, **details: Any) -> str:
    """Return a video's page."""
    about = {"publishDate": "2026-04-11T09:00:00-07:00", **({"liveBroadcastDetails": stream} if stream else {})}
    said = {"videoDetails": {"title": title, "shortDescription": "We talk.", "author": "Ada", **details}}
    player = json.dumps({**said, "microformat": {"playerMicroformatRenderer": about}})
    return f"<html><script>var ytInitialPlayerResponse = {player};var other = 1;</script></html>"


@dataclass
class FakeYoutube:
    """Serves pages by address; what is missing answers 404."""

    pages: dict[str, str]
    asked: list[str] = field(default_factory=list)

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        self.asked.append(url)
        if url not in self.pages:
            raise SourceError("gone", reason="http-404")
        return Response(200, url, {"content-type": "text/xml", "etag": '"1"'}, self.pages[url].encode())

    async def aclose(self) -> None:
        return None


def fetch(site: FakeYoutube, url: str = FEED) -> Fetched:
    return asyncio.run(YoutubeSource(site).fetch(Feed(FeedId("talks"), "youtube", url), FeedState(), WINDOW))


@pytest.mark.parametrize(
    ("url", "pages"),
    [
        ("@AndrejKarpathy", {"https://www.youtube.com/@AndrejKarpathy": f'{{"externalId":"{CHANNEL}"}}'}),
        ("https://www.youtube.com/@AndrejKarpathy/videos", None),
        ("https://www.youtube.com/c/karpathy", None),
        ("https://www.youtube.com/watch?v=kCc8FmEb1nY", None),
        (CHANNEL, {}),
        (f"https://www.youtube.com/channel/{CHANNEL}", {}),
    ],
)
def test_a_channel_is_found_by_any_of_its_names(url: str, pages: dict[str, str] | None) -> None:
    """A handle, an id and any page of a channel lead to its feed, which is remembered as where the feed moved."""
    page = {url: f'<link href="https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}">'}
    site = FakeYoutube({FEED: document(entry("aaaaaaaaaaa", "A talk")), **(page if pages is None else pages)})

    found = fetch(site, url)

    assert [item.id for item in found.items] == ["youtube:aaaaaaaaaaa"]
    assert found.origin.moved_to == FEED
    assert fetch(FakeYoutube(site.pages)).origin.moved_to == ""


def test_a_playlist_is_found_by_its_id() -> None:
    """A playlist's id stands for its feed."""
    playlist = "PLAqhIrjkxbuWI23v9cThsA9GvCAUhRvKZ"

    found = fetch(FakeYoutube({f"{FEED_URL}?playlist_id={playlist}": document(entry("aaaaaaaaaaa", "A"))}), playlist)

    assert len(found.items) == 1


def test_a_page_without_a_channel_is_no_feed() -> None:
    """Where a page names no channel, the feed fails and says what is wanted."""
    with pytest.raises(SourceError, match="names no channel") as raised:
        fetch(FakeYoutube({"https://www.youtube.com/@nobody": "<html>"}), "@nobody")

    assert raised.value.reason == "not-a-feed"


def test_shorts_are_told_by_their_address() -> None:
    """A Short is the same kind of item under the same kind of id, and marked."""
    site = FakeYoutube({FEED: document(entry("aaaaaaaaaaa", "Long"), entry("bbbbbbbbbbb", "Short", path="shorts/"))})

    found = fetch(site).items

    assert [(item.id, item.categories) for item in found] == [
        ("youtube:aaaaaaaaaaa", ()),
        ("youtube:bbbbbbbbbbb", ("short",)),
    ]


@pytest.mark.parametrize(
    ("page", "expected", "left_out"),
    [
        (watch(isUpcoming=True, isLiveContent=True), [], "'Soon' is not out yet"),
        (watch(isLive=True, stream={"isLiveNow": True}), [("live stream",)], ""),
        (watch(), [()], ""),
        ("consent", [], "'Soon' has no views yet, and its page does not tell whether it is out (not-readable)"),
        (None, [], "'Soon' has no views yet, and its page does not tell whether it is out (http-404)"),
    ],
)
def test_what_nobody_has_seen_is_looked_at(page: str | None, expected: list[tuple[str, ...]], left_out: str) -> None:
    """A video without views is news once its page says that it is out; until then the feed is asked anew."""
    pages = {"https://www.youtube.com/watch?v=ccccccccccc": page} if page else {}
    site = FakeYoutube({FEED: document(entry("ccccccccccc", "Soon", views=0)), **pages})

    found = fetch(site)

    assert [item.categories for item in found.items] == expected
    assert found.left_out == ((left_out,) if left_out else ())
    assert found.origin.etag == ("" if left_out else '"1"')


def test_a_page_tells_of_its_video() -> None:
    """Title, description, author and day come from the player's own record."""
    assert video_of(watch("A &amp; B", stream={"startTimestamp": "x"})) == Video(
        "A & B", "We talk.", "Ada", datetime(2026, 4, 11, 16, tzinfo=UTC), "out", ("live stream",)
    )


@pytest.mark.parametrize("page", ["", "ytInitialPlayerResponse = {", "ytInitialPlayerResponse = {}", "{" * 9_999])
def test_a_page_that_tells_nothing_is_refused(page: str) -> None:
    """A consent wall, a broken record or none: nothing is made of it."""
    with pytest.raises(SourceError) as raised:
        video_of(page)

    assert raised.value.reason == "not-readable"
