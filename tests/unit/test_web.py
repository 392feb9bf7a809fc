"""The pages: who may do what with which link, over HTTP on a ledger of their own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlencode, urlsplit

import feedparser
import httpx
import pytest
from digests import digest, entry
from fakes import NOW, outline
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message

from digestbot.adapters.ledger import Ledger
from digestbot.domain import Cadence, Channel, DigestSection, Outline, Rule, Section, StoryId, Subscription
from digestbot.errors import DeliveryError
from digestbot.pipeline.publish import delivery_key
from digestbot.processes import me
from digestbot.web.forms import MAX_FORM_BYTES, body_of
from digestbot.web.limits import MAX_CLIENTS, Clients
from digestbot.web.links import links_of
from digestbot.web.mail_pages import SIGN_UPS_PER_HOUR, MailPages
from digestbot.web.office import MAILS_PER_ADDRESS, Office
from digestbot.web.post import Post
from digestbot.web.site import application
from digestbot.web.tokens import Tokens
from digestbot.web.words import EN, preferred_lang

ADA = Channel("smtp", "ada@example.org")
URL = "https://digest.example.org/pages"
WISH = {"address": "ada@example.org", "cadence": "daily", "at": "07:30", "zone": "Europe/Berlin", "lang": "en"}


@dataclass
class Postbox:
    """A mailer that keeps what it is given, or fails."""

    sent: list[tuple[str, EmailMessage]] = field(default_factory=list)
    fails: bool = False

    async def post(self, message: EmailMessage, to: str) -> None:
        if self.fails:
            raise DeliveryError("no mail server")
        self.sent.append((to, message))

    def link(self) -> str:
        """Return the path of the link in the last mail, as the application sees it."""
        found = re.search(rf"{URL}(/(?:confirm|settings)/\S+)", self.sent[-1][1].get_content())
        assert found
        return found[1]


def plan(name: str) -> Outline:
    """Return the main roadmap, or another one of that name."""
    sections = (Section("bread", "Bread", "Bake.", ()),)
    return outline(name=name, title="Breads", sections=sections) if name else outline()


@dataclass
class World:
    """Pages with their ledger, mails, clock and log."""

    ledger: Ledger
    now: datetime = NOW
    mails: Postbox = field(default_factory=Postbox)
    told: list[str] = field(default_factory=list)
    open: bool = True
    client: str = "192.0.2.1"

    def __post_init__(self) -> None:
        self.tokens = Tokens("a secret of this test")
        ledger = self.ledger
        self.office = Office(
            ledger.subscriptions, ledger.readers, ledger.letters, ledger.outbox, ledger.publications, plan,
            self.tokens, URL, lambda: "Digest <digest@example.org>", lambda: self.now,
        )  # fmt: skip
        self.post = Post(ledger.letters, self.office.letter, self.mails, lambda: self.now, me(), self.told.append)
        self.site = MailPages(self.office, self.post, self.open, self.told.append)

    def call(
        self, path: str, form: Mapping[str, object] | None = None, method: str = "", language: str = ""
    ) -> httpx.Response:
        """Get a page, or post a form to it."""
        transport = httpx.ASGITransport(application(self.site), client=(self.client, 1))
        content = None if form is None else urlencode(form, doseq=True)
        kind = {} if form is None else {"content-type": "application/x-www-form-urlencoded"}

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
                verb = method or ("GET" if form is None else "POST")
                return await client.request(verb, path, content=content, headers=kind | {"accept-language": language})

        return asyncio.run(ask())

    def links(self, subscription: str = "mine", channel: Channel = ADA) -> tuple[str, str, str]:
        """Return the paths in a mail: to unsubscribe, to the settings, to the whole digest."""
        found = links_of(self.tokens, URL)(digest(id="d1", subscription=subscription, created_at=NOW), channel)
        assert found.one_click == found.unsubscribe
        root = urlsplit(URL).path
        unsubscribe, settings, whole = (
            urlsplit(url).path.removeprefix(root) for url in (found.unsubscribe, found.settings, found.whole)
        )
        return unsubscribe, settings, whole


@pytest.fixture
def world(ledger: Ledger) -> World:
    """Pages on which anybody may subscribe."""
    return World(ledger)


def mine(**changes: object) -> Subscription:
    """Return a subscription that goes to Ada alone."""
    given: dict[str, object] = {"channels": (ADA,), "created_at": NOW, "since": NOW, **changes}
    return Subscription("mine", **given)  # type: ignore[arg-type]  # fields of a subscription


def test_nothing_is_kept_of_an_address_before_it_is_confirmed(world: World) -> None:
    """Signing up sends a mail and leaves neither a subscription nor the address in the ledger."""
    answer = world.call("/subscribe", {**WISH, "section": ["II"]})

    assert answer.status_code == 200
    assert [to for to, _ in world.mails.sent] == ["ada@example.org"]
    assert world.ledger.subscriptions.all() == []
    assert world.ledger.readers.of("ada@example.org") == []


def test_confirming_takes_a_post(world: World) -> None:
    """The link shows what will be subscribed and changes nothing; the button subscribes what was asked for."""
    world.call("/subscribe", {**WISH, "section": ["II"]})

    shown = world.call(world.mails.link())
    before = world.ledger.subscriptions.all()
    world.call(world.mails.link(), {})

    [made] = world.ledger.subscriptions.all()
    assert before == []
    assert "ada@example.org" in shown.text
    assert (made.channels, made.rule.sections) == ((ADA,), ("II",))
    assert made.cadence == Cadence("daily", at="07:30", zone="Europe/Berlin")
    assert (made.created_at, made.since) == (NOW, NOW)


def test_confirming_again_changes_nothing(world: World) -> None:
    """A second click, or an older link, neither doubles nor changes a subscription."""
    world.call("/subscribe", WISH)
    first = world.mails.link()
    world.call("/subscribe", {**WISH, "cadence": "weekly"})
    second = world.mails.link()
    world.call(first, {})
    [made] = world.ledger.subscriptions.all()

    again = [world.call(first, {}), world.call(second, {})]

    assert [EN.already_title in answer.text for answer in again] == [True, True]
    assert world.ledger.subscriptions.all() == [made]


def test_links_to_confirm_expire(world: World) -> None:
    """After two days a link does nothing any more."""
    world.call("/subscribe", WISH)
    world.now += timedelta(hours=48)

    answers = [world.call(world.mails.link()), world.call(world.mails.link(), {})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert world.ledger.subscriptions.all() == []


@pytest.mark.parametrize("page", ["confirm", "unsubscribe", "settings", "digest"])
def test_forged_links_are_refused(world: World, page: str) -> None:
    """A token that was changed, cut off, made with another secret or for another page opens nothing."""
    world.ledger.subscriptions.save([mine()])
    values = {"i": "mine", "a": "ada@example.org", "v": {}, "d": "d1"}
    others = [name for name in ("confirm", "unsubscribe", "settings", "digest") if name != page]
    right = world.tokens.sign(page, None, **values)  # type: ignore[arg-type]  # a purpose
    bad = [right[:-1], "A" + right, right + "A", "x", Tokens("other").sign(page, None, **values)]  # type: ignore[arg-type]  # too
    bad += [world.tokens.sign(name, None, **values) for name in others]  # type: ignore[arg-type]  # a purpose

    statuses = {world.call(f"/{page}/{token}").status_code for token in bad}
    if page != "digest":
        statuses |= {world.call(f"/{page}/{token}", {}).status_code for token in bad}

    assert statuses == {404}
    assert world.ledger.subscriptions.all() == [mine()]


@pytest.mark.parametrize("state", ["new", "subscribed", "suspended", "failing", "spent"])
def test_the_answer_is_the_same_for_every_address(world: World, state: str) -> None:
    """Nobody learns from a page whether an address is known, shut, out of reach or asked for too often."""
    plain = World(world.ledger).call("/subscribe", {**WISH, "address": "nobody@example.org"})
    if state == "subscribed":
        world.ledger.subscriptions.save([mine()])
    elif state == "suspended":
        world.ledger.outbox.suspend(ADA, NOW, "no such user")
    elif state == "failing":
        world.mails.fails = True
    elif state == "spent":
        for _ in range(MAILS_PER_ADDRESS):
            world.call("/subscribe", WISH)

    answer = world.call("/subscribe", WISH)

    assert (answer.status_code, answer.text) == (plain.status_code, plain.text)
    assert dict(answer.headers) == dict(plain.headers)


def test_a_known_address_gets_its_settings(world: World) -> None:
    """Whoever is subscribed is sent the way to the settings, however the address is written, and nothing changes."""
    world.ledger.subscriptions.save([mine()])

    world.call("/subscribe", {**WISH, "address": "Ada@Example.ORG"})

    assert "/settings/" in world.mails.link()
    assert world.call(world.mails.link()).status_code == 200
    assert world.ledger.subscriptions.all() == [mine()]


def test_confirming_opens_a_shut_address(world: World) -> None:
    """Who confirms shows that mail arrives there: what shut the address is over."""
    world.ledger.outbox.suspend(ADA, NOW, "mailbox closed")
    world.call("/subscribe", WISH)

    world.call(world.mails.link(), {})

    assert world.ledger.outbox.suspensions() == []


def test_an_address_gets_few_mails_a_day(world: World) -> None:
    """Nobody's mailbox can be filled through the page; a day later it is open again."""
    for _ in range(MAILS_PER_ADDRESS + 2):
        world.call("/subscribe", WISH)
    sent = len(world.mails.sent)
    world.now += timedelta(days=1)

    world.call("/subscribe", WISH)

    assert (sent, len(world.mails.sent)) == (MAILS_PER_ADDRESS, MAILS_PER_ADDRESS + 1)


