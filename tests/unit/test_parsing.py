"""What is read out of feeds of every format, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from digestbot.domain import Feed, FeedId
from digestbot.errors import SourceError
from digestbot.wire.entries import item_id, items_of
from digestbot.wire.parsed import ParsedFeed, primary_language
from digestbot.wire.parsing import MAX_TAGS, parse
from digestbot.wire.plaintext import clean_text, clean_title, read_html, text_of

BASE = "https://example.org/blog/feed.xml"
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>A &amp; B</title><link>/blog/</link>
<item><title>First &lt;b&gt;post&lt;/b&gt;</title><link>one?a=1&amp;b=2</link><guid isPermaLink="false">g1</guid>
<pubDate>Mon, 06 Apr 2026 10:00:00 +0200</pubDate><author>Ann</author><category>nlp</category>
<description>&lt;p&gt;See &lt;a href="/p"&gt;this&lt;/a&gt;.&lt;/p&gt;&lt;p&gt;End&lt;/p&gt;</description></item>
<item><description>only text</description></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de-AT"><title>T</title><entry><id>urn:1</id>
<title type="text">Lists of &lt;T&gt;</title><link href="https://example.org/a"/><updated>2026-04-06T10:00:00Z</updated>
<published>2026-04-05T23:30:00-01:00</published><author><name>Bo</name></author>
<content type="html">&lt;p&gt;Long enough&lt;/p&gt;</content><summary>Short</summary></entry></feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "J",
    "language": "en-GB",
    "items": [
        {
            "id": 7,
            "url": "/x",
            "title": "X",
            "content_html": "<p>Hi <a href='y'>y</a></p>",
            "date_published": "2026-04-06T12:00:00+02:00",
            "authors": [{"name": "Cy"}, 3],
            "tags": ["t", None],
        },
        "junk",
        {},
    ],
}


def test_rss_entry_becomes_plain_and_absolute() -> None:
    """Text loses its markup, links become absolute, dates aware UTC; an entry without any name is kept as it is."""
    found = parse(RSS.encode(), "application/rss+xml", BASE)

    item, nameless = found.items
    assert (nameless.id, nameless.title, nameless.link) == ("", "", "")
    assert (found.title, found.link, found.format) == ("A & B", "https://example.org/blog/", "rss20")
    assert (item.id, item.title, item.link) == ("g1", "First post", "https://example.org/blog/one?a=1&b=2")
    assert (item.text, item.links) == ("See this.\nEnd", ("https://example.org/p",))
    assert item.published == datetime(2026, 4, 6, 8, tzinfo=UTC)
    assert (item.authors, item.categories) == (("Ann",), ("nlp",))


def test_atom_entry_keeps_what_is_marked_as_text() -> None:
    """A title of type text keeps its angle brackets; the fullest content wins over a summary."""
    (item,) = parse(ATOM.encode(), "application/atom+xml", BASE).items

    assert (item.title, item.text, item.lang) == ("Lists of <T>", "Long enough", "de")
    assert (item.published, item.updated) == (
        datetime(2026, 4, 6, 0, 30, tzinfo=UTC),
        datetime(2026, 4, 6, 10, tzinfo=UTC),
    )


def test_json_feed_is_read_and_its_junk_left_out() -> None:
    """Entries of a JSON Feed are read whatever types they hold; what is no object is dropped."""
    found = parse(json.dumps(JSON_FEED).encode(), "application/feed+json", BASE)

    item, empty = found.items
    assert (empty.id, empty.title, empty.link) == ("", "", "")
    assert (found.format, item.id, item.link, item.lang) == ("json11", "7", "https://example.org/x", "en")
    assert (item.text, item.links, item.authors) == ("Hi y", ("https://example.org/blog/y",), ("Cy",))
    assert item.published == datetime(2026, 4, 6, 10, tzinfo=UTC)


def _rss(doctype: str = "", title: str = "x") -> bytes:
    return (
        f"<?xml version='1.0'?>{doctype}<rss version='2.0'><channel><title>{title}</title>"
        f"<item><title>{title}</title><link>https://example.org/1</link></item></channel></rss>"
    ).encode()


NESTED = '<!DOCTYPE r [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
REFUSED = {
    "empty": (b"", "not-a-feed"),
    "blank": (b"  \n", "not-a-feed"),
    "html": (b"<!doctype html><html><body><item><title>x</title></item></body></html>", "not-a-feed"),
    "xhtml": (b"<?xml version='1.0'?><!-- c --><html><body>x</body></html>", "not-a-feed"),
    "text": (b"hello", "not-a-feed"),
    "opml": (b"<opml version='2.0'><body/></opml>", "not-a-feed"),
    "json": (b'{"items": []}', "not-a-feed"),
    "broken json": (b'{"version": "https://jsonfeed.org/version/1", "items": [', "not-a-feed"),
    "deep json": (b"[" * 100_000, "not-a-feed"),
    "nested entities": (_rss(NESTED, "&b;"), "xml-entities"),
    "external entity": (_rss("<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", "&x;"), "xml-entities"),
    "parameter entity": (_rss("<!DOCTYPE r [<!ENTITY % x 'y'>]>"), "xml-entities"),
    "long entity": (_rss(f"<!DOCTYPE r [<!ENTITY x '{'l' * 33}'>]>"), "xml-entities"),
    "behind a comment": (_rss("<!DOCTYPE r [<!-- <a> --><!ENTITY x SYSTEM 'f'>]>"), "xml-entities"),
    "behind a system id": (_rss("<!DOCTYPE r SYSTEM '<!--' [<!ENTITY x SYSTEM 'f'>]><!-- -->"), "xml-entities"),
    "behind padding": (_rss(f"<!--{' ' * 100_000}-->{NESTED}", "&b;"), "xml-entities"),
    "utf-16": (_rss(NESTED).decode().encode("utf-16"), "xml-entities"),
    "too many tags": (b"<rss version='2.0'>" + b"<a>" * MAX_TAGS, "too-large"),
}


@pytest.mark.parametrize(("body", "reason"), REFUSED.values(), ids=REFUSED)
def test_refuses_what_is_no_feed_or_a_trap(body: bytes, reason: str) -> None:
    """What has no feed's structure, or declares entities that grow or read files, is refused by name."""
    with pytest.raises(SourceError) as raised:
        parse(body, "application/rss+xml", BASE)

    assert raised.value.reason == reason


