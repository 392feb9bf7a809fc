"""The `arxiv` package as a reader of single pages: over our own guarded HTTP, checked before it parses them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from digestbot.errors import SourceError
from digestbot.wire.arxiv_pages import ApiPage, api_page

if TYPE_CHECKING:
    import arxiv
    import requests

PAGE_SIZE = 2_000
"""The most that the API gives at once (arXiv API user's manual)."""
LEAST_PAGE = 250
_LONGEST_WAIT_S = 30.0
_PASSING = re.compile(r"timeout|truncated|connection|dns|not-a-feed|http-(?:429|5\d\d)")


def passes(error: SourceError) -> bool:
    """Tell whether what failed may work at the next try, and soon."""
    return _PASSING.fullmatch(error.reason) is not None and (error.retry_after_s or 0) <= _LONGEST_WAIT_S


def pause_s(error: SourceError, delay_s: float, attempt: int) -> float:
    """Return how long to wait before the next try: as long as the API says, and longer each time."""
    return float(max(error.retry_after_s or 0, min(delay_s * 2**attempt, _LONGEST_WAIT_S)))


class Pages:
    """Asks for single pages of searches from a thread; one that fails in passing again, later and smaller."""

    def __init__(self, bridge: Bridge, api_url: str, delay_s: float, retries: int) -> None:
        self._bridge = bridge
        self._format = api_url.replace("{", "{{").replace("}", "}}") + "?{}"
        self._delay_s = delay_s
        self._retries = retries

    def ask(self, search: arxiv.Search, empties: int = 0) -> tuple[list[arxiv.Result], ApiPage]:
        """Return the first page of a search; raises SourceError when it keeps failing.

        It takes so many empty answers to believe them, for the API sometimes gives one falsely; with 0 the page cannot
        be empty.
        """
        size, seen = PAGE_SIZE, 0
        for attempt in range(self._retries + 1):
            try:
                results = self._first_page(search, size)
            except SourceError as error:
                if not passes(error):
                    raise
                failure, size = error, max(size // 2, LEAST_PAGE)
            else:
                seen += 1
                if results or self._bridge.page.left_out or seen == empties:
                    return results, self._bridge.page
                failure = SourceError("a page of the search is empty", reason="not-a-feed")
            if attempt < self._retries:
                time.sleep(pause_s(failure, self._delay_s, attempt))
        raise failure

    def _first_page(self, search: arxiv.Search, size: int) -> list[arxiv.Result]:
        import arxiv

        client = arxiv.Client(page_size=size, delay_seconds=0, num_retries=0)
        client.query_url_format = self._format
        client._session = _session(self._bridge)
        results: Iterator[arxiv.Result] = client.results(search)
        first = next(results, None)
        # Not one more than the page holds: for that the package would ask for the next one, by offset.
        return [] if first is None else [first, *islice(results, self._bridge.page.entries - 1)]


class Bridge:
    """Asks from a thread, and keeps the last page, of which the package hands on only the papers."""

    def __init__(self, ask: Callable[[str], Any], loop: asyncio.AbstractEventLoop) -> None:
        """Ask with a coroutine function that returns a `ports.Response`, in the loop where it lives."""
        self.page = ApiPage(b"", 0, 0)
        self._ask = ask
        self._loop = loop
        self._stopped = False

    def stop(self) -> None:
        """Refuse what is asked from now on: nobody waits for it any more."""
        self._stopped = True

    def get(self, url: str) -> bytes:
        if self._stopped:
            raise SourceError("the search was cancelled", reason="cancelled")
        asked = asyncio.run_coroutine_threadsafe(self._ask(url), self._loop)
        self.page = api_page(asked.result().body)
        return self.page.body


def _session(bridge: Bridge) -> requests.Session:
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
            return _response(request, bridge.get(request.url or ""))

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
