"""The pages as files, built of the demo's week and opened as a stranger's web host would serve them."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

import feedparser
import pytest
from browsing import DESKTOP, host, html_faults, violations
from playwright.sync_api import Browser
from world import World, build_of, world

from digestbot.errors import ConfigError
from digestbot.web.site_build import LIST

pytestmark = pytest.mark.slow

LANGS = ("en", "zh-Hans")


@pytest.fixture(scope="module")
def built(site: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files that was built."""
    folder = tmp_path_factory.mktemp("built") / "under" / "here"
    build_of(site, folder, LANGS)
    return folder


def test_no_link_is_broken(built: Path) -> None:
    """Every link of every page leads to a file of the site or to another site; none starts at the host's top."""
    pages = sorted(built.rglob("*.html"))
    broken = []
    for page in pages:
        for link in re.findall(r'(?:href|src|action)="([^"#][^"]*)"', page.read_text("utf-8")):
            parts = urlsplit(link)
            if not parts.scheme and not (page.parent / unquote(parts.path)).resolve().is_file():
                broken.append((page.name, link))

    assert len(pages) > 100
    assert broken == []


def test_feeds_lead_to_files(built: Path) -> None:
    """A built feed names whole addresses of files that are there."""
    read = feedparser.parse((built / "feed.atom").read_bytes())

    assert not read.bozo
    for link in [read.feed.link, *(entry.link for entry in read.entries)]:
        assert (built / link.removeprefix("https://me.example/notes/")).is_file()


def test_a_second_build_writes_nothing(site: World, built: Path) -> None:
    """What has not changed keeps its file, so that only changes are copied to a host."""
    before = {path: path.stat().st_mtime_ns for path in built.rglob("*") if path.name != LIST}

    again = build_of(site, built, LANGS)

    assert (again.written, again.removed) == (0, 0)
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*") if path.name != LIST} == before


def test_a_change_rewrites_what_shows_it(demo: Path, tmp_path: Path) -> None:
    """A changed title is written into the pages that show it; a story that is gone takes its file along."""
    with world(demo, tmp_path / "home") as site:
        first = build_of(site, tmp_path / "site")
        story = site.story.rpartition("/")[2]
        with closing(sqlite3.connect(site.home / "ledger.db")) as database, database:
            database.execute("UPDATE items SET title = 'Another title' WHERE story = ?", (story,))

        second = build_of(site, tmp_path / "site")

    assert 0 < second.written < first.pages // 2
    assert "Another title" in (tmp_path / "site" / "stories" / f"{story}.html").read_text("utf-8")


def test_a_strangers_file_is_not_overwritten(site: World, tmp_path: Path) -> None:
    """A file that no build made stops the build and stays; others beside it stay as well."""
    (tmp_path / "CNAME").write_text("me.example")
    (tmp_path / "about.html").write_text("mine")

    with pytest.raises(ConfigError, match=r"about\.html"):
        build_of(site, tmp_path)

    assert (tmp_path / "about.html").read_text() == "mine"
    assert (tmp_path / "CNAME").read_text() == "me.example"


@pytest.mark.parametrize("where", ["a host's folder", "a file"])
def test_it_opens_anywhere(built: Path, browser: Browser, where: str) -> None:
    """Below a path of a host and straight from a disk: pages lead on, look as they should, and break no policy."""
    with host(built.parent.parent) as url, browser.new_context(viewport=DESKTOP) as context:
        top = f"{url}/under/here/index.html" if where == "a host's folder" else f"file://{built}/index.html"
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(top)
        page.locator("main article a").first.click()
        page.wait_for_url("**/stories/*.html")
        assert violations(page) == []
        page.locator("a[hreflang=zh-Hans]").click()
        page.wait_for_url("**/zh-Hans/stories/*.html")
        page.locator("header a").first.click()
        page.wait_for_url("**/zh-Hans/index.html")

        assert page.locator("form, script").count() == 0
        assert page.locator("h1").evaluate("h1 => getComputedStyle(h1).fontFamily").find("serif") >= 0
        assert said == []


def test_what_is_built_can_be_searched(built: Path, browser: Browser) -> None:
    """The reader's own browser finds stories by words of title and summary, in one language as in the other."""
    stories = re.findall(r'\["(s[0-9a-f]+)", ', (built / "search.js").read_text("ascii"))
    assert len(stories) > 40
    assert [id for id in stories if not (built / "stories" / f"{id}.html").is_file()] == []
    with host(built) as url, browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        for folder in ("", "/zh-Hans"):
            page.goto(f"{url}{folder}/search.html")
            page.locator("#q").fill("KV cache quantiz")
            assert page.locator("#found li").count() >= 1
            assert violations(page) == []
            page.locator("#found a").first.click()
            page.wait_for_url(f"{url}{folder}/stories/*.html")
        page.goto(f"{url}/search.html")
        page.locator("#q").fill("nobody wrote this")

        assert page.locator("#count").inner_text() == "Nothing was found."


def test_built_pages_are_valid(built: Path) -> None:
    """The Nu Html Checker finds nothing in a page of each kind."""
    kinds = {re.sub(r"[^/]+$", "", str(path.relative_to(built))): path for path in sorted(built.rglob("*.html"))}

    faults = html_faults([built / "index.html", *kinds.values()])
    # The checker knows no hashes in a policy; that the style is let in is seen in the browser.
    assert [fault for fault in faults if "Inline style violates Content Security Policy" not in fault] == []
