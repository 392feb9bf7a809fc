"""The sample week on loopback: web servers that answer as arXiv, six blogs and two YouTube channels would.

Each origin has a port of its own, so that rules of politeness per host see as many hosts as on the internet. The
servers know nothing of the program under demonstration, and nothing outside this package is opened.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import yaml

from digestbot.sample.documents import Document, arxiv_answer, arxiv_listing, blog_feed, channel_feed
from digestbot.sample.query import parse_query
from digestbot.sample.week import Paper, Week, load_week

NOW = "2026-04-12T18:00:00+00:00"
"""The demo's clock: the evening of the sample week's last day."""

# The second arXiv feed is answered by an origin that lags behind, as mirrors and caches do. It still shows the first
# version of the paper that was revised on the 11th, so one run meets both versions.
_AGENTS_AS_OF = "2026-04-11T00:00:00+00:00"
_AGENTS_QUERY = "all:agent AND (cat:cs.CL OR cat:cs.AI)"
_CATEGORIES = ("cs.CL", "cs.AI", "cs.CV", "cs.CE", "cs.GT", "cs.IT")
_MAX_RESULTS = 2000  # arXiv's own limit for one page

Parameters = Mapping[str, str]
Route = Callable[[Parameters], Document]


@dataclass(frozen=True)
class Sample:
    """What a running sample world offers: the text of a feeds.yaml that names its origins."""

    feeds_yaml: str


@contextmanager
def serve() -> Iterator[Sample]:
    """Serve the sample week on loopback, each origin on a free port, until the context is left."""
    week = load_week()
    with ExitStack() as stack:
        feeds = [*_serve_arxiv(stack, week.papers), *_serve_blogs(stack, week), *_serve_channels(stack, week)]
        yield Sample(yaml.safe_dump({"feeds": feeds}, allow_unicode=True, sort_keys=False))


def _serve_arxiv(stack: ExitStack, papers: Sequence[Paper]) -> Iterator[dict[str, object]]:
    now, lagging = datetime.fromisoformat(NOW), datetime.fromisoformat(_AGENTS_AS_OF)
    # The clock stands at a Sunday, when listings are empty.
    listings = {f"/rss/{category}": _constant(arxiv_listing(category, now)) for category in _CATEGORIES}
    site = stack.enter_context(_origin({"/api/query": _arxiv_route(papers, now), **listings}))
    yield {
        "id": "arxiv",
        "kind": "arxiv",
        "categories": list(_CATEGORIES),
        "base_url": f"{site}/api/query",
        "lang": "en",
    }
    site = stack.enter_context(_origin({"/api/query": _arxiv_route(papers, lagging)}))
    yield {
        "id": "arxiv-agents",
        "kind": "arxiv",
        "query": _AGENTS_QUERY,
        "base_url": f"{site}/api/query",
        "lang": "en",
    }


def _serve_blogs(stack: ExitStack, week: Week) -> Iterator[dict[str, object]]:
    for blog in week.blogs:
        path = f"/feeds/{blog.id}"
        site = stack.enter_context(_origin({path: _constant(blog_feed(blog))}))
        yield {"id": blog.id, "kind": "feed", "url": site + path, "lang": blog.lang}


def _serve_channels(stack: ExitStack, week: Week) -> Iterator[dict[str, object]]:
    for channel in week.channels:
        path = f"/videos/{channel.channel}"
        site = stack.enter_context(_origin({path: _constant(channel_feed(channel))}))
        yield {"id": channel.id, "kind": "youtube", "url": site + path, "lang": channel.lang}


def _constant(document: Document) -> Route:
    return lambda _parameters: document


def _arxiv_route(papers: Sequence[Paper], as_of: datetime) -> Route:
    """Return the API's endpoint as it answers at a given moment; raises ValueError on a request it cannot read."""

    def answer(parameters: Parameters) -> Document:
        found = [paper for paper in papers if paper.published <= as_of]
        if parameters.get("id_list"):
            wanted = {name.strip().partition("v")[0] for name in parameters["id_list"].split(",")}
            found = [paper for paper in found if paper.id in wanted]
        if parameters.get("search_query"):
            accepts = parse_query(parameters["search_query"])
            found = [paper for paper in found if accepts(paper)]
        start, size = int(parameters.get("start", 0)), int(parameters.get("max_results", 10))
        if start < 0 or not 0 <= size <= _MAX_RESULTS:
            raise ValueError("start or max_results out of range")
        return arxiv_answer(_ordered(found, parameters, as_of)[start : start + size], len(found), start, as_of)

    return answer


def _ordered(papers: Sequence[Paper], parameters: Parameters, as_of: datetime) -> list[Paper]:
    def updated(paper: Paper) -> datetime:
        revision = paper.revision
        return revision.updated if revision and revision.updated <= as_of else paper.published

    descending = parameters.get("sortOrder") != "ascending"
    if parameters.get("sortBy") == "lastUpdatedDate":
        return sorted(papers, key=updated, reverse=descending)
    if parameters.get("sortBy") == "submittedDate":
        return sorted(papers, key=lambda paper: paper.published, reverse=descending)
    return list(papers)


@contextmanager
def _origin(routes: Mapping[str, Route]) -> Iterator[str]:
    """Run a web server for the given paths and yield its address, without a slash at the end."""
    with _Origin(routes) as server:
        # A short poll lets ten servers stop within a fraction of a second; the default is half a second each.
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class _Origin(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, routes: Mapping[str, Route]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.routes = routes


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes; without this the second one waits for an acknowledgement, about 40 ms.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        assert isinstance(self.server, _Origin)
        url = urlsplit(self.path)
        route = self.server.routes.get(url.path)
        if url.path == "/robots.txt":
            return self._send(HTTPStatus.OK, Document("text/plain", b"User-agent: *\nDisallow:\n"))
        if route is None:
            return self._send(HTTPStatus.NOT_FOUND, Document("text/plain", b"not found\n"))
        try:
            document = route(dict(parse_qsl(url.query)))
        except ValueError as error:
            return self._send(HTTPStatus.BAD_REQUEST, Document("text/plain", f"{error}\n".encode()))
        if self._is_known(document):
            return self._send(HTTPStatus.NOT_MODIFIED, document)
        return self._send(HTTPStatus.OK, document)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: stderr belongs to the program."""

    def _is_known(self, document: Document) -> bool:
        """Tell whether the client's copy is current; If-None-Match wins over the date (RFC 9110, 13.2.2)."""
        if document.modified is None:
            return False
        seen = self.headers.get("If-None-Match")
        if seen is not None:
            return _etag(document) in [tag.strip().removeprefix("W/") for tag in seen.split(",")]
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        return since.replace(tzinfo=since.tzinfo or UTC) >= document.modified

    def _send(self, status: HTTPStatus, document: Document) -> None:
        self.send_response(status)
        if document.modified is not None:
            self.send_header("ETag", _etag(document))
            self.send_header("Last-Modified", format_datetime(document.modified.astimezone(UTC), usegmt=True))
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", document.content_type)
            self.send_header("Content-Length", str(len(document.body)))
        self.end_headers()
        if self.command == "GET" and status is not HTTPStatus.NOT_MODIFIED:
            self.wfile.write(document.body)


def _etag(document: Document) -> str:
    return f'"{hashlib.sha256(document.body).hexdigest()[:20]}"'
