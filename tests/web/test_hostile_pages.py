"""Hostile contents in a real browser: whatever stands in titles, texts, names and addresses, nothing of it acts.

With the pages' policy switched off the escaping stands alone, with it on the policy would hold what slipped through.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from browsing import DESKTOP, host
from playwright.sync_api import Browser, Page
from world import World, build_of, world

pytestmark = pytest.mark.slow

_PAYLOADS = (
    "<script>pwned({n})</script>",
    '"><img src=x onerror=pwned({n})>',
    "'><svg/onload=pwned({n})>",
    '<iframe srcdoc="<script>parent.pwned({n})</script>"></iframe>',
    "</style><script>pwned({n})</script>",
    "</title></textarea></noscript><script>pwned({n})</script>",
    "--><script>pwned({n})</script><!--",
    "]]><script>pwned({n})</script>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=pwned({n})&gt;'>",
    "<a href=javascript:pwned({n})>click</a>",
    "[click](javascript:pwned({n}))",
    '![x](x"onerror="pwned({n}))',
    "<details open ontoggle=pwned({n})>",
    "<form action=//evil.example><button autofocus onfocus=pwned({n})>",
    "<base href=//evil.example/><link rel=stylesheet href=//evil.example/{n}.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example/{n}'>",
    "{{{{ constructor.constructor('pwned({n})')() }}}} ${{pwned({n})}} <%= pwned({n}) %>",
    "&lt;script&gt;pwned({n})&lt;/script&gt; &#x3c;script>pwned({n})&#x3c;/script>",
    "\u202e<scr\u200bipt>pwned({n})</scr\u200bipt>\u2028<script>pwned({n})</script>",
    "`\"'><img/src='x'/onerror=pwned({n})//",
)
_ADDRESSES = (
    "javascript:pwned({n})",
    "JaVaScRiPt:pwned({n})",
    "java\tscript:pwned({n})",
    "data:text/html,<script>parent.pwned({n})</script>",
    "vbscript:pwned({n})",
    "//evil.example/{n}",
    'https://good.example/{n}"onmouseover="pwned({n})',
    "https://good.example/{n}'><script>pwned({n})</script>",
    "https://bank.example@evil.example/{n}",
)
_TEXTS = {
    "items": ("title", "text", "comment"),
    "articles": ("text", "note"),
    "summaries": ("tldr", "why"),
    "verdicts": ("reason",),
    "proposals": ("title", "reason", "merit", "diff"),
    "feeds": ("reason",),
    "revisions": ("change",),
    "documents": ("title",),
    "passages": ("text", "heading"),
}
_URLS = {"items": ("url",), "articles": ("url",), "documents": ("url",), "proposals": ("url", "old_url")}
_LISTS = {
    "items": ("authors", "links"),
    "summaries": ("points", "evidence"),
    "proposals": ("evidence", "signs", "quotes"),
}
_KEPT = {
    "id",
    "kind",
    "section",
    "chapter",
    "story",
    "lang",
    "zone",
    "created_at",
    "published_at",
    "first_told_at",
    "label",
}
_WATCH = "window.pwned = number => { window.acted = (window.acted || []).concat(number); };"
_LIVE = """() => [...document.querySelectorAll('*')].flatMap(one => [
    ...[...one.attributes].filter(each => each.name.startsWith('on')
        || (['href', 'src', 'action', 'formaction'].includes(each.name)
            && /^\\s*(javascript|vbscript|data):/i.test(each.value) && one.rel !== 'icon')).map(each => one.outerHTML),
    ...(['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'MARQUEE', 'MATH'].includes(one.tagName) ? [one.outerHTML] : []),
    ...(one.tagName === 'SCRIPT' && (one.text || !one.src.startsWith(location.origin + '/')) ? [one.outerHTML] : []),
    ...(one.tagName === 'META' && one.httpEquiv === 'refresh' ? [one.outerHTML] : []),
].map(found => found.slice(0, 200)))"""


def poison(home: Path) -> None:
    """Put a payload into every text and every address that comes from outside, the ledger's and the roadmap's."""
    numbers = count(1)

    def text(*_: Any) -> str:
        number = next(numbers)
        return _PAYLOADS[number % len(_PAYLOADS)].format(n=number)

    def address(*_: Any) -> str:
        number = next(numbers)
        return _ADDRESSES[number % len(_ADDRESSES)].format(n=number)

    def inside(written: str) -> str:
        return json.dumps(_poisoned(json.loads(written), text, address))

    with closing(sqlite3.connect(home / "ledger.db")) as database, database:
        for name, make in (("text", text), ("address", address), ("inside", inside)):
            database.create_function(name, 1, make)
        for tables, name in ((_TEXTS, "text"), (_URLS, "address"), (_LISTS, "inside")):
            for table, columns in tables.items():
                for column in columns:
                    database.execute(f"UPDATE {table} SET {column} = {name}({column}) WHERE {column} != ''")
        for table in ("digests", "digest_contents"):
            database.execute(f"UPDATE {table} SET body = inside(body)")
    document = home / "roadmaps" / "genai.md"
    lines = (f"- [{text()}]({address()}) {text()}\n\n{text()}\n" for _ in range(len(_PAYLOADS)))
    document.write_text(
        document.read_text("utf-8") + "\n### <b onclick=pwned(0)>Last</b>\n\n" + "\n".join(lines), "utf-8"
    )


def _poisoned(value: Any, text: Any, address: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _poisoned(one, text, address, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_poisoned(one, text, address, key) for one in value]
    if not isinstance(value, str) or not value or key in _KEPT:
        return value
    return address() if key == "url" or value.startswith("http") else text()


@pytest.fixture(scope="module")
def hostile(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Pages on a week whose every word is an attack."""
    poisoned = tmp_path_factory.mktemp("hostile") / "demo"
    shutil.copytree(demo, poisoned)
    poison(poisoned)
    with world(poisoned, tmp_path_factory.mktemp("hostile") / "home") as found:
        yield found


def look_around(page: Page) -> list[Any]:
    """Return what acted on a page or could, after everything on it was opened and pointed at."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate(
        "document.querySelectorAll('main *').forEach(one => ['mouseover', 'focus', 'toggle', 'error', 'load']"
        ".forEach(name => one.dispatchEvent(new Event(name, {bubbles: name === 'mouseover'}))))"
    )
    return [*page.evaluate("window.acted || []"), *page.evaluate(_LIVE)]


@pytest.mark.parametrize("bypass", [False, True], ids=["with its policy", "by escaping alone"])
def test_nothing_that_was_read_acts(hostile: World, browser: Browser, bypass: bool) -> None:
    """No page runs, loads, frames or redirects to anything, and no link leads anywhere but to http and https."""
    with browser.new_context(viewport=DESKTOP, bypass_csp=bypass) as context:
        context.add_init_script(_WATCH)
        page = context.new_page()
        away: list[str] = []
        page.on("request", lambda request: away.append(request.url))
        page.on("dialog", lambda dialog: dialog.dismiss())
        paths = [path for path in hostile.pages() if path not in ("/sign-in", "/subscribe", "/nothing")]
        for path in [*paths, *(f"/zh-Hans{path}" for path in paths)]:
            answer = page.goto(hostile.url + path)

            assert answer
            assert answer.status == 200, path
            assert look_around(page) == [], path
        here = urlsplit(hostile.url).netloc
        assert [url for url in away if not url.startswith("data:") and urlsplit(url).netloc != here] == []


@pytest.mark.prove
def test_nothing_that_was_read_acts_in_files(hostile: World, browser: Browser, tmp_path: Path) -> None:
    """Built as files the pages are as deaf, and so is their search, which shows what it found by itself."""
    build_of(hostile, tmp_path)
    with host(tmp_path) as url, browser.new_context(viewport=DESKTOP, bypass_csp=True) as context:
        context.add_init_script(_WATCH)
        page = context.new_page()
        for path in sorted(tmp_path.rglob("*.html")):
            page.goto(f"{url}/{path.relative_to(tmp_path)}")
            assert look_around(page) == [], path
        page.goto(f"{url}/search.html")
        page.locator("#q").fill("pwned")

        assert page.locator("#found li").count() > 10
        assert look_around(page) == []


def test_hostile_pages_are_still_whole(hostile: World, browser: Browser) -> None:
    """What looks like markup is shown as text: the navigation stays, and attacks are read as they were written."""
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        page.goto(hostile.url)

        assert page.locator("header nav a").count() >= 5
        assert page.locator("footer").count() == 1
        assert "pwned(" in page.locator("main").inner_text()
