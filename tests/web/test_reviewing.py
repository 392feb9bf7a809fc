"""The whole review in a real browser: with and without scripts, by touch size and by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import DESKTOP, PHONE, Look, looks, violations
from playwright.sync_api import Browser, Page
from world import World, world

from digestbot.domain.passes import PassRole

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(demo: Path, tmp_path: Path) -> Iterator[World]:
    """Pages of its own for a test that decides."""
    with world(demo, tmp_path / "home") as found:
        yield found


def sign_in(page: Page, desk: World, to: str, role: PassRole = "operator") -> None:
    """Sign in by the page's own link from a page that asks for it; the keyboard is enough."""
    page.goto(desk.url + to)
    page.locator("a[href*='/sign-in']").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in?**")
    page.locator("#token").fill(desk.tokens[role])
    page.keyboard.press("Enter")
    page.wait_for_url(desk.url + to)


def state(desk: World, proposal: str) -> str:
    """Return the state of a proposal, by the path of its page."""
    return desk.ask(f"SELECT state FROM proposals WHERE id = '{proposal.rpartition('/')[2]}'")


@pytest.mark.parametrize("look", looks())
def test_whoever_reviews_is_shut_out_nowhere(site: World, browser: Browser, look: Look) -> None:
    """Signed in, queue and proposal have no violation either, with every part of the form open."""
    with browser.new_context(**look.options) as context:
        page = context.new_page()
        sign_in(page, site, site.proposals[0])
        for path in ("/review", "/review?state=all", site.proposals[0], "/sign-in"):
            page.goto(site.url + path)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")

            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_one_decides_without_scripts(desk: World, browser: Browser) -> None:
    """On a phone with scripts off: sign in, open what waits, reject it with a reason, and see that said."""
    proposal = desk.proposals[0]
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, desk, "/review")
        page.locator("[data-item]").first.click()
        page.locator("details[data-key=r] summary").click()
        page.locator("details[data-key=r] textarea").fill("It stands there under another name.")
        page.locator("details[data-key=r] button").click()

        assert page.locator("[role=status]").is_visible()
        assert state(desk, proposal) == "rejected"
        page.goto(desk.url + proposal)
        assert "It stands there under another name." in page.locator(".history").inner_text()


def test_one_decides_by_keys_alone(desk: World, browser: Browser) -> None:
    """With the queue's own keys: j goes to a proposal, Enter opens it, a accepts it; the roadmap has it."""
    proposal = desk.proposals[0]
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        sign_in(page, desk, "/review")
        page.locator("[data-queue] input").first.focus()
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{proposal}*")
        page.locator("[data-proposal]").focus()
        page.keyboard.press("a")
        page.locator("[role=status]").wait_for()

        assert state(desk, proposal) in ("accepted", "applied")


def test_keys_do_nothing_while_one_writes(desk: World, browser: Browser) -> None:
    """Letters typed into a field are text, and outside the proposal no single key acts."""
    proposal = desk.proposals[0]
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        sign_in(page, desk, proposal)
        page.locator("[data-proposal]").focus()
        page.keyboard.press("e")
        page.keyboard.type("area ")
        written = page.locator("#merit").input_value()
        page.locator("header a").first.focus()
        page.keyboard.press("a")

        assert "area " in written
        assert state(desk, proposal) == "open"


def test_an_edited_line_is_what_is_accepted(desk: World, browser: Browser) -> None:
    """e opens the line, and what is saved stands in the proposal's change."""
    proposal = desk.proposals[0]
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        sign_in(page, desk, proposal)
        page.locator("details[data-key=e] summary").click()
        page.locator("#merit").fill("Why a proxy of the goal stops being one.")
        page.locator("#merit").locator("xpath=ancestor::form").locator("button").click()
        page.locator("[role=status]").wait_for()

        assert state(desk, proposal) in ("edited", "applied")
        page.goto(desk.url + proposal)
        assert "Why a proxy of the goal stops being one." in page.locator(".diff").inner_text()


def test_several_are_decided_on_at_once(desk: World, browser: Browser) -> None:
    """What is ticked in the queue can wait all together; the page says of each what became of it."""
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        sign_in(page, desk, "/review")
        for box in page.locator("[data-queue] input").all():
            box.check()
        page.locator("button[name=act][value=later]").click()
        page.locator(".outcomes li").first.wait_for()

        page.goto(f"{desk.url}/review")
        assert page.locator("[data-item]").count() == 0


def test_a_reader_may_look_and_not_decide(desk: World, browser: Browser) -> None:
    """Signed in as a reader one sees the proposal and no button."""
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        sign_in(page, desk, desk.proposals[0], "reader")

        assert page.locator(".diff").is_visible()
        assert page.locator("[data-key]").count() == 0


def test_signing_out_ends_it(desk: World, browser: Browser) -> None:
    """After signing out the cookie opens nothing, and scripts could never read it."""
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        sign_in(page, desk, desk.proposals[0])
        held = context.cookies()
        assert [cookie["httpOnly"] for cookie in held] == [True]
        assert page.evaluate("document.cookie") == ""
        page.locator("form[action$='/sign-out'] button").click()
        context.clear_cookies()
        context.add_cookies([dict(held[0])])  # type: ignore[list-item]  # as it was given

        page.goto(desk.url + desk.proposals[0])
        assert page.locator("[data-key]").count() == 0
