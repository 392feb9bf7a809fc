"""Questions in a real browser: asked by keys, answered without scripts, and copied with them."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from browsing import DESKTOP, PHONE, Look, html_faults, looks, violations
from playwright.sync_api import Browser, Page
from world import World

pytestmark = pytest.mark.slow

QUESTION = "What is speculative decoding?"
"""The tests of this file share one site, and with it the dozen questions that a client may ask."""


def ask(page: Page, site: World, question: str = QUESTION, root: str = "") -> None:
    """Ask by the page's form, with the keyboard alone."""
    page.goto(f"{site.url}{root}/explain")
    page.locator("#question").focus()
    page.keyboard.type(question)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".answer ~ .tools").wait_for()


@pytest.mark.parametrize("look", looks())
def test_an_answer_shuts_nobody_out(site: World, browser: Browser, look: Look) -> None:
    """An answer has no violation and fits the width."""
    with browser.new_context(**look.options) as context:
        page = context.new_page()
        ask(page, site)

        assert page.locator("h1").inner_text() == QUESTION
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("root", "question"), [("/zh-Hans", "什么是推测解码？"), ("", "What is a zebra crossing?")])
def test_other_answers_shut_nobody_out(site: World, browser: Browser, root: str, question: str) -> None:
    """Nor has one in Chinese, or one that there is not enough for."""
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        ask(page, site, question, root)

        assert page.locator("h1").inner_text() == question
        assert violations(page) == []


def test_an_answer_is_read_and_followed_without_scripts(site: World, browser: Browser) -> None:
    """With scripts off a claim leads to its source, the answer to a simpler one, and a word on it is taken."""
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        ask(page, site)
        page.locator("a.cite").first.click()
        assert urlsplit(page.url).fragment == "source-1"

        with page.expect_navigation():
            page.locator("button[value=simpler]").click()
        page.locator("input[value=helpful]").check()
        page.locator("form:has(input[name=verdict]) button").click()

        assert page.locator("h1").inner_text() == QUESTION
        assert page.locator("[role=status]").is_visible()


def test_the_whole_takes_the_place_of_what_came_before(site: World, browser: Browser) -> None:
    """An answer that took another turn while it was written is there once for whoever reads it, without any script."""
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        ask(page, site)
        whole = '<div class="whole"><p>All of it.</p></div>'
        page.locator(".answer").evaluate("(answer, whole) => answer.insertAdjacentHTML('beforeend', whole)", whole)

        assert page.locator(".answer").inner_text() == "All of it."


def test_an_answer_is_copied(site: World, browser: Browser) -> None:
    """Where scripts run, a click puts the answer's Markdown on the clipboard and says so."""
    with browser.new_context(viewport=DESKTOP, permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        ask(page, site)
        page.locator("a[data-copy]").click()
        page.locator("a[data-copy][role=status]").wait_for()

        assert str(page.evaluate("navigator.clipboard.readText()")).startswith(f"## {QUESTION}")


def test_answers_and_proposals_are_valid_html(site: World, browser: Browser, tmp_path: Path) -> None:
    """What is streamed, and what only reviewers see, is valid HTML, too."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site.url}/sign-in?to=/review")
        page.locator("#token").fill(site.tokens["reviewer"])
        page.keyboard.press("Enter")
        page.wait_for_url("**/review")
        answers = [
            context.request.post(f"{site.url}/explain", form={"question": QUESTION}),
            *(context.request.get(site.url + path) for path in ("/review", site.proposals[0], "/sign-in")),
        ]
        files = [tmp_path / f"{number}.html" for number in range(len(answers))]
        for file, answer in zip(files, answers, strict=True):
            file.write_bytes(answer.body())

    assert html_faults(files) == []


def test_a_pages_beginning_does_not_wait_for_the_answer(site: World) -> None:
    """What stands above an answer is sent before it is known, in a piece of its own."""
    form = urlencode({"question": "What is low-rank adaptation?"})
    host, _, port = urlsplit(site.url).netloc.partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        head = f"POST /explain HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {len(form)}\r\n"
        connection.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}".encode())
        pieces = iter(lambda: connection.recv(1 << 20), b"")
        whole = b"".join(pieces).decode()

    headers, _, body = whole.partition("\r\n\r\n")
    first = body[body.index("\r\n") + 2 :][: int(body[: body.index("\r\n")], 16)]
    assert "transfer-encoding: chunked" in headers.lower()
    assert 'class="answer"' in first
    assert "<li" not in first.partition('class="answer"')[2]
    assert 'class="cite"' in body
