"""The review on pages: who sees what, what a form does, and what is refused."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fakes import NOW
from lxml import etree, html
from reviewing import ADA, CHANGED, LINE, OPEN, Shelf, desk, kinds, proposed
from starlette.applications import Starlette
from starlette.middleware import Middleware
from surfaces import bare_surface

from digestbot.adapters.ledger import Ledger
from digestbot.domain import Proposal, ProposalId
from digestbot.domain.passes import Pass, PassRole
from digestbot.roadmap import Roadmap
from digestbot.web.decisions import Docket
from digestbot.web.door import Door
from digestbot.web.pages.review import ReviewPages
from digestbot.web.pages.signing import SigningPages
from digestbot.web.passes import hash_of, new_token
from digestbot.web.tokens import Tokens
from digestbot.web.tongues import Tongues

URL = "https://digest.example.org/pages"


@dataclass
class Site:
    """Pages over a ledger and a document in memory, with the one browser that looks at them."""

    ledger: Ledger
    shelf: Shelf = field(default_factory=Shelf)
    now: datetime = NOW
    cookies: dict[str, str] = field(default_factory=dict)
    reviewers: Mapping[str, Any] = field(default_factory=dict)
    quorum: int = 1

    def __post_init__(self) -> None:
        self.door = Door(self.ledger.passes, Tokens("a secret of this test"), URL, lambda: self.now)
        self.tokens: dict[str, str] = {}

    def app(self) -> Starlette:
        """Return the application."""
        surface = bare_surface(roadmaps=self._roadmaps, public_url=URL, wall=lambda: self.now)
        docket = Docket(
            lambda: desk(self.ledger, self.shelf, quorum=self.quorum, **self.reviewers),
            self.ledger.reviews.latest,
            self.ledger.filings.suspects,
        )
        routes = [*SigningPages(surface, self.door).routes(), *ReviewPages(surface, self.door, docket).routes()]
        return Starlette(routes=routes, middleware=[Middleware(Tongues)])

    def _roadmaps(self) -> tuple[Roadmap, ...]:
        return (self.shelf.roadmap,)

    def call(self, path: str, form: Mapping[str, object] | None = None, **headers: str) -> httpx.Response:
        """Get a page, or post a form to it, with the browser's cookies."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app(), client=("192.0.2.1", 1))
            async with httpx.AsyncClient(transport=transport, base_url="https://pages", cookies=self.cookies) as client:
                sent = {name.replace("_", "-"): value for name, value in headers.items()}
                if form is None:
                    return await client.get(path, headers=sent)
                sent |= {"content-type": "application/x-www-form-urlencoded"}
                return await client.post(path, content=urlencode(form, doseq=True), headers=sent)

        return asyncio.run(ask())

    def sign_in(self, name: str = "ada", role: PassRole = "reviewer") -> httpx.Response:
        """Sign the browser in with a new pass."""
        token = self.tokens[name] = new_token()
        self.ledger.passes.add(Pass(f"id-{name}", name, role, hash_of(token), NOW))
        answer = self.call("/sign-in", {"token": token, "to": "/review"})
        found = answer.headers["set-cookie"].partition(";")[0].partition("=")
        self.cookies = {found[0]: found[2]}
        return answer

    def key(self) -> str:
        """Return what the signed-in browser's forms hold."""
        found = re.search(r'name="key" value="([^"]+)"', self.call("/review").text)
        assert found
        return found[1]

    def vote(self, id: str = OPEN.id, **form: object) -> httpx.Response:
        """Post a form of a proposal's page."""
        return self.call(f"/review/{id}", {"key": self.key(), "seen": 1, **form})

    def state(self, id: str = OPEN.id) -> str:
        """Return what became of a proposal."""
        [found] = self.ledger.reviews.proposal(id)
        return found.state


@pytest.fixture
def site(ledger: Ledger) -> Site:
    """Pages with one proposal that waits."""
    ledger.publications.record_proposals([OPEN])
    return Site(ledger)


def more(site: Site, *proposals: Proposal) -> None:
    """Let further proposals wait."""
    site.ledger.publications.record_proposals(proposals)


