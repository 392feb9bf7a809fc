"""`digestbot add`: pages handed in by address go along the same line as everything else."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import calling
import pytest
from fakes import NOW, item

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.domain import FeedId, FeedState, Sighting

CACHE = """The key-value cache of a transformer grows with every token that a language model decodes. This post keeps
the cache in pages, evicts keys that attention has not used, and serving gets twice as fast at equal quality."""
PAGES = {
    "/cache": f"<html><head><title>A rolling key-value cache</title></head><body><article><h1>A rolling key-value cache"
    f"</h1><p>{CACHE}</p><p>{CACHE.replace('This post', 'The second part')}</p></article></body></html>",
    "/robots.txt": "User-agent: *\nDisallow: /private/",
    "/private/page": "<html><body>secret</body></html>",
    "/empty": "<html><body><h1>Enable cookies</h1></body></html>",
}

pytestmark = pytest.mark.slow


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = PAGES.get(self.path)
        if self.path.startswith("/loop"):
            self.send_response(302)
            self.send_header("Location", f"{self.path}x")
            self.end_headers()
            return
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "/cache")
            self.end_headers()
            return
        body = (page or "").encode()
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/plain" if self.path.endswith("txt") else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    """A site on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run a command in this process over a data folder of its own, at the tests' hour."""
    monkeypatch.chdir(tmp_path)
    calling.unset_settings(monkeypatch)
    monkeypatch.setenv("DIGESTBOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DIGESTBOT_ALLOW_NETS", "127.0.0.0/8")
    monkeypatch.setenv("DIGESTBOT_NOW", NOW.isoformat())
    (tmp_path / "none.yaml").write_text("feeds: []\n")
    return calling.call


def answers(result: Any) -> list[dict[str, Any]]:
    """Return the objects on standard output."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_page_is_read_filed_and_told_in_the_next_digest(call: Callable[..., Any], site: str) -> None:
    """A new page is filed at once and sent with the next digest; handed in again it is known, with its story."""
    first = call("add", f"{site}/moved", "--by", "ada", "--json")
    again = call("add", f"{site}/cache", "--json")
    run = call("run", "--feeds", "none.yaml", "--json")

    (one,), (other,) = answers(first), answers(again)
    assert (first.exit_code, one["standing"], one["outcome"], one["section"]) == (0, "new", "filed", "VI")
    assert "new to the ledger" in first.stderr
    assert (other["standing"], other["item"], other["story"]) == ("known", one["item"], one["story"])
    assert "a known story" in again.stderr
    assert [digest["stories"] for digest in answers(run)[0]["digests"]] == [1]
    why = call("why", f"{site}/moved")
    assert "suggested by ada" in why.stdout
    assert "full text" in why.stdout


def test_bad_addresses_are_named_and_lose_nothing(call: Callable[..., Any], site: str) -> None:
    """Lines on standard input count like arguments; each that cannot be read has its reason, the rest is filed."""
    lines = (
        f"# a list\n{site}/private/page\n{site}/cache\n{site}/loop\n\n{site}/empty\nno address\nftp://example.org/x\n"
    )

    result = call("add", "-", "--json", input=lines)

    found = {answer["given"]: answer for answer in answers(result)}
    assert result.exit_code == 1
    reasons = {name.removeprefix(site): answer["reason"] for name, answer in found.items()}
    assert found[f"{site}/cache"]["outcome"] == "filed"
    assert reasons["/private/page"].startswith("robots: ")
    assert reasons["/loop"].startswith("too-many-redirects: ")
    assert reasons["/empty"].startswith("no-text: ")
    assert reasons["no address"] == reasons["ftp://example.org/x"] == "it is no http or https address"


def test_what_was_only_indexed_is_judged_when_somebody_wants_it(call: Callable[..., Any], site: str) -> None:
    """An old post that its feed's first reading left out goes along the line once a person hands it in."""
    old = item("cache", url=f"{site}/cache", id=f"url:https://{site.removeprefix('http://')}/cache", text=CACHE)
    call("items")
    ledger = Ledger(sqlite_url(Path(os.environ["DIGESTBOT_HOME"]) / "ledger.db"))
    ledger.intake.record(FeedId("blog"), [Sighting(old, "baseline", "too old")], FeedState(), NOW)
    ledger.close()

    (found,) = answers(call("add", f"{site}/cache", "--json"))

    assert (found["standing"], found["outcome"]) == ("new", "filed")


def test_a_run_that_is_under_way_reads_it_next_time(call: Callable[..., Any], site: str) -> None:
    """While another run holds the ledger nothing is lost: the next run reads what was suggested."""
    call("items")
    ledger = Ledger(sqlite_url(Path(os.environ["DIGESTBOT_HOME"]) / "ledger.db"))
    ledger.leases.take("run", "somebody:1", datetime.now(UTC), timedelta(hours=1))

    held = call("add", f"{site}/cache")
    ledger.leases.release("run", "somebody:1")
    ledger.close()
    run = call("run", "--feeds", "none.yaml", "--json")

    assert (held.exit_code, "waits for the next run" in held.stdout) == (0, True)
    assert [(feed["id"], feed["new"]) for feed in answers(run)[0]["feeds"]] == [("suggested", 1)]


def test_no_address_is_wrong_usage(call: Callable[..., Any]) -> None:
    """Nothing to add, or an empty standard input, is said to be so."""
    assert call("add").exit_code == 2
    assert "no address was given" in str(call("add", "-", input="").exception)
