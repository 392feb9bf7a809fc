"""`digestbot feeds …` as people use it, on a site of our own on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import calling
import pytest
from calling import Called

from digestbot import feeds

RSS = """<rss version="2.0"><channel><title>A Blog: of things</title><link>/</link>{}</channel></rss>"""
ENTRY = (
    "<item><title>On caches {0}</title><link>/post/{0}</link><pubDate>Mon, 06 Apr 2026 10:00:00 GMT</pubDate></item>"
)
PAGE = """<!doctype html><html><head><title>Blog</title>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
<link rel="alternate" type="application/rss+xml" title="Posts" href="feed.xml"></head><body>Hello</body></html>"""
SITE = {
    "/blog/": ("text/html", PAGE),
    "/blog/feed.xml": ("application/rss+xml", RSS.format(ENTRY.format(1) + ENTRY.format(2))),
    "/comments/feed": ("application/rss+xml", RSS.format("")),
    "/bare/": ("text/html", "<html><body>no link to a feed</body></html>"),
    "/index.xml": ("text/xml", RSS.format(ENTRY.format(3))),
}
Call = Callable[..., Called]


class Site(BaseHTTPRequestHandler):
    """Answers for the pages above, with 404 for all else."""

    def do_GET(self) -> None:
        kind, text = SITE.get(self.path.partition("?")[0], ("text/plain", ""))
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with no feeds yet."""
    monkeypatch.chdir(tmp_path)
    calling.unset_settings(monkeypatch)
    monkeypatch.setenv("DIGESTBOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DIGESTBOT_ALLOW_NETS", "127.0.0.0/8")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "feeds.yaml").write_text("feeds: []  # mine\n")
    return tmp_path / "home"


@pytest.fixture
def call(home: Path) -> Call:
    """Run a command in this process."""
    return lambda *words, input=None: calling.call("feeds", *words, input=input)


@pytest.mark.slow
def test_a_newcomer_adds_a_page_and_the_next_run_reads_its_feed(call: Call, home: Path, site: str) -> None:
    """The feed that a page offers is found, written into the file, listed, and read by the next run."""
    added = call("add", f"{site}/blog/", "--every", "6h", "--roadmap", "genai")
    ran = calling.call("run", "--json", "--now", "2026-04-07T00:00:00+00:00")
    listed = call("list", "--json")

    assert added.exit_code == 0, added.stderr
    (feed,) = feeds.load(home / "feeds.yaml")
    assert (feed.id, feed.url, feed.roadmaps) == ("a-blog-of-things", f"{site}/blog/feed.xml", ("genai",))
    report = json.loads(ran.stdout)
    assert [(one["id"], one["fetched"], one["failed"]) for one in report["feeds"]] == [("a-blog-of-things", 2, 0)]
    assert json.loads(listed.stdout)["last_success_at"].startswith("2026-04-07")


@pytest.mark.slow
def test_a_feed_is_added_once_however_it_is_named(call: Call, home: Path, site: str) -> None:
    """The page and the feed are one source: the second is refused with the id of the first, and nothing changes."""
    call("add", f"{site}/blog/", "--id", "mine")
    before = (home / "feeds.yaml").read_bytes()

    again = call("add", f"{site}/blog/feed.xml?utm_source=x")

    assert again.exit_code == 1
    assert "read already, as 'mine'" in again.stderr
    assert (home / "feeds.yaml").read_bytes() == before


@pytest.mark.slow
def test_a_page_without_a_word_of_its_feed(call: Call, site: str) -> None:
    """Where no page names a feed, the usual places are tried; where there is none, nothing is found and said so."""
    found = call("discover", f"{site}/bare/", "--json")
    tested = call("test", f"{site}/bare/", "--json")

    assert json.loads(found.stdout)["url"] == f"{site}/index.xml"
    assert (tested.exit_code, json.loads(tested.stdout)["reason"]) == (1, "not-a-feed")


def test_what_needs_no_look_is_added_without_one(call: Call, home: Path) -> None:
    """An arXiv category is known by its form; a category that a feed reads already is refused."""
    first = call("add", "cs.CL")
    again = call("add", "https://arxiv.org/list/cs.CL/recent")

    (feed,) = feeds.load(home / "feeds.yaml")
    assert (first.exit_code, feed.id, feed.kind, feed.categories) == (0, "arxiv-cs-cl", "arxiv", ("cs.CL",))
    assert (again.exit_code, "as 'arxiv-cs-cl'" in again.stderr) == (1, True)


