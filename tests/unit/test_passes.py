"""Passes: made by the operator, kept as hashes, revoked for good; and the door that they open."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from typer.testing import CliRunner, Result

from digestbot.__main__ import app
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.domain.passes import Pass, PassRole
from digestbot.review import Policy, Reviewer
from digestbot.web.door import LASTS, TRIES_PER_HOUR, Door, local_path
from digestbot.web.passes import hash_of, new_token, reviewer_of
from digestbot.web.tokens import Tokens

URL = "https://digest.example.org"


@pytest.fixture
def home(tmp_path: Path, blank_ledger: Path) -> Path:
    """A data folder with an empty ledger."""
    (tmp_path / "ledger.db").write_bytes(blank_ledger.read_bytes())
    return tmp_path


def call(home: Path, *words: str, days: int = 0) -> Result:
    """Call the program on a data folder, so many days from now."""
    now = (NOW + timedelta(days=days)).isoformat()
    return CliRunner().invoke(app, ["passes", *words], env={"DIGESTBOT_HOME": str(home), "DIGESTBOT_NOW": now})


def made(ledger: Ledger, role: PassRole = "reviewer", name: str = "ada") -> tuple[str, Pass]:
    """Return a token and its pass, which is in the ledger."""
    token = new_token()
    found = Pass(f"id-{name}", name, role, hash_of(token), NOW, NOW + timedelta(days=30))
    ledger.passes.add(found)
    return token, found


def door(ledger: Ledger, url: str = URL, days: int = 0) -> Door:
    """Return the door of pages at an address, so many days from now."""
    return Door(ledger.passes, Tokens("a secret of this test"), url, lambda: NOW + timedelta(days=days))


def request(**headers: str) -> Request:
    """Return a request with these headers."""
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": sent, "client": ("192.0.2.1", 1)})


def signed_in(at: Door, passed: Pass) -> tuple[str, str]:
    """Return the Set-Cookie header of a sign-in, and the Cookie header that a browser makes of it."""
    answer = Response()
    asyncio.run(at.sign_in(answer, passed))
    cookie = answer.headers["set-cookie"]
    return cookie, cookie.partition(";")[0]


def test_a_token_is_shown_once_and_kept_nowhere(home: Path) -> None:
    """The token stands on stdout alone; neither the list nor the ledger's file has it."""
    token = call(home, "add", "ada").stdout.strip()

    listed = call(home, "list", "--json").stdout

    assert hash_of(token)
    assert json.loads(listed)["name"] == "ada"
    assert "hashed" not in listed
    assert token not in listed
    assert token.encode() not in b"".join(file.read_bytes() for file in home.glob("ledger.db*"))


def test_a_revoked_pass_opens_nothing(home: Path) -> None:
    """Revoking ends the token, and a second time there is nothing to revoke."""
    made_of = json.loads(call(home, "add", "ada", "--json").stdout)

    first, second = call(home, "revoke", made_of["id"]), call(home, "revoke", made_of["id"])

    ledger = Ledger(sqlite_url(home / "ledger.db"))
    opened = ledger.passes.of_token(hash_of(made_of["token"]), NOW)
    ledger.close()
    assert (first.exit_code, opened) == (0, None)
    assert second.exit_code == 1
    assert "revoked 20" in call(home, "list").stdout


@pytest.mark.parametrize("words", [("",), ("a" * 61,), ("ada <x>",), ("a\nb",), ("ada", "--role", "king")])
def test_what_is_no_name_or_role_is_refused(home: Path, words: tuple[str, ...]) -> None:
    """A name stands in commits and in settings: what would be read as more than a name is none."""
    assert call(home, "add", *words).exit_code == 1
    assert call(home, "list", "--json").stdout == ""


def test_a_pass_ends_by_itself(ledger: Ledger) -> None:
    """After its last day a token opens nothing, and whoever signed in with it is not any more."""
    token, passed = made(ledger)
    _, cookie = signed_in(door(ledger, days=29), passed)

    before = asyncio.run(door(ledger, days=29).visitor(request(cookie=cookie)))
    after = asyncio.run(door(ledger, days=30).visitor(request(cookie=cookie)))

    assert before.passed
    assert after.passed is None
    assert ledger.passes.of_token(hash_of(token), NOW + timedelta(days=30)) is None


def test_a_browser_is_signed_in_by_its_cookie(ledger: Ledger) -> None:
    """The cookie brings a visitor's pass until it is too old, it was signed out, or the pass was revoked."""
    _, passed = made(ledger)
    at = door(ledger)
    _, cookie = signed_in(at, passed)

    found = asyncio.run(at.visitor(request(cookie=cookie)))
    late = asyncio.run(door(ledger, days=LASTS.days).visitor(request(cookie=cookie)))
    asyncio.run(at.sign_out(request(cookie=cookie), Response()))
    out = asyncio.run(at.visitor(request(cookie=cookie)))

    assert found.passed
    assert found.passed.name == "ada"
    assert (late.passed, out.passed, out.form_key) == (None, None, "")


