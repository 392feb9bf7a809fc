"""Every page in a real browser: whoever looks, on whatever, can read it, and nothing comes from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from browsing import DESKTOP, PHONE, Look, html_faults, looks, violations
from playwright.sync_api import Browser, Page
from world import World

pytestmark = pytest.mark.slow

MAX_BYTES = 100_000
LANGS = ("en", "zh-Hans")


def visit(page: Page, site: World, path: str, lang: str = "") -> None:
    """Go to a page, which is there unless it is the one that nobody made."""
    answer = page.goto(f"{site.url}{lang}{path}")
    assert answer
    assert answer.status == (404 if path == "/nothing" else 200), path


def too_wide(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("look", looks())
def test_no_page_shuts_anybody_out(site: World, browser: Browser, look: Look) -> None:
    """axe-core finds no violation of WCAG 2.2 AA, and no page is wider than its window."""
    with browser.new_context(**look.options) as context:
        page = context.new_page()
        for path in site.pages():
            visit(page, site, path)

            assert violations(page) == []
            assert too_wide(page) == 0, path


def test_pages_in_chinese_shut_nobody_out(site: World, browser: Browser) -> None:
    """A page in Chinese says so, is named in Chinese, and says of English titles that they are English."""
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        for path in site.pages():
            visit(page, site, path, "/zh-Hans")

            assert page.locator("html").get_attribute("lang") == "zh-Hans"
            assert re.search("[\u4e00-\u9fff]", page.locator("nav").first.inner_text())
            assert violations(page) == []


@pytest.mark.parametrize("width", [320, 768, 2560])
def test_pages_fit_every_width(site: World, browser: Browser, width: int) -> None:
    """From the smallest phone to the largest screen nothing sticks out, and lines stay readable."""
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        for path in site.pages():
            visit(page, site, path)

            assert too_wide(page) == 0, path
            assert page.locator("main").evaluate("main => main.clientWidth") <= 1400


def test_a_phone_shows_charts_whole(site: World, browser: Browser) -> None:
    """The newest week stands at a chart's right end: there nobody has to move it to see anything."""
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        visit(page, site, "/trends")

        hidden = "charts => charts.map(one => one.parentElement.scrollWidth - one.parentElement.clientWidth)"
        assert set(page.locator("svg.chart").evaluate_all(hidden)) == {0}


def test_text_can_be_twice_as_large(site: World, browser: Browser) -> None:
    """With letters of double size nothing is cut off or overlaps sideways (WCAG 1.4.4)."""
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        for path in site.pages():
            visit(page, site, path)
            page.evaluate("document.documentElement.style.fontSize = '200%'")

            assert too_wide(page) == 0, path


def test_a_page_is_one_request_to_ourselves(site: World, browser: Browser) -> None:
    """A public page asks for nothing but itself, is below 100 kB, sets no cookie and breaks no policy of its own."""
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        for path in site.pages():
            answer = page.goto(site.url + path)

            assert answer
            assert len(answer.body()) < MAX_BYTES, path
        assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {urlsplit(site.url).netloc}
        scripts = [url for url in asked if url.endswith("/digestbot.js")]
        assert len([url for url in asked if not url.startswith("data:")]) == len(site.pages()) + len(scripts)
        assert [line for line in said if "404" not in line] == []
        assert context.cookies() == []


def test_every_page_is_valid_html(site: World, tmp_path: Path) -> None:
    """The Nu Html Checker finds neither an error nor a warning, in any language."""
    files = []
    for number, path in enumerate(f"/{lang}{path}" for lang in LANGS for path in site.pages()):
        files.append(tmp_path / f"{number:03}{re.sub('[^a-zA-Z-]+', '_', path)}.html")
        files[-1].write_bytes(httpx.get(site.url + path).content)

    assert html_faults(files) == []


def test_keys_reach_everything(site: World, browser: Browser) -> None:
    """The first key leads past the navigation, every stop shows where it is, and no stop is a trap."""
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        page.goto(site.url)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#content"
        page.goto(site.url)

        stops = []
        for _ in range(40):
            page.keyboard.press("Tab")
            stops.append(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"

        assert len(set(stops)) > 30


def test_one_reads_and_searches_without_scripts(site: World, browser: Browser) -> None:
    """From the first page to a story, its section and a search, with scripts switched off."""
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site.url)
        page.locator("main article a").first.click()
        assert "/stories/" in page.url
        page.locator(".filing a").first.click()
        assert "/roadmaps/" in page.url
        page.goto(f"{site.url}/search")
        page.locator("main input[name=q]").fill("cache")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=cache*")

        assert page.locator("main article").count() > 0


def test_on_paper_the_text_stands_alone(site: World, browser: Browser) -> None:
    """A printed page has no navigation, dark letters on white, and shows where its links lead or leaves them plain."""
    with browser.new_context(viewport=DESKTOP, color_scheme="dark") as context:
        page = context.new_page()
        page.goto(site.url + site.story)
        page.emulate_media(media="print")

        assert not page.locator("header nav").is_visible()
        assert page.locator("h1").is_visible()
        red, green, blue = map(
            int, re.findall(r"\d+", page.locator("body").evaluate("b => getComputedStyle(b).color"))[:3]
        )
        assert max(red, green, blue) < 90


def test_no_part_stays_dark_on_paper(site: World, browser: Browser) -> None:
    """Printed from a dark screen the lines that a proposal adds are as readable as the others; nobody decides there."""
    with browser.new_context(viewport=DESKTOP, color_scheme="dark") as context:
        page = context.new_page()
        page.goto(site.url + site.proposals[0])
        page.emulate_media(media="print")

        added = page.locator(".diff ins").first.evaluate("line => getComputedStyle(line).backgroundColor")
        assert min(map(int, re.findall(r"\d+", added)[:3])) > 200
        assert not page.locator(".decide").is_visible()


def test_a_page_that_has_not_changed_is_not_sent_again(site: World) -> None:
    """Whoever has a page asks by its ETag, strong or weak, and gets a few bytes."""
    with httpx.Client(base_url=site.url) as client:
        for path in ("/", site.section, site.story, "/feed.atom", "/feed.json", "/trends"):
            tag = client.get(path).headers["etag"]

            for given in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
                answer = client.get(path, headers={"if-none-match": given})
                assert (answer.status_code, answer.content) == (304, b""), (path, given)
