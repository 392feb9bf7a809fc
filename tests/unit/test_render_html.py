"""The digest as an HTML document, read back with the standard library's parser."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import digests
import pytest

from digestbot.domain import Digest, DigestSection
from digestbot.render.html import MAX_BYTES, digest_html, language

_VOID = {"meta", "br"}
_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "div", "main", "header", "section", "article", "footer"),
    *("h1", "h2", "h3", "p", "ul", "li", "a", "bdi", "b", "br", "span", "code"),
}


class _Page(HTMLParser):
    """Collects elements, text and links, and fails on a tag that does not balance."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.text += data


@pytest.mark.parametrize("source", [digests.realistic(), digests.long(), digests.empty(), digests.hostile()])
def test_only_our_elements_occur_and_they_balance(source: Digest) -> None:
    """Whatever the titles hold, the document has the template's elements and attributes and well-formed nesting."""
    page = _Page(digest_html(source))

    assert page.tags <= _TAGS
    assert page.attributes <= {"lang", "charset", "name", "content", "class", "style", "dir", "href", "rel"}
    assert all(link.startswith(("https://", "http://")) for link in page.links)


def test_hostile_titles_arrive_as_text() -> None:
    """A script in a title is readable, and is no script."""
    text = _Page(digest_html(digests.hostile())).text

    assert "<script>alert(1)</script>" in text
    assert "{{ 7 * 7 }}" in text
    assert "\u202e" not in text


def test_an_address_that_is_not_the_webs_is_no_link() -> None:
    """A title with a `javascript:` address is shown without a link."""
    section = DigestSection("I", "One", (digests.entry("Bad", url="javascript:alert(1)"), digests.entry("Good")))

    html = digest_html(digests.digest(section))

    assert "javascript" not in html
    assert _Page(html).links == ["https://example.org/a"]


def test_nothing_is_loaded_from_elsewhere() -> None:
    """The document holds no image, script, frame, form or imported style, so that opening it tells nobody."""
    html = digest_html(digests.realistic())

    assert not any(word in html for word in ("<img", "<script", "<iframe", "<link", "<form", "@import", "url(", "src="))


def test_forty_stories_fit_whole() -> None:
    """A digest of a subscription's default length is not cut."""
    html = digest_html(digests.long(40))

    assert len(html.encode()) < MAX_BYTES
    assert "did not fit" not in html


def test_a_longer_one_is_cut_at_a_story_and_says_so() -> None:
    """Past Gmail's limit later stories go, the count of them is told, and the foot stays."""
    page = _Page(digest_html(digests.long(200)))
    size = len(digest_html(digests.long(200)).encode())

    shown = page.text.count("paper · ") + page.text.count("post · ") + page.text.count("video · ")
    assert MAX_BYTES - 4000 < size <= MAX_BYTES
    assert f"{202 - shown} more stories of this digest did not fit here." in page.text
    assert "How this digest was made" in page.text


def test_titles_of_any_length_are_cut() -> None:
    """A title of 10,000 characters is cut to a readable length."""
    html = digest_html(digests.digest(DigestSection("I", "One", (digests.entry("x" * 10_000),))))

    assert "x" * 299 + "…" in html
    assert "x" * 300 not in html


def test_the_title_of_an_unbounded_digest_still_fits() -> None:
    """Even when everything outside the stories is as long as it gets, the document stays under the limit."""
    source = digests.hostile()
    crowded = replace(source, lead="&" * 9000, proposals=tuple((p, "'" * 5000) for p, _ in source.proposals * 9))

    assert len(digest_html(crowded).encode()) <= MAX_BYTES


def test_an_empty_digest_says_one_sentence() -> None:
    """Nothing new is said once, above the foot."""
    text = _Page(digest_html(digests.empty())).text

    assert text.count("Nothing new was filed into these sections.") == 1


@pytest.mark.parametrize(
    ("text", "code"), [("大模型", "zh"), ("大規模な言語モデル", "ja"), ("언어 모델", "ko"), ("model", "")]
)
def test_the_language_of_a_title_is_marked(text: str, code: str) -> None:
    """Han characters look different by language, so that Chinese, Japanese and Korean are told apart."""
    assert language(text) == code
