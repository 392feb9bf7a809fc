"""Reads new papers from arXiv's search API with the `arxiv` package, over our own guarded HTTP.

The package's requests session gets a transport that hands every request to `ports.Http`, so that one guard and one
pace hold for it too. The API lists a paper by its submission, days before it is announced, and has no ETag: each visit
asks again for a span of days, and the ledger tells what is new.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit
from xml.parsers import expat

from digestbot.domain import Feed, FeedId, FeedState, Fetched, Item, ItemId, Window
from digestbot.errors import SourceError
from digestbot.keys import arxiv_version, canonical_url, strong_keys
from digestbot.ports import Http
from digestbot.wire.documents import refuse_entities
from digestbot.wire.plaintext import clean_text, clean_title
from digestbot.wire.tex import plain_tex

if TYPE_CHECKING:
    import arxiv
    import requests

PAGE_SIZE = 2_000
"""The most that the API gives at once (arXiv API user's manual)."""
PAGE_MAX_BYTES = 32 << 20
FIRST_LAG = timedelta(days=3)
"""How long before its announcement a paper may have been submitted: over a weekend with a holiday."""
OVERLAP = timedelta(days=7)
_LONGEST_WAIT_S = 30.0
_UNREADABLE_MAX = 20
_FEED = "http://www.w3.org/2005/Atom feed"
_PASSING = re.compile(r"timeout|truncated|connection|dns|not-a-feed|http-(?:429|5\d\d)")


class ArxivSource:
    """Fulfils `ports.FeedSource` for feeds of kind `arxiv`: the whole window, all pages or none."""

    def __init__(self, http: Http, delay_s: float = 3.0, retries: int = 3) -> None:
        """Wait `delay_s` between pages (arXiv asks for 3 s), try a page again up to `retries` times."""
        self._http = http
        self._delay_s = delay_s
        self._retries = retries
        # arXiv asks for one connection; and a waiting search holds a thread that name look-ups need.
        self._one = asyncio.Lock()

    async def fetch(self, feed: Feed, state: FeedState, window: Window) -> Fetched:
        """See `ports.FeedSource.fetch`; a page that keeps failing fails the feed, so that its window is asked again."""
        async with self._one:
            bridge = _Bridge(self._http, asyncio.get_running_loop())
            query = query_of(feed, window)
            try:
                items = await asyncio.to_thread(_search, bridge, feed, query, self._delay_s, self._retries)
            except asyncio.CancelledError:
                bridge.stop()
                raise
        return Fetched(items)


def query_of(feed: Feed, window: Window) -> str:
    """Return the search: any of the categories, and the feed's own query, submitted in the window or days before."""
    # Never before where the feed began: what was not asked for then would look new now.
    since = max(window.since - OVERLAP, window.begins - FIRST_LAG)
    categories = " OR ".join(f"cat:{category}" for category in feed.categories)
    parts = [f"({part})" for part in (categories, feed.query) if part]
    return " AND ".join([*parts, f"submittedDate:[{_minute(since)} TO {_minute(window.now)}]"])


def _minute(when: datetime) -> str:
    return when.strftime("%Y%m%d%H%M")


def _search(bridge: _Bridge, feed: Feed, query: str, delay_s: float, retries: int) -> tuple[Item, ...]:
    """Run one search to its end; blocks, so it runs in a thread."""
    import arxiv
    import requests

    client = arxiv.Client(page_size=PAGE_SIZE, delay_seconds=delay_s, num_retries=retries)
    client.query_url_format = feed.url.replace("{", "{{").replace("}", "}}") + "?{}"
    client._session = _session(bridge)
    search = arxiv.Search(
        query,
        max_results=None,  # the default is 100, silently
        sort_by=arxiv.SortCriterion.SubmittedDate,
        sort_order=arxiv.SortOrder.Ascending,
    )
    try:
        return items_of(_readable(client.results(search)), feed.id)
    except (arxiv.ArxivError, requests.RequestException, ValueError) as error:
        failure = bridge.failure or SourceError(f"{type(error).__name__} in a page", reason="not-a-feed")
        message = f"feed {feed.id!r}: a page of the search failed: {failure}"
        raise SourceError(message, reason=failure.reason, retry_after_s=failure.retry_after_s) from error


def _readable(results: Iterator[arxiv.Result]) -> Iterator[arxiv.Result]:
    """Yield the results to their end, where a few entries that the package cannot read may be left over."""
    import arxiv

    count = 0
    try:
        for count, result in enumerate(results, start=1):  # noqa: B007 - the count is needed after the loop
            yield result
    except arxiv.UnexpectedEmptyPageError as error:
        if error.raw_feed.header.total_results - count > _UNREADABLE_MAX:
            raise


def items_of(found: Iterable[arxiv.Result], feed: FeedId) -> tuple[Item, ...]:
    """Return the papers in order, each once in its highest version; raises SourceError if the API answers an error."""
    papers: dict[ItemId, Item] = {}
    for result in found:
        if "/api/errors" in result.entry_id:
            raise SourceError(f"feed {feed!r}: the api refuses the query: {result.summary[:200]!r}", reason="bad-query")
        item = _item(result, feed)
        if item is not None and (item.id not in papers or papers[item.id].version < item.version):
            papers[item.id] = item
    return tuple(papers.values())


def _item(result: arxiv.Result, feed: FeedId) -> Item | None:
    """Return the paper as an item; None for an entry whose id names no paper."""
    key = next((key for key in strong_keys(result.entry_id) if key.startswith("arxiv:")), "")
    if not key:
        return None
    return Item(
        id=ItemId(key),
        feed=feed,
        url=canonical_url(result.entry_id),
        title=plain_tex(clean_title(result.title)),
        text=plain_tex(clean_text(result.summary.replace("\n", " "))),
        published_at=result.published,
        updated_at=result.updated,
        authors=tuple(clean_title(author.name) for author in result.authors),
        medium="paper",
        lang="en",
        version=arxiv_version(result.entry_id) or 1,
        categories=tuple(dict.fromkeys(filter(None, (result.primary_category, *result.categories)))),
        comment=_comment(result),
        links=tuple(f"https://doi.org/{doi}" for doi in [result.doi] if doi and doi.startswith("10.")),
    )


def _comment(result: arxiv.Result) -> str:
    """Return the authors' comment, and after it the journal reference that they add when the paper is published."""
    said = plain_tex(clean_text((result.comment or "").replace("\n", " ")))[:2_000]
    journal = plain_tex(clean_text((result.journal_ref or "").replace("\n", " ")))[:500]
    return " ".join(filter(None, (said, f"Published in {journal}" if journal else "")))


class _Bridge:
    """Asks `ports.Http` from a thread, and keeps the last failure, which the package reduces to a class of its own."""

    def __init__(self, http: Http, loop: asyncio.AbstractEventLoop) -> None:
        self.failure: SourceError | None = None
        self._http = http
        self._loop = loop
        self._stopped = False

    def stop(self) -> None:
        """Refuse what is asked from now on: nobody waits for it any more."""
        self._stopped = True

    def get(self, url: str) -> bytes:
        if self._stopped:
            raise SourceError("the search was cancelled", reason="cancelled")
        accept = "application/atom+xml"
        asked = self._http.get(url, accept=accept, max_bytes=PAGE_MAX_BYTES)
        body = asyncio.run_coroutine_threadsafe(asked, self._loop).result().body
        refuse_entities(body)
        _refuse_broken(body, int(dict(parse_qsl(urlsplit(url).query)).get("start", 0)))
        return body


def _refuse_broken(body: bytes, start: int) -> None:
    """Raise SourceError unless this is a whole page of results from `start` on.

    The package mends broken XML silently, which would lose the rest of a page, and takes a first page without entries
    for the end, which the API sometimes answers although it counts results.
    """
    roots: list[str] = []
    reader = expat.ParserCreate(namespace_separator=" ")

    def note_root(name: str, _attributes: object) -> None:
        roots.append(name)
        reader.StartElementHandler = None

    reader.StartElementHandler = note_root
    try:
        reader.Parse(body, True)
    except expat.ExpatError as error:
        raise SourceError(f"a page of the search is not whole: {error}", reason="not-a-feed") from error
    if roots != [_FEED]:
        raise SourceError("a page of the search is not an atom feed", reason="not-a-feed")
    total = re.search(rb"totalResults[^>]*>\s*(\d{1,9})", body)
    if total and int(total[1]) > start and b"<entry" not in body:
        raise SourceError(f"a page of the search came without its entries, from {start} on", reason="not-a-feed")


def _session(bridge: _Bridge, wait: Callable[[float], None] = time.sleep) -> requests.Session:
    """Return a requests session whose every request goes over `bridge`."""
    import requests
    from requests.adapters import BaseAdapter

    class Transport(BaseAdapter):
        def send(
            self,
            request: requests.PreparedRequest,
            stream: bool = False,
            timeout: object = None,
            verify: object = True,
            cert: object = None,
            proxies: Mapping[str, str] | None = None,
        ) -> requests.Response:
            url = request.url or ""
            try:
                return _response(request, bridge.get(url))
            except SourceError as error:
                bridge.failure = error
                if not _PASSING.fullmatch(error.reason):
                    raise
                wait(min(error.retry_after_s or 0.0, _LONGEST_WAIT_S))
                raise requests.ConnectionError(str(error), request=request) from error

        def close(self) -> None:
            pass

    session = requests.Session()
    session.trust_env = False
    session.mount("https://", Transport())
    session.mount("http://", Transport())
    return session


def _response(request: requests.PreparedRequest, body: bytes) -> requests.Response:
    import requests

    response: Any = requests.Response()
    response.status_code = 200
    response.url = request.url
    response.request = request
    response._content = body
    made: requests.Response = response
    return made