@pytest.mark.parametrize(
    ("doctype", "title", "expected"),
    [
        ('<!DOCTYPE rss [<!ENTITY copy "&#169;">]>', "&copy; me", "© me"),
        ('<!DOCTYPE rss [<!ENTITY nbsp " ">]>', "a&nbsp;b", "a b"),
        ("", "<![CDATA[about <!ENTITY x SYSTEM 'y'> and DTDs]]>", "about <!ENTITY x SYSTEM 'y'> and DTDs"),
    ],
)
def test_entities_for_single_characters_are_ordinary(doctype: str, title: str, expected: str) -> None:
    """Old feeds declare characters, and posts write about entities: neither is a trap."""
    found = parse(_rss(doctype, title), "application/rss+xml", BASE)

    assert found.items[0].title == expected


@pytest.mark.parametrize("content_type", ["application/rss+xml; charset=utf-8", "application/rss+xml", ""])
def test_chinese_bytes_that_claim_utf8_are_read(content_type: str) -> None:
    """A feed written in GB 18030 that says it is UTF-8 keeps its characters."""
    body = _rss(title="大模型的学习").decode().replace("'1.0'", "'1.0' encoding='utf-8'").encode("gb18030")

    found = parse(body, content_type, BASE)

    assert found.items[0].title == "大模型的学习"


def test_western_bytes_that_claim_utf8_stay_western() -> None:
    """Accented letters of one byte are not taken for Chinese."""
    found = parse(_rss(title="café déjà vu, señor").decode().encode("latin-1"), "text/xml; charset=utf-8", BASE)

    assert found.items[0].title == "café déjà vu, señor"


