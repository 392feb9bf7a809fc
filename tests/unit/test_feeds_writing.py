"""Adding feeds to feeds.yaml and taking them out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from digestbot.domain import Feed, FeedId
from digestbot.errors import ConfigError
from digestbot.feeds import parse
from digestbot.feeds.addresses import masked, new_id, same_source
from digestbot.feeds.writing import with_feeds, without_feed
from digestbot.known_sites import ARXIV_API
from digestbot.shipped import shipped

BLOG = Feed(
    FeedId("new"),
    "feed",
    "https://example.org/feed?a=1&b=#x",
    roadmaps=("genai",),
    every=timedelta(hours=36),
    lang="no",
)
PAPERS = Feed(FeedId("papers"), "arxiv", ARXIV_API, ("cs.CL", "math.*"), 'abs:"a b" AND all:x')
A, B = "{id: a, kind: feed, url: 'https://a.org'}", "{id: b, kind: feed, url: 'https://b.org'}"
BLOCK = "id: a\n  kind: feed\n  url: https://a.org\n"
FILES = {
    "shipped": shipped("feeds.yaml").read_text("utf-8"),
    "nothing": "",
    "only a comment": "# nothing yet\n",
    "an empty list": "feeds: []  # none yet\n# end\n",
    "flow": f"feeds: [{A}, {B}]",
    "blocks": f"# first\nfeeds:\n# of a\n- {BLOCK}\n# of b\n- {B}  # b\n# end",
    "dashes alone": f"feeds:\n    -\n      {BLOCK.replace(chr(10), chr(10) + '    ').rstrip()}\n    - {B}\n",
    "carriage returns": f"feeds:\r\n  - {A}\r\n  - {B}\r\n",
    "a document": f"---\nfeeds:\n  - {A}\n",
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_what_was_added_is_read_back_and_nothing_else_changed(text: str) -> None:
    """Feeds come after those that are there; every line that was there still is, in its order."""
    changed = with_feeds(text, "f", [(BLOG, "A blog: its # title"), (PAPERS, "")])

    assert parse(changed, "f") == (*parse(text, "f"), BLOG, PAPERS)
    kept = iter(changed.splitlines())
    assert all(line in kept for line in text.splitlines() if "feeds: [" not in line)


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_taking_out_what_was_added_gives_the_file_back(text: str) -> None:
    """A feed goes with its note, and comments stay where they are."""
    if not parse(text, "f"):
        text = with_feeds(text, "f", [(PAPERS, "")])

    changed = without_feed(with_feeds(text, "f", [(BLOG, "a note")]), "f", BLOG.id)

    assert changed.removesuffix("\n") == text.removesuffix("\n")


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_every_feed_can_go(text: str) -> None:
    """The file stays one that can be read and added to, down to its last feed and beyond."""
    for feed in parse(text, "f"):
        text = without_feed(text, "f", feed.id)

    assert parse(text, "f") == ()
    assert parse(with_feeds(text, "f", [(BLOG, "")]), "f") == (BLOG,)


@pytest.mark.parametrize("text", [f"feeds:\n- {A}\n...\n", f"feeds: [\n {A}, # one\n]\n"])
def test_a_file_that_would_be_spoiled_is_refused(text: str) -> None:
    """Where the rules do not fit how a file is written, it is left as it is."""
    with pytest.raises(ConfigError, match="edit it by hand"):
        with_feeds(text, "f", [(BLOG, "")])


def test_what_is_not_there_cannot_go() -> None:
    """Taking out an unknown feed names it."""
    with pytest.raises(ConfigError, match="no feed 'x'"):
        without_feed(FILES["flow"], "f", FeedId("x"))


SOURCES = [
    ("https://a.org", "http://www.a.org/?utm_source=x#top", True),
    ("https://a.org/feed", "https://a.org/feed?cat=2", False),
    (
        "https://www.youtube.com/feeds/videos.xml?channel_id=a",
        "https://www.youtube.com/feeds/videos.xml?channel_id=b",
        False,
    ),
]


@pytest.mark.parametrize(("one", "other", "same"), SOURCES)
def test_a_source_is_known_however_it_is_written(one: str, other: str, same: bool) -> None:
    """Scheme, www, tracking and a slash make no other feed of an address; its own parameters do."""
    there = Feed(FeedId("a"), "feed", one)

    assert same_source([there], Feed(FeedId("b"), "feed", other)) == (there if same else None)


def test_a_category_that_is_read_already_is_known() -> None:
    """One arXiv category of several that a feed reads is no new source; a search among them is."""
    there = Feed(FeedId("a"), "arxiv", ARXIV_API, ("cs.CL", "cs.LG"))

    assert same_source([there], Feed(FeedId("b"), "arxiv", ARXIV_API, ("cs.LG",))) == there
    assert same_source([there], Feed(FeedId("b"), "arxiv", ARXIV_API, ("cs.LG",), "all:x")) is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@x.org/f?token=abc&channel_id=UC1#f", "https://…@x.org/f?token=…&channel_id=UC1"),
        ("https://x.org/private/0123456789abcdef/feed.xml", "https://x.org/private/…/feed.xml"),
        ("https://x.org/AbC123defGhi456JklMno.rss", "https://x.org/….rss"),
        ("https://x.org/2024/attention-is-all-you-need/feed", "https://x.org/2024/attention-is-all-you-need/feed"),
        ("http://[::1/f?x=1", "http://[::1/f?…"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    """Passwords, keys in a query and segments that only a machine makes up are masked."""
    assert masked(url) == shown


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        ("Lil'Log", "", "lillog-2"),
        ("Ünïcode & more", "", "unicode-more"),
        ("大模型 AI", "https://www.cnblogs.com/justLittleStar/rss", "cnblogs-justlittlestar"),
        ("", "https://x.org/", "feed"),
        ("word " * 30, "", "word-word-word-word-word-word-word-word"),
    ],
)
def test_a_new_feed_gets_a_name_of_its_own(title: str, url: str, expected: str) -> None:
    """An id comes from the title, or from the address where the title has no such letters, and is nobody else's."""
    assert new_id(title, url, {"lillog"}) == expected
