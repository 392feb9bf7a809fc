"""Reads a YouTube channel's or playlist's feed of videos, without an account or key."""

from __future__ import annotations

from digestbot.domain import Feed, FeedState, Fetched, Window
from digestbot.errors import SourceError
from digestbot.ports import Http
from digestbot.wire.entries import items_of
from digestbot.wire.freshness import origin_of
from digestbot.wire.isolation import Runner, Threads
from digestbot.wire.parsing import PARSE_S, parse


class YoutubeSource:
    """Fulfils `ports.FeedSource` for feeds of kind `youtube`: the latest videos, their descriptions as text."""

    def __init__(self, http: Http, runner: Runner | None = None) -> None:
        """Parse with `runner`, in threads if none is given."""
        self._http = http
        self._runner = runner or Threads()

    async def fetch(self, feed: Feed, state: FeedState, window: Window) -> Fetched:
        """See `ports.FeedSource.fetch`."""
        accept = "application/atom+xml, application/xml;q=0.9, text/xml;q=0.9"
        answer = await self._http.get(feed.url, etag=state.etag, last_modified=state.last_modified, accept=accept)
        if answer.status == 304:
            return Fetched((), origin_of(answer), unchanged=True)
        content_type = answer.headers.get("content-type", "")
        parsed = await self._runner.run(PARSE_S, parse, answer.body, content_type, answer.url)
        if not parsed.format.startswith("atom"):
            raise SourceError(f"feed {feed.id!r} is not a list of videos", reason="not-a-feed")
        return Fetched(items_of(parsed.items, feed, "video"), origin_of(answer))