def test_a_client_may_ask_so_often(world: World) -> None:
    """One client has so many tries an hour, another its own."""
    tries = [world.call("/subscribe", {**WISH, "address": f"r{n}@example.org"}) for n in range(SIGN_UPS_PER_HOUR + 1)]
    world.client = "192.0.2.2"

    other = world.call("/subscribe", WISH)

    assert [answer.status_code for answer in tries] == [200] * SIGN_UPS_PER_HOUR + [429]
    assert other.status_code == 200


def test_a_filled_trap_sends_nothing(world: World) -> None:
    """Who fills the field that nobody sees gets the same answer and no mail."""
    answer = world.call("/subscribe", {**WISH, "website": "https://spam.example"})

    assert EN.asked_title in answer.text
    assert world.mails.sent == []


def test_a_closed_house_takes_nobody(ledger: Ledger) -> None:
    """Where the operator has not opened it there is no sign-up."""
    world = World(ledger, open=False)

    answers = [world.call("/subscribe"), world.call("/subscribe", WISH)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert world.mails.sent == []


@pytest.mark.parametrize("open", [True, False])
@pytest.mark.parametrize("path", ["/subscribe", "/confirm/none", "/nowhere"])
def test_sign_up_is_offered_where_there_is_one(ledger: Ledger, path: str, open: bool) -> None:
    """No page leads to a form that takes nobody."""
    answer = World(ledger, open=open).call(path)

    assert ('href="/pages/subscribe"' in answer.text) is open


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("address", "", EN.wrong_address),
        ("address", "ada", EN.wrong_address),
        ("address", "Ada <ada@example.org>", EN.wrong_address),
        ("address", "ada@example.org, eve@example.org", EN.wrong_address),
        ("address", "ada@example.org\r\nBcc: eve@example.org", EN.wrong_address),
        ("address", "a" * 65 + "@example.org", EN.wrong_address),
        ("zone", "Mars/Olympus", EN.wrong_zone),
        ("zone", "../../etc/passwd", EN.wrong_zone),
        ("at", "25:00", EN.wrong_time),
    ],
)
def test_what_cannot_be_taken_is_told(world: World, field: str, value: str, problem: str) -> None:
    """A wrong field is named, what was filled in stays, and no mail goes out."""
    answer = world.call("/subscribe", {**WISH, field: value})

    assert answer.status_code == 422
    assert problem in answer.text
    assert world.mails.sent == []


