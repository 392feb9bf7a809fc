"""What the pages share, and how one is asked for and answered.

A page is a plain function: it takes the surface and what was asked, and returns what to show. `Surface.view` makes an
endpoint of it, whose answers are kept for some seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digestbot.domain import Card, Feed, Filters
from digestbot.health.answers import Check
from digestbot.roadmap import Roadmap
from digestbot.roadmap.history import Event
from digestbot.status import Status
from digestbot.web.door import client_of
from digestbot.web.keeping import Keep, Kept
from digestbot.web.limits import Clients
from digestbot.web.ports import Archive, Figures
from digestbot.web.rendering import Page, headers, rendered
from digestbot.web.tongues import lang_of

MAX_QUERY_CHARS = 500
SEARCHES_PER_MINUTE = 30
"""Of one client; each costs about a tenth of a second of a processor."""
_MINUTE = timedelta(minutes=1)
_FRESH_S = 30
"""How long a reader's own browser, or a proxy, may show a page without asking again."""


@dataclass(frozen=True)
class Ask:
    """What somebody asks for: a page by its path, in a language.

    `root` is what addresses of pages begin with, the language in it where it stands in the path; `base` is the same
    without a language. `query` holds the first value of each parameter that the page knows; `sign_up` says whether
    anybody may subscribe.
    """

    lang: str
    path: str = "/"
    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    root: str = ""
    base: str = ""
    sign_up: bool = False

    def at(self, *parts: str) -> str:
        """Return the address of a page of ours in the same language."""
        return "/".join((self.root, *(quote(part, safe="") for part in parts)))


@dataclass(frozen=True)
class Body:
    """An answer that is no page, such as a feed."""

    content: str
    media_type: str


class Missing(Exception):
    """There is no such page."""


class Moved(Exception):
    """The page has another address, `to`, below the root."""

    def __init__(self, *to: str) -> None:
        super().__init__(*to)
        self.to = to


class Searching(Protocol):
    """Finds stories, the best first: their ids, or what is told of them."""

    def __call__(self, query: str, filters: Filters, langs: Sequence[str], limit: int) -> tuple[Card, ...]: ...
    def ids(self, query: str, filters: Filters, limit: int) -> Sequence[str]: ...


@dataclass(frozen=True)
class Surface:
    """Everything that pages are made from."""

    archive: Archive
    figures: Figures
    roadmaps: Callable[[], tuple[Roadmap, ...]]
    """The roadmaps that stories are filed into, the main one first."""
    search: Searching
    feeds: Callable[[], tuple[Feed, ...]]
    space: str
    """Of the vectors that say how alike two stories are."""
    checks: Callable[[Sequence[str]], Mapping[str, Check]]
    """How addresses of roadmaps were found, those that were looked at."""
    events: Callable[[str, datetime], Sequence[tuple[datetime, Event]]]
    """What happened to a roadmap since an instant."""
    status: Callable[[], Status]
    costs: Callable[[datetime], Sequence[Mapping[str, Any]]]
    """What calls of models took since an instant, by step, prompt and model."""
    public_url: str
    wall: Callable[[], datetime]
    sign_up: bool = False
    closed: bool = False
    """Whether only those may read who have signed in: nobody else may keep what they are sent."""
    keep: Keep = field(default_factory=Keep)
    clients: Clients = field(default_factory=lambda: Clients(SEARCHES_PER_MINUTE, _MINUTE))
    """Who has searched how often."""

    @property
    def base(self) -> str:
        """The path under which readers reach the pages; a proxy that has one takes it off."""
        return urlsplit(self.public_url).path.rstrip("/")

    def roadmap(self, name: str) -> Roadmap:
        """Return a roadmap by its name, the main one by ""; raises Missing."""
        found = next((one for one in self.roadmaps() if not name or one.name == name), None)
        if found is None:
            raise Missing
        return found

    def ask(self, request: Request, query: Sequence[str] = ()) -> Ask:
        """Return what a request asks for."""
        lang, prefix = lang_of(request)
        given = {name: request.query_params.get(name, "")[:MAX_QUERY_CHARS] for name in query}
        return Ask(
            lang,
            request.url.path,
            {name: str(value) for name, value in request.path_params.items()},
            {name: value for name, value in given.items() if value.strip()},
            self.base + prefix,
            self.base,
            self.sign_up,
        )

    def check_searches(self, request: Request, key: Hashable) -> None:
        """Raise HTTPException for who searches too often; what is kept costs nothing and is not counted."""
        if not self.keep.has(key) and not self.clients.may(client_of(request), self.wall()):
            raise HTTPException(429, headers={"Retry-After": str(_MINUTE.seconds)})

    def view(self, view: View, *query: str) -> Callable[[Request], object]:
        """Return an endpoint that answers with what a view makes; `query` names the parameters that it reads."""

        async def endpoint(request: Request) -> Response:
            ask = self.ask(request, query)
            key = (view, ask.lang, ask.root, ask.path, *ask.query.items())
            if "q" in ask.query:
                self.check_searches(request, key)
            try:
                kept = await self.keep.get(key, lambda: made(self, view, ask))
            except Missing as error:
                raise HTTPException(404) from error
            except Moved as moved:
                return RedirectResponse(ask.at(*moved.to), 308)
            return answer(kept, request, ask.lang, private=self.closed)

        return endpoint


View = Callable[[Surface, Ask], Page | Body]


def made(surface: Surface, view: View, ask: Ask) -> Kept:
    """Return what a view comes to; raises Missing and Moved as it does."""
    found = view(surface, ask)
    if isinstance(found, Body):
        return Kept(found.content.encode(), found.media_type)
    return Kept(rendered(found, ask).encode(), "text/html; charset=utf-8", found.status, for_s=found.for_s)


def answer(kept: Kept, request: Request, lang: str, *, private: bool = False) -> Response:
    """Return a kept page as what was asked for: whole or packed, or only that nothing has changed."""
    whose = "private" if private else "public"
    named = headers(private=False) | {
        "Content-Type": kept.media_type,
        "Content-Language": lang,
        "ETag": kept.etag,
        "Cache-Control": f"{whose}, max-age={_FRESH_S}, stale-while-revalidate={_FRESH_S}",
        "Vary": "Accept-Encoding, Accept-Language",
    }
    if _is_known(kept.etag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=named)
    if kept.packed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(kept.packed, kept.status, named | {"Content-Encoding": "gzip"})
    return Response(kept.body, kept.status, named)


def _is_known(etag: str, told: str) -> bool:
    """Tell whether a reader has what an ETag names; compared weakly (RFC 9110, section 13.1.2)."""
    known = {one.strip().removeprefix("W/") for one in told[:1000].split(",")}
    return "*" in known or etag.removeprefix("W/") in known