def test_lists_go_out_and_in(call: Call, home: Path, tmp_path: Path) -> None:
    """What is exported comes back the same: ids, arXiv searches, channels, times and languages among it."""
    text = (
        "feeds:\n- {id: a, kind: arxiv, categories: [cs.CL], query: 'abs:\"x y\"', every: 6h}\n"
        "- {id: m, kind: arxiv, query: q, base_url: 'http://127.0.0.1:1/api'}\n"
        "- {id: y, kind: youtube, url: 'http://127.0.0.1:1/videos.xml?channel_id=x', lang: en}\n"
        "- {id: b, kind: feed, url: 'https://b.org/feed?key=1&x=<2>', roadmaps: [genai]}\n"
    )
    (home / "feeds.yaml").write_text(text)
    before = feeds.load(home / "feeds.yaml")
    (tmp_path / "out.opml").write_text(call("export").stdout)
    for feed in before:
        call("remove", feed.id)

    done = call("import", tmp_path / "out.opml")

    assert done.exit_code == 0, done.stderr
    assert feeds.load(home / "feeds.yaml") == before


OPML = b"""<opml version="1.0"><head><title>t</title></head><body><outline text="News"><outline text="Deep">
<outline type="rss" text="One" xmlUrl="https://one.org/feed"/><outline type="rss" text="Ein" xmlurl="http://www.one.org/feed/"/>
</outline></outline><outline text="Bad" type="rss" xmlUrl="ftp://x"/><outline text="None" type="rss"/>
<outline text="Papers" xmlUrl="https://rss.arxiv.org/rss/cs.CL+cs.LG"/></body></opml>"""


def test_an_imported_list_loses_nothing_unsaid(call: Call, home: Path) -> None:
    """Folders are noted, repeats counted, and each row that cannot be used is told with its line and reason."""
    done = call("import", "-", input=OPML)

    assert done.exit_code == 1
    assert [(feed.id, feed.kind) for feed in feeds.load(home / "feeds.yaml")] == [("one", "feed"), ("papers", "arxiv")]
    assert "# One — News › Deep" in (home / "feeds.yaml").read_text()
    assert "line 2: 'Ein' is read already, as 'one'" in done.stderr
    assert "line 3: 'Bad': 'ftp://x' is no http or https address" in done.stderr
    assert "'None': it has no address" in done.stderr
    assert "Added 2 feeds of 5" in done.stderr


def test_a_broken_list_gives_what_can_be_read(call: Call, home: Path) -> None:
    """A list that is not well-formed is mended as far as it goes, said so, and ends with 1."""
    done = call("import", "-", input=b"<opml><body><outline xmlUrl='https://a.org/f?a=1&b=2'/>\xff<x:outline/>")

    assert done.exit_code == 1
    assert [feed.url for feed in feeds.load(home / "feeds.yaml")] == ["https://a.org/f?a=1&b=2"]
    assert "not well-formed" in done.stderr


@pytest.mark.parametrize(
    "body",
    [b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body>&x;</body></opml>', b"<rss/>", b"", b"{}"],
)
def test_a_hostile_list_is_refused(call: Call, home: Path, body: bytes) -> None:
    """Entities, and documents that are no list, end with 2 and leave the file as it was."""
    done = call("import", "-", input=body)

    assert isinstance(done.exception, Exception) or done.exit_code == 2
    assert (home / "feeds.yaml").read_text() == "feeds: []  # mine\n"


def test_pausing_and_resuming_are_seen_in_the_list(call: Call, home: Path) -> None:
    """A paused feed says so until it is resumed; an unknown one is refused."""
    (home / "feeds.yaml").write_text("feeds:\n- {id: b, kind: feed, url: 'https://u.org/f?token=abc'}\n")

    call("pause", "b")
    paused = json.loads(call("list", "--json").stdout)
    call("resume", "b")
    table = call("list").stdout

    assert (paused["paused_why"], paused["url"]) == ("by hand", "https://u.org/f?token=…")
    assert "not read yet" in table
    assert "abc" not in table
    assert call("pause", "x").exit_code != 0


def test_a_document_from_standard_input_is_parsed(call: Call) -> None:
    """`feeds parse -` reads a feed that another program hands over."""
    done = call("parse", "-", "--json", "--url", "https://example.org/", input=RSS.format(ENTRY.format(1)).encode())

    (item,) = json.loads(done.stdout)["items"]
    assert (item["link"], item["published"]) == ("https://example.org/post/1", "2026-04-06T10:00:00+00:00")