def test_what_is_filled_in_cannot_leave_its_place(world: World) -> None:
    """Markup in a field comes back as text."""
    answer = world.call("/subscribe", {**WISH, "address": '"><script>alert(1)</script>'})

    assert "<script>" not in answer.text


def test_unsubscribing_asks_first(world: World) -> None:
    """A scanner that follows links ends nothing; the button does, and does it once."""
    world.ledger.subscriptions.save([mine()])
    unsubscribe, _, _ = world.links()

    seen = [world.call(unsubscribe), world.call(unsubscribe, method="HEAD")]
    before = world.ledger.subscriptions.all()
    answers = [world.call(unsubscribe, {}) for _ in range(2)]

    assert {answer.status_code for answer in [*seen, *answers]} == {200}
    assert before == [mine()]
    assert world.ledger.subscriptions.all() == []


def test_one_click_needs_no_page(world: World) -> None:
    """A mail program's own button posts what RFC 8058 says, and that is enough."""
    world.ledger.subscriptions.save([mine()])
    unsubscribe, _, _ = world.links()

    answer = world.call(unsubscribe, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert world.ledger.subscriptions.all() == []


def test_leaving_leaves_the_others(world: World) -> None:
    """Of a subscription that goes to several only the channel of the link is taken, with what waits for it."""
    bob, made = Channel("smtp", "bob@example.org"), digest(subscription="mine")
    world.ledger.subscriptions.save([mine(channels=(ADA, bob))])
    keys = {delivery_key(made.id, to): to for to in (ADA, bob)}
    world.ledger.publications.record_digests([(made, [], keys)])
    unsubscribe, settings, _ = world.links()

    page = world.call(settings)
    world.call(unsubscribe, {})

    [left] = world.ledger.subscriptions.all()
    states = {row["address"]: row["state"] for row in world.ledger.outbox.deliveries()}
    assert EN.shared_title in page.text
    assert left.channels == (bob,)
    assert states == {"ada@example.org": "dead", "bob@example.org": "pending"}


def test_leaving_what_the_settings_subscribe_shuts_the_address(world: World) -> None:
    """It has no row to end, so nothing more goes to the address; it has no page of settings either."""
    unsubscribe, settings, _ = world.links("default")

    world.call(unsubscribe, {})

    [shut] = world.ledger.outbox.suspensions()
    assert (shut.channel, shut.reason) == (ADA, "unsubscribed")
    assert settings == ""


def test_old_mails_still_unsubscribe(world: World) -> None:
    """Ten years later the link in a mail still ends it; the others have expired."""
    world.ledger.subscriptions.save([mine()])
    unsubscribe, settings, whole = world.links()
    world.now += timedelta(days=3653)

    answers = [world.call(unsubscribe, {}), world.call(settings), world.call(whole)]

    assert [answer.status_code for answer in answers] == [200, 404, 404]


def test_settings_change_what_the_form_holds(world: World) -> None:
    """A reader changes sections, time and length; what the form has no field for stays as it is."""
    world.ledger.subscriptions.save([mine(rule=Rule(keywords=("cache",), min_relevance=0.5))])
    _, settings, _ = world.links()
    form = {
        "section": ["II"],
        "cadence": "weekly",
        "at": "06:00",
        "zone": "Asia/Tokyo",
        "length": "short",
        "do": "save",
    }

    answer = world.call(settings, form)

    [found] = world.ledger.subscriptions.all()
    assert EN.saved in answer.text
    assert found.rule == Rule(sections=("II",), keywords=("cache",), min_relevance=0.5)
    assert found.cadence == Cadence("weekly", at="06:00", weekday="mon", zone="Asia/Tokyo")
    assert (found.shape.length, found.channels) == ("short", (ADA,))


def test_settings_are_about_the_subscriptions_own_roadmap(world: World) -> None:
    """Who follows a roadmap beside the main one chooses among its sections, and keeps them."""
    world.ledger.subscriptions.save([mine(rule=Rule(roadmap="breads", sections=("bread",)))])
    _, settings, _ = world.links()

    shown = world.call(settings).text
    world.call(settings, {"section": ["bread"], "cadence": "daily", "at": "08:00", "zone": "UTC", "do": "save"})

    [found] = world.ledger.subscriptions.all()
    assert "Bread" in shown
    assert "Images" not in shown
    assert found.rule.roadmap == "breads"


def test_settings_keep_a_cadence_that_no_field_says(world: World) -> None:
    """Cron and other days than Monday, set in another way, stay unless another cadence is chosen."""
    world.ledger.subscriptions.save([mine(cadence=Cadence("cron", cron="0 8 1 * *"))])
    _, settings, _ = world.links()

    page = world.call(settings)
    world.call(settings, {"cadence": "keep", "zone": "UTC", "do": "save"})

    [found] = world.ledger.subscriptions.all()
    assert "cron 0 8 1 * *" in page.text
    assert found.cadence.cron == "0 8 1 * *"


def test_a_wrong_field_changes_no_settings(world: World) -> None:
    """What cannot be taken is told, and nothing is saved."""
    world.ledger.subscriptions.save([mine()])
    _, settings, _ = world.links()

    answer = world.call(settings, {"zone": "Mars/Olympus", "length": "short", "do": "save"})

    assert (answer.status_code, EN.wrong_zone in answer.text) == (422, True)
    assert world.ledger.subscriptions.all() == [mine()]


def test_a_pause_begins_and_ends(world: World) -> None:
    """A reader pauses for a span, or until they resume it."""
    world.ledger.subscriptions.save([mine()])
    _, settings, _ = world.links()

    world.call(settings, {"do": "pause", "span": "2w"})
    [paused] = world.ledger.subscriptions.all()
    world.call(settings, {"do": "resume"})
    world.call(settings, {"do": "pause", "span": ""})
    open_page = world.call(settings)
    world.call(settings, {"do": "resume"})
    [resumed] = world.ledger.subscriptions.all()

    assert paused.paused_until == NOW + timedelta(weeks=2)
    assert EN.paused_open in open_page.text
    assert resumed.paused_until == NOW


def test_a_whole_digest_has_no_limit(world: World) -> None:
    """The page shows the stories that a mail has no room for, without script, and no other digest."""
    stories = tuple(entry(f"Story {n}", story=StoryId(f"s{n}"), tldr="word " * 200) for n in range(150))
    made = digest(DigestSection("I", "One", stories), id="d1", subscription="mine", created_at=NOW)
    world.ledger.publications.record_digests([(made, [], {})])
    _, _, whole = world.links()

    answer = world.call(whole)

    assert "Story 149" in answer.text
    assert "script" not in answer.headers["content-security-policy"]


def test_a_subscription_is_a_feed_for_who_has_its_address(world: World) -> None:
    """The settings name a feed that tells what the subscription was sent; forged or left, it is gone."""
    made = digest(DigestSection("I", "One", (entry("A story"),)), id="d1", subscription="mine", created_at=NOW)
    world.ledger.subscriptions.save([mine()])
    world.ledger.publications.record_digests([(made, [], {})])
    unsubscribe, settings, _ = world.links()
    feeds = re.findall(rf'href="{URL}(/subscription/[^"]+/feed\.\w+)"', world.call(settings).text)

    atom, as_json, forged = (world.call(path) for path in (*feeds, "/subscription/x/feed.atom"))
    world.call(unsubscribe, {}, "POST")

    assert feedparser.parse(atom.content).entries[0].title == as_json.json()["items"][0]["title"] == "A story"
    assert atom.headers["cache-control"].startswith("private")
    assert forged.status_code == 404
    assert world.call(feeds[0]).status_code == 404


@pytest.mark.parametrize("path", ["/subscribe", "/nothing", "/confirm/x", "/digestbot.js"])
def test_every_answer_is_armoured(world: World, path: str) -> None:
    """No page loads anything from elsewhere, is framed or sniffed, tells where it was left for, or sets a cookie."""
    answer = world.call(path)

    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert not re.search(r"<script|javascript:|https?://(?!digest\.example|www\.w3\.org/2000/svg)", answer.text)


def test_pages_stand_under_the_public_address(world: World) -> None:
    """Where a proxy puts the pages under a path, so do their own links."""
    answer = world.call("/subscribe")

    assert 'href="/pages/about"' in answer.text


@pytest.mark.parametrize(
    ("asked", "lang"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("de,en;q=0.5,zh;q=0.4", "en"),
        ("zh;q=0", "en"),
        ("en;q=0.1,zh-TW", "zh-Hant"),
    ],
)
def test_pages_speak_the_language_that_is_asked_for(world: World, asked: str, lang: str) -> None:
    """The first of English and Chinese that a browser wants; English where it wants neither."""
    answer = world.call("/subscribe", language=asked)

    assert preferred_lang(asked) == lang
    assert f'lang="{lang}"' in answer.text


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"a=" + b"x" * MAX_FORM_BYTES, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a=1" for _ in range(300)), "application/x-www-form-urlencoded", 400),
        (b"a=\xff", "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
    ],
)
def test_bad_forms_are_refused(world: World, content: bytes, kind: str, status: int) -> None:
    """A form that is too large, too long or none is refused before it is read whole."""
    transport = httpx.ASGITransport(application(world.site))

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
            return await client.post("/subscribe", content=content, headers={"content-type": kind})

    answer = asyncio.run(ask())

    assert answer.status_code == status