def test_anybody_reads_what_is_proposed(site: Site) -> None:
    """The queue and a proposal with its change and evidence can be read; only the forms want a pass."""
    queue, one = site.call("/review"), site.call(f"/review/{OPEN.id}")

    assert OPEN.title in queue.text
    assert "It shows a thing." in one.text
    assert "<button" not in one.text
    assert 'href="/pages/sign-in?to=/review/' in one.text
    assert one.headers["cache-control"] == "no-store"


def test_one_click_brings_a_change_into_the_document(site: Site) -> None:
    """A reviewer signs in, accepts, and is sent on; the change stands in the document under their name."""
    began = site.sign_in()

    answer = site.vote(act="accept")

    assert (began.status_code, began.headers["location"]) == (303, "/pages/review")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/pages/review?from={OPEN.id}")
    assert site.shelf.roadmap.text == CHANGED
    assert kinds(site.ledger.reviews.acts([OPEN.id])) == [
        ("ada", "accept", "accepted"), ("digestbot", "applied", "applied"),
    ]  # fmt: skip
    assert "It stands in the roadmap now." in site.call(f"/review?from={OPEN.id}").text


def test_a_decision_leads_to_the_next(site: Site) -> None:
    """After a vote the next proposal that waits is shown, with what became of the last."""
    more(site, proposed("p2", title="Another", url="https://blog.example/b", subject="b"))
    site.sign_in()

    answer = site.vote(act="reject", ground="weak", reason="too <b>thin</b>")

    shown = site.call(answer.headers["location"].removeprefix("/pages").partition("#")[0])
    [act] = site.ledger.reviews.acts([OPEN.id])
    assert answer.headers["location"] == f"/pages/review/p2?from={OPEN.id}#proposal"
    assert (act.ground, act.reason) == ("weak", "too <b>thin</b>")
    assert "It is rejected." in shown.text
    assert "too &lt;b&gt;thin" in site.call(f"/review/{OPEN.id}").text


def test_a_line_of_ones_own(site: Site) -> None:
    """Editing puts a reviewer's words in the place of the line that introduces the resource."""
    site.sign_in()

    site.vote(act="edit", merit="A short\r\nproof.")

    assert LINE.replace("It shows a thing.", "A short proof.") in site.shelf.roadmap.text


def test_the_change_itself_can_be_edited(site: Site) -> None:
    """The diff comes back from a browser with its line ends, and is made as it was edited."""
    site.sign_in()
    found = re.search(r"<textarea id=\"diff\"[^>]*>(.*?)</textarea>", site.call(f"/review/{OPEN.id}").text, re.DOTALL)
    assert found
    text = found[1].replace("It shows a thing.", "It proves a thing.").replace("\n", "\r\n")

    answer = site.vote(act="edit", diff=text)

    assert answer.status_code == 303
    assert "It proves a thing." in site.shelf.roadmap.text


def test_what_was_changed_since_is_not_decided(site: Site) -> None:
    """A vote on another text than the one that was seen is refused, and the page says so."""
    site.sign_in()

    answer = site.vote(act="accept", seen=2)

    assert answer.status_code == 409
    assert "was changed since you saw it" in answer.text
    assert "digestbot review" not in answer.text
    assert site.state() == "open"


def test_later_and_elsewhere(site: Site) -> None:
    """A proposal is put off for the days that were chosen; a rejection names the place where it belongs."""
    chapters = site.shelf.roadmap.chapters
    section = site.shelf.roadmap.sections[0].id
    more(site, proposed("p2", title="Another", url="https://blog.example/b", subject="b"))
    site.sign_in()

    site.vote(act="later", days=30)
    site.vote("p2", act="reject", place=f"{section}/{chapters[1].id}")

    [put_off] = site.ledger.reviews.proposal(OPEN.id)
    [act] = site.ledger.reviews.acts(["p2"])  # type: ignore[list-item]  # its id
    assert put_off.waits_until == NOW + timedelta(days=30)
    assert (act.ground, act.detail) == ("wrong-place", f"{section}/{chapters[1].id}")


def test_what_was_taken_is_taken_back(site: Site) -> None:
    """What stands in the document by a proposal goes again, and the page stays."""
    site.sign_in()
    site.vote(act="accept")

    answer = site.vote(act="revert", reason="it was withdrawn")

    assert answer.headers["location"] == f"/pages/review/{OPEN.id}#proposal"
    assert (site.state(), LINE in site.shelf.roadmap.text) == ("reverted", False)