def test_unfinished_xml_gives_the_entries_before_the_break() -> None:
    """A mistake in a feed costs what follows it, not what stands before."""
    found = parse(_rss().replace(b"</channel></rss>", b"<item><title>cut"), "application/rss+xml", BASE)

    assert found.items[0].link == "https://example.org/1"
    assert found.error


def test_guids_stay_as_they_are_written() -> None:
    """A guid names an entry within its feed: the feed's address, which may change, is not part of it."""
    body = _rss().replace(b"<link>https://example.org/1</link>", b"<guid isPermaLink='false'>7-a</guid>")

    assert parse(body, "", BASE).items[0].id == "7-a"


def test_an_entry_leads_to_its_page_and_not_to_another_format_of_it() -> None:
    """Of several alternate links the page counts, and a link without an address is none."""
    links = '<link href="/a.pdf" type="application/pdf"/><link href="/a"/><link rel="enclosure">https://example.org/b</link>'
    body = ATOM.replace('<link href="https://example.org/a"/>', links)

    assert parse(body.encode(), "", BASE).items[0].link == "https://example.org/a"


def test_authors_of_an_atom_feed_are_those_of_its_entries() -> None:
    """An entry without an author has the feed's, one with an author has its own."""
    own = ATOM.replace("<title>T</title>", "<title>T</title><author><name>Di</name></author>")
    none = own.replace("<author><name>Bo</name></author>", "")

    assert [parse(body.encode()).items[0].authors for body in (own, none)] == [("Bo",), ("Di",)]


MENDED = {
    "a page's doctype": b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0//EN' 'x'><!-- -->"
    + _rss()[21:],
    "a prefix without a name": _rss().replace(b"<item", b"<rss:item").replace(b"</item", b"</rss:item"),
    "no declaration": _rss()[21:],
    "spaces first": b"\n \n" + _rss(),
    "a module's tag too many": _rss().replace(b"<item>", b"<item></media:player>"),
    "half a place": _rss()
    .replace(b"<rss ", b"<rss xmlns:gml='http://www.opengis.net/gml' ")
    .replace(b"<item>", b"<item><gml:pos>1</gml:pos>"),
    "no character": _rss(title="&#99999999999999;&#xFFFFFFFFF;x"),
}


@pytest.mark.parametrize("body", MENDED.values(), ids=MENDED)
def test_what_only_looks_wrong_is_read(body: bytes) -> None:
    """A feed with somebody else's doctype, an undeclared prefix or spaces before its declaration is a feed."""
    assert [item.link for item in parse(body, "text/html", BASE).items] == ["https://example.org/1"]


def test_comments_in_a_row_are_no_trap() -> None:
    """Thousands of comments before what is no feed are looked at once."""
    with pytest.raises(SourceError):
        parse(b"<!---->" * 5_000 + b"<x/>")


def test_a_frame_that_does_not_end_takes_no_text_along() -> None:
    """`<iframe/>`, as XML writes it, hides nothing; what a frame really holds is not seen by readers."""
    assert text_of('a<iframe src="x"/>b') == "ab"
    assert text_of('a<iframe src="x">hidden</iframe>b') == "ab"