def test_a_mail_that_fails_is_told_to_the_operator(world: World) -> None:
    """Whoever runs it learns why no mail went out, not to whom."""
    world.mails.fails = True

    world.call("/subscribe", WISH)

    assert world.told == ["a sign-up waits for its answer: no mail server"]


def test_a_mail_that_failed_goes_out_later_once(world: World) -> None:
    """While the mail server is down a sign-up waits; when it is back its mail goes, and nothing is kept."""
    world.mails.fails = True
    world.call("/subscribe", WISH)
    world.mails.fails = False

    asyncio.run(world.post.send_due())
    early = len(world.mails.sent)
    world.now += timedelta(minutes=1)
    for _ in range(2):
        asyncio.run(world.post.send_due())

    assert (early, [to for to, _ in world.mails.sent]) == (0, ["ada@example.org"])
    assert world.ledger.letters.take(world.now + timedelta(days=9), "x", timedelta(0)) is None


def test_a_mail_is_given_up_in_the_end(world: World) -> None:
    """After ten tries the operator is told, and the address is kept no longer."""
    world.mails.fails = True
    world.call("/subscribe", WISH)

    for _ in range(12):
        world.now += timedelta(hours=9)
        asyncio.run(world.post.send_due())

    assert world.told.count("a sign-up waits for its answer: no mail server") == 9
    assert world.told.count("a sign-up was not answered: no mail server") == 1


