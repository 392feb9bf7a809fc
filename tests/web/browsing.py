"""A browser for tests: Debian's own Chromium, driven by Playwright, and the checkers that run in it or beside it."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

TOOLS = Path(__file__).parents[2] / ".tools"
"""Where `.ci/run` puts what comes from npm."""
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    size: str
    scheme: str

    @property
    def options(self) -> dict[str, Any]:
        """What a browser's context is made with."""
        return {"viewport": PHONE if self.size == "phone" else DESKTOP, "color_scheme": self.scheme}


def looks() -> list[Any]:
    """Return ways to look as parameters of a test; where others have both size and scheme, too, it is a long proof."""
    pairs = [("phone", "light"), ("desktop", "dark"), ("phone", "dark"), ("desktop", "light")]
    marks: list[Any] = [(), (), pytest.mark.prove, pytest.mark.prove]
    return [
        pytest.param(Look(size, scheme), id=f"{size}-{scheme}", marks=mark)
        for (size, scheme), mark in zip(pairs, marks, strict=True)
    ]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a browser; skips the test where there is none."""
    program = shutil.which("chromium")
    if not program:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as play:
        # A root user's Chromium runs only without its sandbox; nothing but our own pages is opened here.
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@contextmanager
def host(folder: Path) -> Iterator[str]:
    """Serve a folder as any web host does."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page, a line for each element."""
    # Evaluated by the debugger, whom the page's policy does not bind.
    page.evaluate(_axe())
    found = page.evaluate("rules => axe.run(document, rules)", _RULES)
    return [
        f"{page.url}: {one['id']}: {one['help']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def html_faults(files: Sequence[Path]) -> list[str]:
    """Return what the Nu Html Checker says is wrong with these files."""
    jar = _tool("vnu-jar/build/dist/vnu.jar")
    if not shutil.which("java"):
        pytest.skip("Java is not installed: apt-get install default-jre-headless")
    words = ["java", "-Xss1m", "-jar", str(jar), "--format", "json", "--exit-zero-always", *map(str, files)]
    said = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False).stderr
    found = json.loads(said)["messages"]
    return [
        f"{one['url']}:{one.get('lastLine')}: {one['message']} {one.get('extract', '')}"
        for one in found
        if _counts(one)
    ]


def _counts(message: dict[str, Any]) -> bool:
    return message["type"] == "error" or message.get("subType") == "warning"


@cache
def _axe() -> str:
    return _tool("axe-core/axe.min.js").read_text("utf-8")


def _tool(name: str) -> Path:
    path = TOOLS / "node_modules" / name
    if not path.is_file():
        pytest.skip(f"{name} is not installed: npm install --prefix .tools axe-core vnu-jar")
    return path
