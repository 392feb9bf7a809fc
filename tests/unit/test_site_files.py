"""The pages as files: names that every host takes, links that fit, and what is not taken over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from surfaces import bare_surface

from digestbot.commands.site import build_command
from digestbot.errors import ConfigError
from digestbot.settings import load
from digestbot.web.site_build import LIST, build
from digestbot.web.site_files import Target, file_of, finder, still, still_feed

FIND = finder(("en", "zh-Hans"))


def target(address: str) -> Target:
    """Return a page that is there."""
    found = FIND(address)
    assert found
    return found


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/en/", "index.html"),
        ("/zh-Hans/", "zh-Hans/index.html"),
        ("/stories/s1", "stories/s1.html"),
        ("/zh-Hans/stories/s1", "zh-Hans/stories/s1.html"),
        ("/roadmaps/genai/VI/feed.atom", "roadmaps/genai/VI/feed.atom"),
        ("/feeds.opml", "feeds.opml"),
        ("/trends?weeks=12&utm=x", "trends--weeks-12.html"),
    ],
)
def test_a_page_has_a_file_like_its_address(address: str, file: str) -> None:
    """Languages but the first have folders of their own; of a query only what the page reads counts."""
    assert target(address).file == file


@pytest.mark.parametrize(
    "address", ["/search/feed.atom?q=x", "/explain", "/review", "/subscribe", "/zh-Hant/", "/nothing/at/all/of/it"]
)
def test_what_answers_or_acts_is_no_file(address: str) -> None:
    """Questions, reviews, sign-up and languages that are not built have no file."""
    assert FIND(address) is None


@pytest.mark.parametrize("part", ["..", ".hidden", "a/b", "a b", "CON\x00", "第一章", "x" * 500, "a?b", "\ud800"])
def test_no_part_of_an_address_leaves_its_folder(part: str) -> None:
    """What is not plain is named by its hash: no dots, slashes, spaces or endless names reach a file system."""
    name = Path(file_of(f"/stories/{part.replace('/', '%2F')}", {"before": part}))

    assert name.parts[0] == "stories"
    assert len(name.parts) == 2
    assert name.name.isascii()
    assert len(name.name) < 100


def test_links_between_files_are_relative() -> None:
    """A link leads to the other file from wherever the page lies, with its fragment; what it leads to is told."""
    html = (
        '<p><a class="x" href="/zh-Hans/roadmaps/genai/VI?before=k1#new" rel="x">VI <b>1</b></a> '
        '<a href="/en/">E</a></p>'
    )

    page, leads = still(html, target("/zh-Hans/stories/s1"), FIND)

    assert page == (
        '<p><a class="x" href="../roadmaps/genai/VI--before-k1.html#new" rel="x">VI <b>1</b></a> '
        '<a href="../../index.html">E</a></p>'
    )
    assert [one.path for one in leads] == ["/roadmaps/genai/VI", "/"]


def test_pages_may_stand_under_a_path() -> None:
    """Where all addresses begin with a path of the host, files are named without it."""
    found = finder(("en",), "/notes")("/notes/stories/s1")

    assert found
    assert found.file == "stories/s1.html"


def test_links_to_what_is_no_file_leave_their_words() -> None:
    """In a text the words stay, a list of pages loses the item, and forms and scripts go; other sites' links stay."""
    html = (
        '<ul>\n<li><a href="/explain">Ask</a></li>\n<li><a href="/about">About</a></li>\n</ul>'
        '<p>See <a href="/review/p1">the proposal</a>.</p><form method="get" action="/search"><input></form>'
        '<script src="/digestbot.js"></script><link rel="alternate" href="/search/feed.atom">\n'
        '<a href="https://example.org/">out</a>'
    )

    page, _ = still(html, target("/"), FIND)

    assert page == (
        '<ul>\n<li><a href="about.html">About</a></li>\n</ul><p>See the proposal.</p>'
        '<a href="https://example.org/">out</a>'
    )


def test_a_feeds_addresses_are_those_of_files() -> None:
    """Whole addresses of pages become whole addresses of files; a story's own address stays."""
    feed = '<link href="https://d.example/p/stories/s1"/><link href="https://other.example/stories/s1"/>'

    written, leads = still_feed(feed, "https://d.example/p", FIND)

    assert written == (
        '<link href="https://d.example/p/stories/s1.html"/><link href="https://other.example/stories/s1"/>'
    )
    assert [one.file for one in leads] == ["stories/s1.html"]


@pytest.mark.parametrize(
    "content",
    ["{", "[]", '{"files": 3}', json.dumps({"files": {"../../etc/passwd": "x"}}), json.dumps({"files": {"/x": "x"}})],
)
def test_a_list_that_no_build_wrote_is_refused(content: str, tmp_path: Path) -> None:
    """A forged or damaged list of files makes no build take away what is not its own."""
    (tmp_path / LIST).write_text(content)

    with pytest.raises(ConfigError, match="not the list"):
        build(bare_surface(public_url=""), tmp_path, ("en",))


@pytest.mark.parametrize(
    ("url", "lang", "named"), [("", "fr", "--lang 'fr'"), ("javascript:x", "en", "--url 'javascript:x'")]
)
def test_what_a_build_cannot_take_is_named(url: str, lang: str, named: str, tmp_path: Path) -> None:
    """A language that the pages do not speak and an address that is none are told before anything is opened."""
    with pytest.raises(ConfigError, match=named):
        build_command(load(home=tmp_path), tmp_path / "site", url, (lang,), False)

    assert not (tmp_path / "site").exists()