@pytest.mark.parametrize("resend", [False, True])
def test_a_mail_in_doubt_is_repeated_under_its_name_or_not_at_all(world: World, resend: bool) -> None:
    """Where a process died while sending, the settings decide; a repeated mail has the same Message-ID and link."""
    world.office.ask("ada@example.org", {"lang": "en"})
    begun = world.ledger.letters.take(world.now, "gone:1:0", timedelta(minutes=1))
    world.now += timedelta(minutes=2)
    world.post.resend = lambda: resend

    asyncio.run(world.post.send_due())

    assert begun
    assert [bytes(mail) for _, mail in world.mails.sent] == ([bytes(world.office.letter(begun))] if resend else [])
    assert bool(world.told) is not resend


def test_clients_are_counted_within_bounds() -> None:
    """Memory does not grow with the number of clients, and all of an IPv6 subscriber's addresses are one."""
    clients = Clients(1, timedelta(hours=1))

    answers = [clients.may(f"2001:db8:0:1::{n:x}", NOW) for n in range(3)]
    for number in range(MAX_CLIENTS + 5):
        clients.may(f"192.0.2.{number}", NOW)

    assert answers == [True, False, False]
    assert len(clients._asked) <= MAX_CLIENTS
    assert clients.may("2001:db8:0:1::1", NOW + timedelta(hours=2))


