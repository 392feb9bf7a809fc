"""The `arxiv` package as a reader of single pages: over our own guarded HTTP, checked before it parses them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from digestbot.errors import SourceError
from digestbot.ports import Response
from digestbot.wire.arxiv_pages import ApiPage, api_page
from digestbot.wire.sessions import Bridge, session_over

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
        self._page = ApiPage(b"", 0, 0)

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
                if results or self._page.left_out or seen == empties:
                    return results, self._page
                failure = SourceError("a page of the search is empty", reason="not-a-feed")
            if attempt < self._retries:
                time.sleep(pause_s(failure, self._delay_s, attempt))
        raise failure

    def _first_page(self, search: arxiv.Search, size: int) -> list[arxiv.Result]:
        import arxiv

        client = arxiv.Client(page_size=size, delay_seconds=0, num_retries=0)
        client.query_url_format = self._format
        client._session = session_over(self._send)
        results: Iterator[arxiv.Result] = client.results(search)
        first = next(results, None)
        # Not one more than the page holds: for that the package would ask for the next one, by offset.
        return [] if first is None else [first, *islice(results, self._page.entries - 1)]

    def _send(self, request: requests.PreparedRequest) -> Response:
        """Ask, and keep the page, of which the package hands on only the papers."""
        answer = self._bridge.send(request)
        self._page = api_page(answer.body)
        return replace(answer, body=self._page.body)