def test_revoking_signs_every_browser_out(ledger: Ledger) -> None:
    """A browser that is signed in is not any more once the pass is revoked."""
    _, passed = made(ledger)
    _, cookie = signed_in(door(ledger), passed)

    ledger.passes.revoke(passed.id, NOW)

    assert asyncio.run(door(ledger).visitor(request(cookie=cookie))).passed is None


@pytest.mark.parametrize(
    ("url", "name", "path"),
    [
        (URL, "__Host-digestbot", "/"),
        (f"{URL}/pages", "__Secure-digestbot", "/pages/"),
        ("http://127.0.0.1:8421", "digestbot", "/"),
    ],
)
def test_a_cookie_is_for_us_alone(ledger: Ledger, url: str, name: str, path: str) -> None:
    """No script reads the cookie, no other site's form carries it, and over https it goes over nothing else."""
    _, passed = made(ledger)

    cookie, _ = signed_in(door(ledger, url), passed)

    assert cookie.startswith(f"{name}=")
    assert {"HttpOnly", "SameSite=lax", f"Path={path}"} <= set(cookie.split("; "))
    assert ("; Secure" in cookie) == url.startswith("https")


def test_every_sign_in_has_a_cookie_of_its_own(ledger: Ledger) -> None:
    """A cookie that somebody planted before is worth nothing after signing in."""
    _, passed = made(ledger)

    assert signed_in(door(ledger), passed)[1] != signed_in(door(ledger), passed)[1]


def test_wrong_tokens_are_refused_and_counted(ledger: Ledger) -> None:
    """After ten wrong tokens within an hour a client is not listened to, not even with the right one."""
    token, passed = made(ledger)
    at, codes = door(ledger), []
    for wrong in [new_token() for _ in range(TRIES_PER_HOUR)] + [token]:
        with pytest.raises(HTTPException) as refused:
            asyncio.run(at.admit("192.0.2.1", wrong))
        codes.append(refused.value.status_code)

    elsewhere = asyncio.run(at.admit("192.0.2.2", token))

    assert codes == [401] * TRIES_PER_HOUR + [429]
    assert elsewhere.id == passed.id


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Bearer dbp_short", "Bearer ' OR 1=1"])
def test_a_program_without_a_right_token_is_nobody(ledger: Ledger, header: str) -> None:
    """Without a token a program reads like anybody; a wrong one is told, not passed over."""
    at = door(ledger)
    if not header:
        assert asyncio.run(at.caller(request())).passed is None
        return
    with pytest.raises(HTTPException) as refused:
        asyncio.run(at.caller(request(authorization=header)))
    assert refused.value.status_code == 401


def test_a_cookie_is_no_token(ledger: Ledger) -> None:
    """The API listens to tokens alone: what another site makes a browser send carries none."""
    _, passed = made(ledger)
    at = door(ledger)
    _, cookie = signed_in(at, passed)

    assert asyncio.run(at.caller(request(cookie=cookie))).passed is None


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({}, True),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "cross-site", "origin": URL}, False),
        ({"origin": URL}, True),
        ({"origin": "null"}, False),
        ({"origin": "https://digest.example.org.evil.example"}, False),
        ({"origin": "http://digest.example.org"}, False),
    ],
)
def test_a_form_of_another_site_is_refused(ledger: Ledger, headers: dict[str, str], is_ours: bool) -> None:
    """A form must come from our own pages and hold the key that only they show, for this very browser."""
    _, passed = made(ledger)
    at = door(ledger)
    _, cookie = signed_in(at, passed)
    visitor = asyncio.run(at.visitor(request(cookie=cookie)))

    def passes(**form: str) -> bool:
        try:
            at.check(request(cookie=cookie, **headers), visitor, {name: [value] for name, value in form.items()})
        except HTTPException:
            return False
        return True

    assert passes(key=visitor.form_key) == is_ours
    assert not passes()
    assert not passes(key="é")
    assert not passes(key=visitor.form_key[:-1])


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example", "/\\evil.example", "https://evil.example", "/review?next=x", "/..//evil", "/a/../b",
        "/a\r\nSet-Cookie: x", "javascript:alert(1)", "", "review", "/" * 50, "/a" * 400, "/%2f%2fevil.example",
    ],
)  # fmt: skip
def test_no_redirect_leads_away(wanted: str) -> None:
    """After signing in nobody is sent to another host, whatever the address said."""
    assert local_path(wanted) == "/"
    assert local_path("/review/p-12.a") == "/review/p-12.a"


def test_a_pass_makes_nobody_more_than_the_settings_say() -> None:
    """Whom the settings name keeps their role; a reader's pass gives no vote, an operator's word is enough."""
    policy = Policy(reviewers={"eve": Reviewer("eve", "reader"), "bob": Reviewer("bob", "lead", "bob@example.org")})

    def role(name: str, given: PassRole) -> str:
        return reviewer_of(policy, Pass("id", name, given, "", NOW)).role

    assert [role("eve", "reviewer"), role("bob", "reviewer"), role("new", "reviewer")] == ["reader", "lead", "reviewer"]
    assert [role("bob", "reader"), role("new", "operator")] == ["reader", "lead"]
    assert reviewer_of(policy, None).role == "reader"
