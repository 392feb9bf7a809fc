"""Reads papers from arXiv: its search API with the `arxiv` package over our own guarded HTTP, and its daily listings.

The package's requests session gets a transport that hands every request to `ports.Http`, so that one guard and one
pace hold for it too. The API lists a paper by its submission, days before it is announced, and has no ETag: each visit
asks again for a span of days, and the ledger tells what is new.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit, urlunsplit

from digestbot.adapters.arxiv_api.client import Pages, passes, pause_s
from digestbot.announcements import LAG, Listing
from digestbot.domain import Feed, FeedId, FeedState, Fetched, Item, ItemId, Window
from digestbot.errors import SourceError
from digestbot.keys import arxiv_version
from digestbot.ports import Http, Response
from digestbot.wire.arxiv_pages import ApiPage, listing_of
from digestbot.wire.arxiv_papers import Paper
from digestbot.wire.arxiv_papers import item_of as paper_item
from digestbot.wire.sessions import Bridge

if TYPE_CHECKING:
    import arxiv

NUMBERS_AT_ONCE = 200
"""How many papers are asked for by number in one request: their list stands in its address."""
OVERLAP = timedelta(days=10)
"""How far before its window a search reaches: moderators may hold a paper for days before it is announced."""
API_HOST = "export.arxiv.org"
LISTINGS = "https://rss.arxiv.org/rss/"
_PAGE_MAX_BYTES = 32 << 20
_API_PATH = "/api/query"

Result = TypeVar("Result")


class ArxivSource:
    """Fulfils `ports.FeedSource` for feeds of kind `arxiv`, and `pipeline.reconcile.Announcer`."""

    def __init__(self, http: Http, delay_s: float = 3.0, retries: int = 3) -> None:
        """Start requests to arXiv `delay_s` apart (it asks for 3 s), try a page again up to `retries` times."""
        self._http = http
        self._delay_s = delay_s
        self._retries = retries
        self._next_at = 0.0
        # arXiv asks for one connection; and a waiting search holds a thread that name look-ups need.
        self._one = asyncio.Lock()

    async def fetch(self, feed: Feed, state: FeedState, window: Window) -> Fetched:
        """See `ports.FeedSource.fetch`; a page that keeps failing leaves its part of the window `missing`."""
        return await self._search(feed, lambda pages: _span(pages, feed, search_begin(window), window.now))

    async def submitted(self, feed: Feed, since: datetime, until: datetime) -> Fetched:
        """Return what was submitted in a span, both ends in it; told like `fetch`, and nothing from before or after."""
        return await self._search(feed, lambda pages: _span(pages, feed, since, until))

    async def by_number(self, feed: Feed, wanted: Sequence[ItemId], matching: bool) -> Fetched:
        """Return those of the wanted papers that the API knows; of these only what fits the feed's query if `matching`.

        What could not be asked for is told in `missing`. Raises SourceError where nothing could.
        """
        return await self._search(feed, lambda pages: _numbers(pages, feed, wanted, feed.query if matching else ""))

    async def listing(self, feed: Feed, category: str, now: datetime) -> Listing:
        """Return what a category's listing announces now; raises SourceError, `no-listing` where there is none."""
        url = listing_url(feed.url, category)
        async with self._one:
            for attempt in range(self._retries + 1):
                try:
                    answer = await self._ask(url, "application/rss+xml, application/xml;q=0.9")
                    return await asyncio.to_thread(listing_of, answer.body, now.date())
                except SourceError as error:
                    if attempt == self._retries or not passes(error):
                        raise
                    await asyncio.sleep(pause_s(error, self._delay_s, attempt))
        raise AssertionError("the last try returns or raises")

    async def _search(self, feed: Feed, search: Callable[[Pages], Result]) -> Result:
        """Run a search in a thread, where the package may block."""
        async with self._one:
            bridge = Bridge(lambda request: self._ask(request.url or ""), asyncio.get_running_loop())
            pages = Pages(bridge, feed.url, self._delay_s, self._retries)
            try:
                return await asyncio.to_thread(search, pages)
            except asyncio.CancelledError:
                bridge.stop()
                raise

    async def _ask(self, url: str, accept: str = "application/atom+xml") -> Response:
        """Ask when it is time to; a mirror's listings are no search, and have its host's own pace."""
        loop = asyncio.get_running_loop()
        if "atom" in accept or (urlsplit(url).hostname or "").endswith("arxiv.org"):
            await asyncio.sleep(max(self._next_at - loop.time(), 0))
            self._next_at = loop.time() + self._delay_s
        return await self._http.get(url, accept=accept, max_bytes=_PAGE_MAX_BYTES)


