"""What `feeds.yaml` may say, and how its mistakes are told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from digestbot import feeds
from digestbot.errors import ConfigError
from digestbot.known_sites import ARXIV_API


def test_reads_every_kind_of_feed() -> None:
    """Each kind becomes a Feed with its own address, and what is left out has a default."""
    text = """feeds:
- id: papers
  kind: arxiv
  categories: [cs.CL, stat.ML]
  query: all:transformer
  every: 6h
- {id: blog, kind: feed, url: "https://example.org/feed.xml", roadmaps: [genai], lang: en}
- {id: talks, kind: youtube, url: "https://example.org/videos.xml?channel_id=x"}
"""

    papers, blog, talks = feeds.parse(text, "feeds.yaml")

    assert (papers.url, papers.categories, papers.every) == (ARXIV_API, ("cs.CL", "stat.ML"), timedelta(hours=6))
    assert (blog.kind, blog.url, blog.roadmaps, blog.lang) == ("feed", "https://example.org/feed.xml", ("genai",), "en")
    assert (talks.kind, talks.every) == ("youtube", None)


def test_base_url_moves_the_arxiv_api() -> None:
    """A mirror of arXiv's API is named by base_url."""
    found = feeds.parse("feeds:\n- {id: a, kind: arxiv, query: x, base_url: 'http://127.0.0.1:1/api/query'}", "f")

    assert found[0].url == "http://127.0.0.1:1/api/query"


FAULTS = {
    "- {id: x, kind: feed, urll: 'https://a.org'}": "f:2: unknown key 'urll' in feed 'x': did you mean 'url'?",
    "- {id: x, kind: feed}": "f:2: missing key 'url' in feed 'x'",
    "- {kind: feed, url: 'https://a.org'}": "f:2: missing key 'id' in a feed without id",
    "- {id: x, url: 'https://a.org'}": "f:2: missing key 'kind' in feed 'x'",
    "- {id: x, kind: rss, url: 'https://a.org'}": "kind of feed 'x' is 'rss': expected one of arxiv, feed, youtube",
    "- {id: x, kind: feed, url: 'file:///etc/passwd'}": "expected an http or https address with a host",
    "- {id: x, kind: feed, url: 'https://'}": "expected an http or https address with a host",
    "- {id: x, kind: feed, url: 'http://[::1/f'}": "expected an http or https address with a host",
    "- {id: x, kind: feed, url: [a]}": "url of feed 'x' is a list: expected an http or https address",
    "- {id: x, kind: feed, url: 'https://a.org', every: 90}": "every of feed 'x' is '90': expected a duration",
    "- {id: x, kind: feed, url: 'https://a.org', every: 1m}": "every of feed 'x' is '1m': expected 5m to 90d",
    "- {id: x, kind: feed, url: 'https://a.org', lang: no}": "lang of feed 'x' is 'no': expected a language code",
    "- {id: x, kind: feed, url: 'https://a.org', base_url: 'https://a.org'}": "'base_url' in feed 'x' is only for",
    "- {id: x, kind: arxiv}": "f:2: feed 'x' needs 'categories' or 'query'",
    "- {id: x, kind: arxiv, query: a, url: 'https://a.org'}": "use 'base_url'",
    "- {id: x, kind: arxiv, categories: cs.CL}": "categories of feed 'x' must be a list",
    "- {id: 'A b', kind: arxiv, query: a}": "id of feed 'A b' is 'A b': expected 1 to 64",
    "- {id: x, id: y, kind: arxiv, query: a}": "key 'id' stands twice",
    "- word": "f:2: expected a feed with keys",
    "- a: b: c": "f:2: not valid yaml",
    "- &a {id: x}\n- *a": "f:2: anchors and aliases are not used here",
    "- " + "[" * 100_000: "f:2: nested more than 8 deep",
    "- !!python/object:os.system x": "f:2: expected a feed",
    "x" * 1_000_001: "f: larger than 1000000 bytes",
}


@pytest.mark.parametrize(("text", "says"), FAULTS.items(), ids=range(len(FAULTS)))
def test_names_each_fault_with_its_line(text: str, says: str) -> None:
    """A mistake is told with file, line, feed and what was expected."""
    with pytest.raises(ConfigError) as raised:
        feeds.parse(f"feeds:\n{text}", "f")

    assert says in str(raised.value)


def test_a_channel_may_be_named() -> None:
    """A handle or an id stands for a YouTube channel's address, and for no other kind of feed's."""
    names = ("@AndrejKarpathy", "UCXUPKJO5MZQN11PqgIvyuvQ", "PLAqhIrjkxbuWI23v9cThsA9GvCAUhRvKZ")

    for name in names:
        assert feeds.parse(f"feeds:\n- {{id: a, kind: youtube, url: '{name}'}}", "f")[0].url == name
        with pytest.raises(ConfigError, match="expected an http or https address"):
            feeds.parse(f"feeds:\n- {{id: a, kind: feed, url: '{name}'}}", "f")


@pytest.mark.parametrize("text", ["- id: a", "42", "feeds: 3", "other: []", "feeds: []\nfeed: []"])
def test_the_file_has_one_list_and_nothing_else(text: str) -> None:
    """Anything but `feeds:` with a list is refused, so that no feed is overlooked."""
    with pytest.raises(ConfigError, match=r"^f:\d: "):
        feeds.parse(text, "f")


def test_tells_all_faults_at_once_in_order_of_lines() -> None:
    """One start shows every mistake, so that the file is mended once."""
    text = "feeds:\n- id: a\n  kind: feed\n  every: x\n- id: b\n  kind: nothing\n  url: https://b.org\n"

    with pytest.raises(ConfigError) as raised:
        feeds.parse(text, "feeds.yaml")

    lines = str(raised.value).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["feeds.yaml:2:", "feeds.yaml:4:", "feeds.yaml:6:"]


@pytest.mark.parametrize(
    ("second", "says"),
    [
        ("{id: a, kind: feed, url: 'https://other.org'}", "f:3: id 'a' stands at line 2 already"),
        ("{id: b, kind: feed, url: 'https://a.org'}", "f:3: the source of feed 'b' stands at line 2 already"),
    ],
)
def test_refuses_the_same_feed_twice(second: str, says: str) -> None:
    """Two feeds share neither an id nor a source."""
    with pytest.raises(ConfigError, match="already") as raised:
        feeds.parse(f"feeds:\n- {{id: a, kind: feed, url: 'https://a.org'}}\n- {second}", "f")

    assert says in str(raised.value)


def test_an_unreadable_file_is_the_operators_to_mend(tmp_path: Path) -> None:
    """A missing file and bytes that are no UTF-8 raise ConfigError with the file's name."""
    broken = tmp_path / "feeds.yaml"
    broken.write_bytes(b"- id: \xff")

    for path in (broken, tmp_path / "missing.yaml"):
        with pytest.raises(ConfigError, match=path.name):
            feeds.load(path)


def test_a_file_without_feeds_gives_none(tmp_path: Path) -> None:
    """An empty file, a byte order mark before it or not, is no mistake."""
    path = tmp_path / "feeds.yaml"
    path.write_bytes(b"\xef\xbb\xbf# nothing yet\n")

    found = feeds.load(path)

    assert found == ()
