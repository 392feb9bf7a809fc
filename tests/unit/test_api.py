"""The JSON API: each answer is what its OpenAPI document says, lists go on by key, and only tokens vote."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import jsonschema
import pytest
from fakes import NOW, article, digest, item, summary, verdict
from openapi_spec_validator import validate
from reviewing import CHANGED, OPEN, Shelf, desk
from starlette.applications import Starlette
from surfaces import bare_surface

from digestbot.adapters.ledger import Ledger
from digestbot.domain import FeedId, FeedState, Filters, Group, Sighting, StoryId
from digestbot.domain.passes import Pass, PassRole
from digestbot.web.api.openapi import document
from digestbot.web.api.reading import Sources
from digestbot.web.api.serving import MAX_BODY_BYTES, api_routes
from digestbot.web.decisions import Docket
from digestbot.web.door import TRIES_PER_HOUR, Door
from digestbot.web.limits import Clients
from digestbot.web.passes import hash_of, new_token
from digestbot.web.tokens import Tokens

URL = "https://digest.example.org"
DOCUMENT = document(URL)


@dataclass
class Site:
    """The API over a ledger with some stories, a digest and a proposal."""

    ledger: Ledger
    closed: bool = False
    shelf: Shelf = field(default_factory=Shelf)
    told: list[str] = field(default_factory=list)
    clients: Clients = field(default_factory=lambda: Clients(2, timedelta(minutes=1)))

    def __post_init__(self) -> None:
        self.door = Door(self.ledger.passes, Tokens("a secret of this test"), URL, lambda: NOW)

    def app(self) -> Starlette:
        """Return the application."""
        surface = bare_surface(
            archive=self.ledger.archive,
            roadmaps=lambda: (self.shelf.roadmap,),
            search=self.search,
            public_url=URL,
            wall=lambda: NOW,
            closed=self.closed,
            clients=self.clients,
        )
        docket = Docket(lambda: desk(self.ledger, self.shelf), self.ledger.reviews.latest, self.ledger.filings.suspects)
        sources = Sources(surface, docket, self.ledger.history.seen)
        return Starlette(routes=api_routes(sources, self.door, self.told.append))

    def search(self, query: str, filters: Filters, langs: object, limit: int) -> Any:
        """Find every story with a word in its title, but for what a section leaves out."""
        found = self.ledger.archive.cards("map", ("en",), section=(*filters.sections, "")[0]).cards
        return tuple(one for one in found if query in one.title)[:limit]

    def call(self, path: str, sent: Any = None, token: str = "", **headers: str) -> httpx.Response:
        """Ask for something, or send JSON."""

        async def ask() -> httpx.Response:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            if token:
                named["authorization"] = f"Bearer {token}"
            transport = httpx.ASGITransport(self.app(), client=("192.0.2.1", 1))
            async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
                if sent is None:
                    return await client.get(path, headers=named)
                content = sent if isinstance(sent, bytes) else json.dumps(sent)
                return await client.post(path, content=content, headers={"content-type": "application/json"} | named)

        return asyncio.run(ask())

    def token(self, role: PassRole = "reviewer", name: str = "ada") -> str:
        """Return the token of a new pass."""
        token = new_token()
        self.ledger.passes.add(Pass(f"id-{name}", name, role, hash_of(token), NOW))
        return token

    def state(self) -> str:
        """Return what became of the proposal."""
        [found] = self.ledger.reviews.proposal(OPEN.id)
        return found.state


def file_story(ledger: Ledger, name: str, hours: int = 0) -> None:
    """Let a story be read, filed and summarized."""
    one, id, now = item(name), StoryId(f"s-{name}"), NOW + timedelta(hours=hours)
    ledger.intake.record(FeedId("blog"), [Sighting(one, "")], FeedState(last_success_at=now), now)
    ledger.stories.record([], [Group(id, one.id, (one.id,))], now)
    filed = verdict(id, section="I", chapter="")
    ledger.filings.record_verdicts([(filed, "filed", "")], now)
    ledger.filings.record_articles([article(id)], now)
    ledger.filings.record_summaries([summary(id)], now)


@pytest.fixture
def site(ledger: Ledger) -> Site:
    """The API with three stories, a digest and a proposal that waits."""
    for hours, name in enumerate(("cache", "linear", "bread")):
        file_story(ledger, name, hours)
    ledger.publications.record_digests([(digest(), [StoryId("s-cache")], {})])
    ledger.publications.record_proposals([OPEN])
    return Site(ledger)


def operations() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each path with what is said of reading it."""
    yield from ((path, found["get"]) for path, found in DOCUMENT["paths"].items() if "get" in found)


