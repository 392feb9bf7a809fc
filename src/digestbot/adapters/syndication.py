"""Reads RSS, Atom and JSON Feed; the commits and releases of a repository among them."""

from __future__ import annotations

from digestbot.domain import Feed, FeedState, Fetched, Item, Medium, Window
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
        items = await self._runner.run(PARSE_S, read_items, answer.body, content_type, answer.url, feed)
        return Fetched(items, origin_of(answer))


def read_items(body: bytes, content_type: str, url: str, feed: Feed) -> tuple[Item, ...]:
    """Return the items in a feed's document; all of it is done where it can be stopped. Raises SourceError."""
    return items_of(parse(body, content_type, url).items, feed, medium_of(feed.url))


def medium_of(url: str) -> Medium:
    """Return `repository` for the commits, releases or tags of a GitHub repository, else `post`."""
    return "repository" if repository_of(url) else "post"