def search_begin(window: Window) -> datetime:
    """Return where a search begins: ten days before its window, never much before where the feed began."""
    # What was not asked for at the feed's beginning would look new now.
    return max(window.since - OVERLAP, window.begins - LAG)


def query_of(feed: Feed, since: datetime, until: datetime) -> str:
    """Return the search: any of the categories, and the feed's own query, submitted in a span of time."""
    categories = " OR ".join(f"cat:{category}" for category in feed.categories)
    parts = [f"({part})" for part in (categories, feed.query) if part]
    return " AND ".join([*parts, f"submittedDate:[{since:%Y%m%d%H%M} TO {until:%Y%m%d%H%M}]"])


def listing_url(api_url: str, category: str) -> str:
    """Return the address of a category's listing: arXiv's own, or a mirror's beside its API (`/rss/` for `/api/query`).

    Raises SourceError (`no-listing`) for an API whose address does not end in `/api/query`.
    """
    parts, name = urlsplit(api_url), category.removesuffix(".*")
    if parts.hostname == API_HOST:
        return LISTINGS + name
    if not parts.path.endswith(_API_PATH):
        raise SourceError(f"no listing is known beside {api_url!r}", reason="no-listing")
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.removesuffix(_API_PATH)}/rss/{name}", "", ""))


@dataclass
class _Found:
    """What a search gave so far: each paper once, in its highest version."""

    feed: FeedId
    papers: dict[ItemId, Item] = field(default_factory=dict)
    left_out: dict[str, None] = field(default_factory=dict)

    def add(self, results: Sequence[arxiv.Result], page: ApiPage) -> None:
        self.left_out |= dict.fromkeys(page.left_out)
        for result in results:
            item = item_of(result, self.feed)
            if item.id not in self.papers or self.papers[item.id].version < item.version:
                self.papers[item.id] = item

    def fetched(self, missing: str = "") -> Fetched:
        return Fetched(tuple(self.papers.values()), left_out=tuple(self.left_out), missing=missing)


def _span(pages: Pages, feed: Feed, since: datetime, until: datetime) -> Fetched:
    """Search a span to its end, oldest first: each page begins in the minute where the one before it ended.

    Never by offset: what comes or goes between two pages would shift the rest, and the API is known to answer later
    offsets with empty pages (lukasschwab/arxiv.py, issue 175).
    """
    import arxiv

    found = _Found(feed.id)
    order = {"sort_by": arxiv.SortCriterion.SubmittedDate, "sort_order": arxiv.SortOrder.Ascending}
    while True:
        search = arxiv.Search(query_of(feed, since, until), max_results=None, **order)
        try:
            results, page = pages.ask(search, empties=0 if found.papers else 2)
            found.add(results, page)
            if len(results) + len(page.left_out) >= page.total:
                return found.fetched()
            since = _next_minute(results, since)
        except SourceError as error:
            if not found.papers:
                message = f"feed {feed.id!r}: a page of the search failed: {error}"
                raise SourceError(message, reason=error.reason, retry_after_s=error.retry_after_s) from error
            return found.fetched(f"{error.reason}: what was submitted from {since:%Y-%m-%d %H:%M} on: {error}")


def _next_minute(results: Sequence[arxiv.Result], since: datetime) -> datetime:
    last: datetime = max((result.published for result in results), default=since)
    if last.replace(second=0, microsecond=0) <= since.replace(second=0, microsecond=0):
        raise SourceError(f"a page of the search does not get past {since:%Y-%m-%d %H:%M}", reason="not-a-feed")
    return last


def _numbers(pages: Pages, feed: Feed, wanted: Sequence[ItemId], query: str) -> Fetched:
    """Ask for papers by number, some hundreds at a time; a batch that fails does not cost the others."""
    import arxiv

    found, failure = _Found(feed.id), None
    numbers = [item.removeprefix("arxiv:") for item in wanted]
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        batch = numbers[start : start + NUMBERS_AT_ONCE]
        try:
            found.add(*pages.ask(arxiv.Search(query, batch, max_results=None), empties=1))
        except SourceError as error:
            failure = error
    if failure and not found.papers:
        raise failure
    return found.fetched(f"{failure.reason}: {failure}" if failure else "")


def item_of(result: arxiv.Result, feed: FeedId) -> Item:
    """Return the paper as an item."""
    paper = Paper(
        address=result.entry_id,
        title=result.title,
        abstract=result.summary,
        authors=tuple(author.name for author in result.authors),
        published_at=result.published,
        updated_at=result.updated,
        version=arxiv_version(result.entry_id) or 1,
        categories=(result.primary_category, *result.categories),
        comment=result.comment or "",
        journal=result.journal_ref or "",
        doi=result.doi or "",
    )
    return paper_item(paper, feed)