def matches(shape: str, value: Any) -> None:
    """Check that a value is as a shape of the document says, with nothing beside."""
    schema = {"$ref": f"#/components/schemas/{shape}", "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(value)


@pytest.mark.slow
def test_the_document_is_valid(site: Site) -> None:
    """What is served as OpenAPI is a valid document of that standard, and says where it is reached."""
    served = site.call("/api/openapi.json")

    validate(served.json())
    assert served.json() == DOCUMENT
    assert DOCUMENT["servers"] == [{"url": f"{URL}/api"}]


@pytest.mark.parametrize(("path", "said"), list(operations()))
def test_answers_are_as_they_are_described(site: Site, path: str, said: Mapping[str, Any]) -> None:
    """Each operation answers with the shape that the document gives it."""
    known = {"/stories/{id}": "s-cache", "/digests/{id}": digest().id, "/proposals/{id}": OPEN.id}
    name = site.shelf.roadmap.name
    asked = path.replace("{id}", known.get(path, "")).replace("{name}", name)

    answer = site.call(f"/api{asked}", None) if "search" not in path else site.call("/api/search?q=linear")

    shape = said["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    matches(shape, answer.json())


@pytest.mark.parametrize("kind", ["stories", "items"])
def test_lists_go_on_by_key(site: Site, kind: str) -> None:
    """Following `next` meets each thing once, newest first, also when something new comes in meanwhile."""
    seen, path = [], f"/api/{kind}?limit=1"
    while path:
        found = site.call(path).json()
        seen += [one["id"] for one in found[kind]]
        path = found["next"] and found["next"].removeprefix(URL)
        if len(seen) == 1:
            file_story(site.ledger, "late", 9)

    named = [f"s-{name}" if kind == "stories" else item(name).id for name in ("bread", "linear", "cache")]
    assert seen == named


def test_what_is_asked_narrows(site: Site) -> None:
    """Sections, outcomes, states and words leave the rest out."""
    assert len(site.call("/api/stories?section=I").json()["stories"]) == 3
    assert site.call("/api/stories?section=II").json()["stories"] == []
    assert site.call("/api/items?outcome=failed").json()["items"] == []
    assert site.call("/api/proposals?state=applied").json()["proposals"] == []
    assert [one["id"] for one in site.call("/api/search?q=linear").json()["stories"]] == ["s-linear"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/nothing", 404),
        ("/api/stories/nothing", 404),
        ("/api/stories/..%2f..%2fetc%2fpasswd", 404),
        ("/api/proposals/p", 404),
        ("/api/digests/20260412", 404),
        ("/api/roadmaps/other", 404),
        ("/api/stories?roadmap=other", 404),
        ("/api/stories?before=nonsense", 404),
        ("/api/items?before=x~y", 404),
        ("/api/stories?limit=0", 422),
        ("/api/stories?limit=100000", 422),
        ("/api/stories?offset=10", 422),
        ("/api/stories?since=yesterday", 422),
        ("/api/stories?since=0", 422),
        ("/api/search", 422),
        (f"/api/search?q={'x' * 600}", 422),
        ("/api/stories?limit=1&limit=2", 400),
        ("/api/items?outcome=%27%20OR%201=1", 422),
    ],
)
def test_mistakes_are_told_as_problems(site: Site, path: str, status: int) -> None:
    """Whatever cannot be answered is a problem detail with its status, and none of the server's insides."""
    answer = site.call(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    matches("Problem", answer.json())
    assert answer.json()["status"] == status


def test_a_wrong_method_is_a_problem_too(site: Site) -> None:
    """Writing to what is only read is refused in the same form."""
    answer = site.call("/api/stories", {})

    assert answer.status_code == 405
    assert answer.json()["title"] == "Method Not Allowed"


def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    """The same answer has the same ETag, and asking with it brings no body; any page's script may read it."""
    first = site.call("/api/stories")

    again = site.call("/api/stories", if_none_match=first.headers["etag"])

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in first.headers


def test_a_token_votes(site: Site) -> None:
    """A reviewer's token accepts a proposal as a click does; the answer tells what became of it."""
    answer = site.call(f"/api/proposals/{OPEN.id}/votes", {"act": "accept", "seen": 1}, site.token())

    matches("Voted", answer.json())
    assert (answer.status_code, answer.json()["proposal"]["state"]) == (200, "applied")
    assert answer.json()["reference"] == "commit1"
    assert site.shelf.roadmap.text == CHANGED
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"act": "accept", "seen": 9}, 409),
        ({"act": "edit"}, 409),
        ({"act": "reject", "place": "nowhere"}, 409),
        ({"act": "approve"}, 422),
        ({"act": "accept", "by": "eve"}, 422),
        ({"act": "reject", "reason": "x" * 2_000}, 422),
        (b"{", 422),
        (b"[" * 50_000, 422),
        (b"x" * (MAX_BODY_BYTES + 1), 413),
    ],
)
def test_a_vote_that_cannot_be_given(site: Site, sent: Any, status: int) -> None:
    """What is no vote, or one that does not fit, changes nothing and says why."""
    answer = site.call(f"/api/proposals/{OPEN.id}/votes", sent, site.token())

    assert answer.status_code == status
    matches("Problem", answer.json())
    assert site.state() == "open"


