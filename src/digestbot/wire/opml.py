"""Reads and writes lists of feeds as OPML 2.0 (opml.org/spec2.opml); pure: opens no address, expands no entity.

Attributes of a namespace of our own carry what OPML has no word for, so that a list survives the way out and in; other
programs read past them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from lxml import etree

from digestbot.domain import Feed
from digestbot.errors import SourceError
from digestbot.known_sites import ARXIV_API
from digestbot.wire.documents import refuse_entities, respelled
from digestbot.wire.parsed import string, web
from digestbot.wire.plaintext import clean_title
from digestbot.wire.recognition import NAMELESS, recognized
from digestbot.wire.videos import address_of

MAX_BYTES = 10 << 20
MAX_TAGS = 50_000
OWN = "{urn:digestbot:feeds}"
_OWN_NAME = "digestbot"
_OWN_ATTRIBUTES = ("id", "kind", "base_url", "categories", "query", "every", "lang", "roadmaps")
_FEED_TYPES = ("", "rss", "atom", "rdf", "json", "feed", "jsonfeed", "pie", "rss1", "link", "include")
_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,31};)")
_MAX_DEPTH = 50
_ARXIV_PAGE = 100


@dataclass(frozen=True)
class Row:
    """A line of the list that names an address, or a fault. `folders` are the titles of what it lies in, from outside.

    `feed` is None where `problem` says why it is no feed; `wanted_id` is the id it had with us, "" for none.
    """

    line: int
    title: str
    folders: tuple[str, ...] = ()
    feed: Feed | None = None
    wanted_id: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Opml:
    """A list of feeds in its order; `mended` says what was wrong with the document as a whole, "" for nothing."""

    rows: tuple[Row, ...]
    mended: str = ""


def read_opml(body: bytes) -> Opml:
    """Return the rows of a list of feeds.

    Raises SourceError: `not-opml`, `too-large`, or `xml-entities` for a document that declares entities.
    """
    if len(body) > MAX_BYTES or body.count(b"<") > MAX_TAGS:
        raise SourceError(f"the list is larger than {MAX_BYTES} bytes or {MAX_TAGS} tags", reason="too-large")
    refuse_entities(body)
    root, mended = _parsed(respelled(body.lstrip(b"\xef\xbb\xbf \t\r\n"), ""))
    if root is None or _name(root).lower() not in ("opml", "outlinedocument"):
        raise SourceError("the document is no list of feeds in opml", reason="not-opml")
    return Opml(tuple(_rows(root, (), 0)), mended)


def _parsed(body: bytes) -> tuple[etree._Element | None, str]:
    """Return the root of a document, None if there is none, and what was wrong with it where it had to be mended."""
    strict: Any = {"resolve_entities": False, "no_network": True, "huge_tree": False}
    try:
        return etree.fromstring(body, etree.XMLParser(**strict)), ""
    except (etree.XMLSyntaxError, ValueError) as error:
        fault = str(error)[:200]
    # The mending parser lets broken bytes through: what it is given is text by then.
    text = re.sub(r"^<\?xml[^>]*>", "", body.decode("utf-8", "replace").replace("\0", ""))
    # Left to itself it would drop "&b" of an address without a word.
    text = _BARE_AMPERSAND.sub("&amp;", text)
    try:
        return etree.fromstring(text.encode(), etree.XMLParser(**strict, recover=True, encoding="utf-8")), fault
    except (etree.XMLSyntaxError, ValueError):
        return None, fault


def _name(element: etree._Element) -> str:
    return re.split("[}:]", str(element.tag))[-1]


def _rows(element: etree._Element, folders: tuple[str, ...], depth: int) -> Iterator[Row]:
    for child in element:
        if not isinstance(child.tag, str):
            continue
        if _name(child).lower() != "outline":
            yield from _rows(child, folders, depth)
            continue
        title = clean_title(_attribute(child, "title") or _attribute(child, "text"))
        row = _row(child, title, folders)
        if row:
            yield row
        if depth < _MAX_DEPTH:
            yield from _rows(child, (*folders, title) if title else folders, depth + 1)
        elif len(child):
            yield Row(child.sourceline or 0, title, folders, problem=f"nested more than {_MAX_DEPTH} deep")


def _row(outline: etree._Element, title: str, folders: tuple[str, ...]) -> Row | None:
    """Return what an outline names; None for a folder, which names nothing."""
    written = _attribute(outline, "xmlurl") or _attribute(outline, "url")
    kind = _attribute(outline, "type").lower()
    row = Row(outline.sourceline or 0, title, folders)
    if not written:
        is_folder = len(outline) or kind not in ("rss", "atom")
        return None if is_folder else replace(row, problem="it has no address (xmlUrl)")
    if kind not in _FEED_TYPES and not _attribute(outline, "xmlurl"):
        return replace(row, problem=f"its type {kind[:40]!r} is no feed")
    url = web(written.removeprefix("feed://") if "://" in written[7:] else written.replace("feed://", "http://", 1), "")
    if not url:
        return replace(row, problem=f"{written[:100]!r} is no http or https address")
    feed = next(iter(recognized(url)), Feed(NAMELESS, "feed", url))
    own = {name: outline.get(f"{OWN}{name}", "") for name in _OWN_ATTRIBUTES}
    return replace(row, feed=_with_own(feed, own), wanted_id=own["id"])


def _attribute(element: etree._Element, name: str) -> str:
    """Return an attribute whatever the case of its name: `xmlUrl` is written in every way."""
    return next((string(value) for key, value in element.attrib.items() if key.lower() == name), "")


def _with_own(feed: Feed, own: dict[str, str]) -> Feed:
    categories, roadmaps = tuple(own["categories"].split()), tuple(own["roadmaps"].split())
    if own["kind"] == "arxiv" and (categories or own["query"]):
        feed = replace(feed, kind="arxiv", url=own["base_url"] or ARXIV_API, categories=categories, query=own["query"])
    elif own["kind"] == "youtube":
        feed = replace(feed, kind="youtube")
    minutes = int(own["every"]) if own["every"].isdecimal() and len(own["every"]) < 7 else 0
    return replace(feed, roadmaps=roadmaps, lang=own["lang"], every=timedelta(minutes=minutes) if minutes else None)


def write_opml(feeds: Sequence[Feed], now: datetime) -> bytes:
    """Return feeds as a list in OPML 2.0, each under an address that other programs can read, too."""
    root = etree.Element("opml", version="2.0", nsmap={_OWN_NAME: OWN[1:-1]})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "Feeds of digestbot"
    etree.SubElement(head, "dateCreated").text = format_datetime(now, usegmt=True)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        outline = etree.SubElement(body, "outline", type="rss", text=feed.id, title=feed.id, xmlUrl=_address(feed))
        for name, value in _own_values(feed):
            if value:
                outline.set(f"{OWN}{name}", value)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _own_values(feed: Feed) -> Iterator[tuple[str, str]]:
    yield "id", feed.id
    yield "kind", feed.kind
    yield "base_url", feed.url if feed.kind == "arxiv" and feed.url != ARXIV_API else ""
    yield "categories", " ".join(feed.categories)
    yield "query", feed.query
    yield "every", str(int(feed.every.total_seconds()) // 60) if feed.every else ""
    yield "lang", feed.lang
    yield "roadmaps", " ".join(feed.roadmaps)


def _address(feed: Feed) -> str:
    """Return where a feed is read; for arXiv the query whose answer is the feed of its newest papers."""
    if feed.kind != "arxiv":
        return address_of(feed.url)
    any_of = " OR ".join(f"cat:{category}" for category in feed.categories)
    search = f"({any_of}) AND ({feed.query})" if any_of and feed.query else any_of or feed.query
    order = {"sortBy": "submittedDate", "sortOrder": "descending", "max_results": str(_ARXIV_PAGE)}
    return f"{feed.url}?{urlencode({'search_query': search} | order)}"