def test_what_a_full_disk_left_undone_is_tried_again(site: Site) -> None:
    """A decision that could not be written stands, says why, and is brought into the document by a button."""
    site.sign_in()
    site.shelf.broken = "the disk is full"
    site.vote(act="accept")
    undone = site.call(f"/review?from={OPEN.id}").text

    site.shelf.broken = ""
    site.vote(act="finish")

    assert "the disk is full" in undone
    assert (site.state(), site.shelf.roadmap.text) == ("applied", CHANGED)


def test_what_hinders_is_for_reviewers(site: Site) -> None:
    """Faults can name files of this machine: whoever has not signed in is told only that there was one."""
    site.sign_in()
    site.shelf.broken = "no space for '/srv/secret/map.md'"
    site.vote(act="accept")
    mine = site.call(f"/review/{OPEN.id}").text
    site.cookies = {}

    public = [site.call(path).text for path in (f"/review/{OPEN.id}", f"/review?from={OPEN.id}", "/review?state=all")]

    assert "/srv/secret" in mine
    assert not [text for text in public if "/srv/secret" in text]


def test_several_at_once(site: Site) -> None:
    """Those that are chosen are decided alike; one that cannot be keeps none from it, and each is told."""
    more(site, proposed("p2", title="Another", url="https://blog.example/b", subject="b"))
    site.sign_in()

    picks = [f"{OPEN.id}:7", "p2:1"]
    answer = site.call("/review", {"key": site.key(), "act": "reject", "ground": "weak", "pick": picks})

    assert (site.state(), site.state("p2")) == ("open", "rejected")
    assert "was changed since you saw it" in answer.text
    assert "It is rejected." in answer.text


def test_two_must_say_so(site: Site) -> None:
    """With a quorum a vote is counted by the pass' name, and a second pass of one name is no second vote."""
    site.quorum = 2
    site.sign_in("ada")
    first = site.vote(act="accept")
    site.vote(act="accept")
    alone = site.state()

    site.sign_in("bob")
    site.vote(act="accept")

    assert first.status_code == 303
    assert (alone, site.state()) == ("open", "applied")