def test_nobody_votes_without_leave(site: Site) -> None:
    """Without a token, with a wrong one, a reader's or another content type nothing is decided."""
    path, vote = f"/api/proposals/{OPEN.id}/votes", {"act": "accept"}

    codes = [
        site.call(path, vote).status_code,
        site.call(path, vote, new_token()).status_code,
        site.call(path, vote, site.token("reader")).status_code,
        site.call(path, vote, site.token(name="bob"), content_type="text/plain").status_code,
        site.call("/api/proposals/none/votes", vote, site.token(name="eve")).status_code,
    ]

    assert codes == [401, 401, 403, 415, 404]
    assert site.state() == "open"


def test_guessing_tokens_ends(site: Site) -> None:
    """After ten wrong tokens a client is not answered for an hour, and is told when to come back."""
    codes = [site.call("/api/stories", token=new_token()).status_code for _ in range(TRIES_PER_HOUR)]

    last = site.call("/api/stories", token=site.token())

    assert codes == [401] * TRIES_PER_HOUR
    assert (last.status_code, last.headers["retry-after"]) == (429, "3600")


def test_searches_are_counted(site: Site) -> None:
    """A program searches no more often than a browser may, and is told when to come back."""
    codes = [site.call(f"/api/search?q={word}").status_code for word in ("cache", "linear")]

    last = site.call("/api/search?q=bread")

    assert codes == [200, 200]
    assert (last.status_code, last.headers["retry-after"]) == (429, "60")


def test_no_shared_cache_keeps_a_closed_archive(site: Site) -> None:
    """Where the archive is closed an answer is for whoever asked alone."""
    site.closed = True

    answer = site.call("/api/stories", token=site.token("reader"))

    assert answer.headers["cache-control"].startswith("private")


def test_who_voted_is_nobodys_business(site: Site) -> None:
    """A proposal's history names nobody to those who read it without a token."""
    site.call(f"/api/proposals/{OPEN.id}/votes", {"act": "reject", "reason": "thin"}, site.token())

    found = site.call(f"/api/proposals/{OPEN.id}")

    assert [(act["by"], act["kind"], act["reason"]) for act in found.json()["acts"]] == [("", "reject", "thin")]
    assert "ada" not in found.text


@pytest.mark.parametrize(("path", "status"), [("/api", 200), ("/api/", 200), ("/api/stories/", 404)])
def test_no_redirect_goes_where_a_request_says(site: Site, path: str, status: int) -> None:
    """A slash too many or too few is answered or not found, never sent to the host that a request claims."""
    answer = site.call(path, host="evil.example")

    assert (answer.status_code, answer.headers.get("location")) == (status, None)


def test_next_addresses_are_ours(site: Site) -> None:
    """A list goes on at the address that the settings name, whatever host a request claims."""
    found = site.call("/api/stories?limit=1", host="evil.example").json()

    assert urlsplit(found["next"])[:2] == ("https", "digest.example.org")