def test_a_slash_too_many_leads_nowhere(world: World) -> None:
    """No redirect is made of the host that a request claims, and a refused form does not say that there is no page."""
    lost = world.call("/subscribe/")
    refused = world.call("/subscribe", {"address": "x" * 30_000})

    assert (lost.status_code, lost.headers.get("location")) == (404, None)
    assert refused.status_code == 413
    assert EN.broken_title in refused.text


def test_who_sends_a_form_too_slowly_is_not_waited_for() -> None:
    """A body that never ends is given up: whoever opens many of those keeps nobody else out for long."""

    async def nothing() -> Message:
        await asyncio.Event().wait()
        return {}

    request = Request({"type": "http", "method": "POST", "headers": []}, nothing)

    with pytest.raises(HTTPException) as caught:
        asyncio.run(body_of(request, MAX_FORM_BYTES, within_s=0))

    assert caught.value.status_code == 408


@pytest.mark.parametrize(
    ("status", "title"),
    [(403, EN.refused_title), (404, EN.missing_title), (429, EN.too_often_title), (413, EN.broken_title)],
)
def test_a_refusal_says_what_one_can_do(world: World, status: int, title: str) -> None:
    """Whose pass ended in the middle of a form is not told to try again later, and so with other refusals."""

    async def refuse(request: Request) -> Response:
        raise HTTPException(status)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(application(world.site, [Route("/refused", refuse)]))
        async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
            return await client.get("/refused")

    answer = asyncio.run(ask())

    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in answer.text