@pytest.mark.parametrize("role", ["reader", None])
def test_without_a_vote_nothing_is_decided(site: Site, role: PassRole | None) -> None:
    """A reader's pass shows no forms, and what is posted all the same changes nothing; nor without a pass."""
    if role:
        site.sign_in("eve", role)
    key = site.key() if role else "x"

    shown = site.call(f"/review/{OPEN.id}").text
    answer = site.call(f"/review/{OPEN.id}", {"key": key, "act": "accept"})

    assert 'name="act"' not in shown
    assert answer.status_code == (409 if role else 403)
    assert (site.state(), site.shelf.commits) == ("open", [])


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ({}, {}),
        ({"key": "0" * 32}, {}),
        ({"key": "mine"}, {"sec_fetch_site": "cross-site"}),
        ({"key": "mine"}, {"origin": "https://evil.example"}),
    ],
)
def test_a_form_of_another_site_decides_nothing(site: Site, form: dict[str, str], headers: dict[str, str]) -> None:
    """A signed-in browser that another site makes post a form is refused, and so is one with a stale key."""
    site.sign_in()
    sent = {**form, "act": "accept"} | ({"key": site.key()} if form.get("key") == "mine" else {})

    answers = [
        site.call(path, {**sent, "pick": f"{OPEN.id}:1"}, **headers) for path in ("/review", f"/review/{OPEN.id}")
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert site.state() == "open"


def test_names_are_for_reviewers(site: Site) -> None:
    """Who voted is shown to those who are signed in, and to nobody else."""
    site.quorum = 2
    site.sign_in()
    site.vote(act="accept")

    mine = site.call(f"/review/{OPEN.id}").text
    site.cookies = {}
    public = site.call(f"/review/{OPEN.id}").text

    assert "for: ada" in mine
    assert "for: 1" in public
    assert "a reviewer accepted it" in public


def test_a_proposal_can_be_copied(site: Site) -> None:
    """A proposal's Markdown has its change and names nobody."""
    site.quorum = 2
    site.sign_in()
    site.vote(act="accept")

    text = site.call(f"/markdown/review/{OPEN.id}")

    assert text.headers["content-type"].startswith("text/markdown")
    assert "It shows a thing." in text.text
    assert "ada" not in text.text


def test_nobody_is_led_away(site: Site) -> None:
    """Signing in leads to a page of ours, whatever the form or the address said."""
    token = new_token()
    site.ledger.passes.add(Pass("id", "ada", "reviewer", hash_of(token), NOW))

    answer = site.call("/sign-in", {"token": token, "to": "//evil.example/review"})
    shown = site.call("/sign-in?to=https://evil.example")

    assert answer.headers["location"] == "/pages/"
    assert re.search(r'="(https:)?//evil', shown.text) is None


def test_a_wrong_token_is_told_and_in_ones_language(site: Site) -> None:
    """A wrong token shows the form again, in the language of the path, and sets no cookie."""
    answer = site.call("/zh-Hans/sign-in", {"token": "wrong", "to": "/review"})

    assert answer.status_code == 403
    assert "此令牌无效" in answer.text
    assert "set-cookie" not in answer.headers
    assert 'action="/pages/zh-Hans/sign-in"' in answer.text


def test_signing_out(site: Site) -> None:
    """Signing out takes the cookie away, and the one that was stolen before is worth nothing."""
    site.sign_in()

    answer = site.call("/sign-out", {"key": site.key()})

    assert answer.status_code == 303
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert 'name="key"' not in site.call("/review").text


@pytest.mark.parametrize("path", ["/review/nothing", "/review/p1", "/review/..%2f..%2fetc", "/review?state=king"])
def test_what_there_is_not_is_not_found(site: Site, path: str) -> None:
    """The beginning of an id, another path and a state that is none are no pages."""
    assert site.call(path).status_code == 404


def test_too_much_is_not_read(site: Site) -> None:
    """A form beyond its limit, of too many fields or of another kind is refused."""
    site.sign_in()
    key = site.key()

    large = site.call(f"/review/{OPEN.id}", {"key": key, "act": "edit", "diff": "x" * 300_000})
    many = site.call("/review", {"key": key, "pick": [str(n) for n in range(300)]})
    longer = site.vote(act="reject", reason="x" * 1_001)

    assert [answer.status_code for answer in (large, many, longer)] == [413, 400, 409]


def test_pages_of_the_queue_go_by_key(site: Site) -> None:
    """The page behind a proposal begins with the next one, also of those that were decided."""
    later = [
        replace(proposed(f"q{n:02}", title=f"Title {n:02}", subject=str(n)), created_at=NOW + timedelta(hours=n))
        for n in range(60)
    ]
    more(site, *later)
    first = site.call("/review?state=all")

    link = re.search(r'href="/pages(/review\?state=all[^"]*before[^"]*)"', first.text)
    assert link
    second = site.call(link[1].replace("&amp;", "&"))

    assert len(re.findall(r"data-item", first.text)) == 50
    assert len(re.findall(r"data-item", second.text)) == 11
    assert "Title 09" in second.text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'--></style><svg onload=alert(1)>",
    "\u202egnp",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_proposal_becomes_markup(site: Site, text: str) -> None:
    """Titles, addresses, reasons, quotes and names are shown as they are written, and lead nowhere but to the web."""
    more(
        site,
        replace(
            OPEN, id=ProposalId("h1"), title=text, subject="h", url=f"javascript:{text}", reason=text, evidence=(text,),
            merit=text, diff=OPEN.diff.replace("It shows a thing.", text), signs=(text,),
        ),
    )  # fmt: skip
    site.sign_in()

    pages = [site.call("/review").text, site.call("/review/h1").text]

    for page in pages:
        elements = list(html.fromstring(page).iter(etree.Element))
        names = [name for one in elements for name in one.attrib if name.startswith("on") or name == "srcdoc"]
        assert [one.get("src") for one in elements if one.tag == "script"] == ["/pages/digestbot.js"]
        assert not {"img", "svg", "iframe", "object", "embed", "base", "math"} & {one.tag for one in elements}
        assert not names
        assert not [one for one in elements if one.get("href", "").startswith("javascript")]
        assert "\u202e" not in page.partition("<textarea")[0]


def test_reviewers_named_in_the_settings_keep_their_role(site: Site) -> None:
    """Whom the settings name as a reader gets no vote by a pass."""
    site.reviewers = {"ada": replace(ADA, role="reader")}
    site.sign_in()

    assert site.vote(act="accept").status_code == 409
    assert site.state() == "open"