HIDDEN = [
    "<script>x</script>",
    "<style>x</style>",
    "<p hidden>x</p>",
    "<p style='display : none'>x</p>",
    "<p style='color:red;font-size:0'>x</p>",
    "<p style='FONT-SIZE: 0px;'>x</p>",
    "<p style='visibility:hidden'>x</p>",
    "<span aria-hidden='true'>x</span>",
    "<!-- x -->",
    "<template>x</template>",
    "\u200b\u202e\U000e0041\x00",
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_hidden_text_is_left_out(hidden: str) -> None:
    """What a reader of the page would not see is not in the text."""
    assert text_of(f"<p>a</p>{hidden}<p>b</p>") == "a\nb"


def test_visible_text_keeps_its_words_apart() -> None:
    """Blocks and breaks end a line, inline tags join, and small print is still print."""
    markup = (
        "one<br>two<ul><li>th<b>re</b>e</li></ul>  four\n\nfive &lt;six&gt; <small style='font-size:0.8em'>7</small>"
    )

    assert text_of(markup) == "one\ntwo\nthree\nfour five <six> 7"


def test_text_without_markup_keeps_its_lines() -> None:
    """Plain text is not taken for HTML because it compares numbers."""
    assert read_html("a < b\n\n c > d  https://example.org/x.", "") == (
        "a < b\nc > d https://example.org/x.",
        ("https://example.org/x",),
    )


def test_sizes_have_an_end() -> None:
    """Texts, titles and links are cut at their caps, deep nesting is survived."""
    many = "".join(f"<a href='https://example.org/{n}'>x</a>" for n in range(99))

    assert len(clean_text("x " * 200_000)) <= 200_000
    assert len(clean_title("word " * 200)) <= 500
    assert len(read_html(many, "")[1]) == 50
    assert text_of("<div>" * 50_000 + "x") in ("", "x")


@pytest.mark.parametrize("href", ["javascript:alert(1)", "mailto:a@b.c", "http://[", "data:text/html,x", "ftp://a/b"])
def test_only_web_links_are_kept(href: str) -> None:
    """A link that is no http(s) address is no link."""
    assert read_html(f"<a href='{href}'>x</a>", BASE)[1] == ()


IDS = {
    ("https://arxiv.org/pdf/2604.01234v2", "g"): "arxiv:2604.01234",
    ("https://doi.org/10.1145/3.4", "g"): "doi:10.1145/3.4",
    ("https://youtu.be/abcdefghijk", "g"): "youtube:abcdefghijk",
    ("https://www.example.org/a/?utm_source=x", "g"): "url:https://example.org/a",
}


@pytest.mark.parametrize(("entry", "expected"), IDS.items(), ids=IDS.values())
def test_an_entry_is_named_by_what_it_is(entry: tuple[str, str], expected: str) -> None:
    """The paper, DOI, video or address names an entry, not the place it was seen at."""
    assert item_id(*entry, FeedId("f")) == expected


def test_an_entry_without_address_is_named_by_its_feed_and_guid() -> None:
    """Guids are only unique within a feed, and no id is longer than 300 characters."""
    here, there = item_id("", "1", FeedId("a")), item_id("", "1", FeedId("b"))
    long = [item_id(f"https://example.org/{'x' * 400}{n}", "", FeedId("a")) for n in range(2)]

    assert here != there
    assert len(set(long)) == 2
    assert max(map(len, long)) <= 300


ANNOUNCED = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>cs.CL</title><item>
<title>A title</title><link>https://arxiv.org/abs/2604.01234</link><category>cs.CL</category>
<description>arXiv:2604.01234v3 Announce Type: replace \nAbstract: We show that.</description>
<dc:creator>Ann Ab, Bo Ce</dc:creator></item></channel></rss>"""


def test_an_announced_paper_is_the_paper_that_the_api_gives() -> None:
    """arXiv's RSS gives version, authors and abstract as its API does."""
    feed = Feed(FeedId("f"), "feed", "https://rss.arxiv.org/rss/cs.CL")

    (item,) = items_of(parse(ANNOUNCED.encode(), "", BASE).items, feed, "post")

    assert (item.id, item.medium, item.version, item.text) == ("arxiv:2604.01234", "paper", 3, "We show that.")
    assert (item.authors, item.categories, item.url) == (
        ("Ann Ab", "Bo Ce"),
        ("cs.CL",),
        "https://arxiv.org/abs/2604.01234",
    )


@pytest.mark.parametrize(("tag", "language"), [("zh-CN", "zh"), ("EN_us", "en"), ("english language", ""), ("", "")])
def test_a_language_is_its_primary_subtag(tag: str, language: str) -> None:
    """Regions and scripts do not matter to the choice of a language."""
    assert primary_language(tag) == language


def test_parsing_is_repeatable() -> None:
    """The same bytes give the same feed."""
    first: ParsedFeed = parse(RSS.encode(), "", BASE)

    assert parse(RSS.encode(), "", BASE) == first
