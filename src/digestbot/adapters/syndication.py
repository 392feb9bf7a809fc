"""Reads RSS, Atom and JSON Feed; the commits and releases of a repository among them."""

from __future__ import annotations

from digestbot.domain import Feed, FeedState, Fetched, Medium, Window
from digestbot.ports import Http
from digestbot.wire.entries import items_of
from digestbot.wire.freshness import origin_of
from digestbot.wire.isolation import Runner, Threads
from digestbot.wire.parsing import PARSE_S, parse
from digestbot.wire.recognition import repository_of

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


class SyndicationSource:
    """Fulfils `ports.FeedSource` for feeds of kind `feed`: gives all entries that the feed lists."""

    def __init__(self, http: Http, runner: Runner | None = None) -> None:
        """Parse with `runner`, in threads if none is given."""
        self._http = http
        self._runner = runner or Threads()

    async def fetch(self, feed: Feed, state: FeedState, window: Window) -> Fetched:
        """See `ports.FeedSource.fetch`."""
        answer = await self._http.get(feed.url, etag=state.etag, last_modified=state.last_modified, accept=ACCEPT)
        if answer.status == 304:
            return Fetched((), origin_of(answer), unchanged=True)
        content_type = answer.headers.get("content-type", "")
        parsed = await self._runner.run(PARSE_S, parse, answer.body, content_type, answer.url)
        return Fetched(items_of(parsed.items, feed, medium_of(feed.url)), origin_of(answer))


def medium_of(url: str) -> Medium:
    """Return `repository` for the commits, releases or tags of a GitHub repository, else `post`."""
    return "repository" if repository_of(url) else "post"
