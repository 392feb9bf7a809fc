"""Reads a YouTube channel's or playlist's feed of videos, and videos' pages, without an account or key."""

from __future__ import annotations

from dataclasses import replace

from digestbot.domain import Feed, FeedState, Fetched, Item, Window
from digestbot.errors import SourceError
from digestbot.ports import Http, Response, Video
from digestbot.wire.entries import items_of
from digestbot.wire.freshness import origin_of
from digestbot.wire.isolation import Runner, Threads
from digestbot.wire.parsing import PARSE_S, parse
from digestbot.wire.videos import SHORT, address_of, channel_feed, feed_address, is_short, unseen, video_of

_ACCEPT = "application/atom+xml, application/xml;q=0.9, text/xml;q=0.9"
_PAGE_MAX_BYTES = 6 << 20
_LOOKED_AT = 5
"""How many pages of videos that nobody has seen one reading opens: a channel has one or two of them."""


class YoutubeSource:
    """Fulfils `ports.FeedSource` for feeds of kind `youtube`, and `ports.VideoReader`.

    A feed's address may be a channel's handle, id or page, or a playlist's; its feed is looked up once, and told as
    where the feed moved. Streams and premieres that are not out yet are left out, until they are.
    """

    def __init__(self, http: Http, runner: Runner | None = None) -> None:
        """Parse with `runner`, in threads if none is given."""
        self._http = http
        self._runner = runner or Threads()

    async def fetch(self, feed: Feed, state: FeedState, window: Window) -> Fetched:
        """See `ports.FeedSource.fetch`."""
        url = await self._resolved(address_of(feed.url))
        answer = await self._http.get(url, etag=state.etag, last_modified=state.last_modified, accept=_ACCEPT)
        origin = origin_of(answer)
        origin = replace(origin, moved_to=origin.moved_to or (url if url != feed.url else ""))
        if answer.status == 304:
            return Fetched((), origin, unchanged=True)
        items, waiting = await self._out(feed, answer)
        if waiting:
            # Asked anew next time, whatever its validators say: that a stream has begun need not change the feed.
            origin = replace(origin, etag="", last_modified="")
        return Fetched(items, origin, left_out=waiting)

    async def look(self, video: str) -> Video:
        """See `ports.VideoReader.look`."""
        url = f"https://www.youtube.com/watch?v={video}"
        answer = await self._http.get(url, accept="text/html", max_bytes=_PAGE_MAX_BYTES)
        return await self._runner.run(PARSE_S, video_of, answer.body.decode("utf-8", "replace"))

    async def _resolved(self, url: str) -> str:
        """Return the address of the feed itself; raises SourceError where a page names no channel."""
        known = feed_address(url)
        if known or "youtube.com" not in url:
            return known or url
        page = await self._http.get(url, accept="text/html", max_bytes=_PAGE_MAX_BYTES)
        found = channel_feed(page.body)
        if not found:
            raise SourceError(f"{url!r} names no channel: give its address, handle or id", reason="not-a-feed")
        return found

    async def _out(self, feed: Feed, answer: Response) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        """Return the videos that are out, and the names of those that are not, each with the reason."""
        content_type = answer.headers.get("content-type", "")
        parsed = await self._runner.run(PARSE_S, parse, answer.body, content_type, answer.url)
        if not parsed.format.startswith("atom"):
            raise SourceError(f"feed {feed.id!r} is not a list of videos", reason="not-a-feed")
        items, waiting, looked = [], [], 0
        doubtful = unseen(answer.body)
        for item in items_of(parsed.items, feed, "video"):
            marks: tuple[str, ...] = (SHORT,) if is_short(item.url) else ()
            if item.id.removeprefix("youtube:") in doubtful:
                looked += 1
                marks, why = await self._stands(item, looked)
                if why:
                    waiting.append(f"{item.title!r} {why}")
                    continue
            items.append(replace(item, categories=tuple(dict.fromkeys((*item.categories, *marks)))))
        return tuple(items), tuple(waiting)

    async def _stands(self, item: Item, looked: int) -> tuple[tuple[str, ...], str]:
        """Return the marks of a video that nobody has seen, and why it has to wait, "" if it is out."""
        if looked > _LOOKED_AT:
            return (), "has no views yet: it is looked at again"
        try:
            video = await self.look(item.id.removeprefix("youtube:"))
        except SourceError as error:
            return (), f"has no views yet, and its page does not tell whether it is out ({error.reason})"
        return video.marks, "is not out yet" if video.state == "upcoming" else ""
