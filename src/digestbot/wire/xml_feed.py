"""Reads an XML feed (RSS, RDF, Atom) into records with feedparser; pure: opens no address, expands no entity."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time
from typing import Any

from digestbot.errors import SourceError
from digestbot.wire.instants import instant
from digestbot.wire.parsed import (
    MAX_ENCLOSURES,
    MAX_ENTRIES,
    ParsedFeed,
    ParsedItem,
    names_of,
    primary_language,
    string,
    terms,
    web,
)
from digestbot.wire.plaintext import MAX_TITLE_CHARS, clean_text, clean_title, links_in, read_html

_TEXT_TYPES = ("text", "html", "xhtml", "application/xhtml")
"""How the types of contents that hold text begin; feeds write `html` where they mean `text/html`."""
_BARE_TYPES = ("", "application/octet-stream")
"""Types that say nothing: read as text where an entry has no other."""
_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What feedparser raises on broken documents (seen by mutating real ones)."""
_FOREIGN = re.compile(rb"</?(?!(?:dc|dcterms|content|rdf|rss|atom|a10|xhtml):)[A-Za-z][\w.-]*:[^<>]*>")
"""Tags of modules that tell nothing of an entry's words, address or date."""
_NO_CHARACTER = re.compile(rb"&#(?:x0*[1-9a-f][0-9a-f]{6,}|0*[1-9]\d{7,});", re.IGNORECASE)
"""References to characters beyond Unicode's last."""
_PAGE_TYPES = ("", "text/html", "application/xhtml+xml")


def parse_xml(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Return the feed in an XML document that declares no entities; raises SourceError (`not-a-feed`)."""
    try:
        found = _read(body, content_type)
    except _FAULTS:
        # feedparser stumbles over what it does not need: half a place, a module's tag too many.
        try:
            found = _read(_NO_CHARACTER.sub(b"", _FOREIGN.sub(b"", body)), content_type)
        except _FAULTS as error:
            raise SourceError(
                f"the feed cannot be read: {type(error).__name__}: {error}", reason="not-a-feed"
            ) from error
    entries, version = found["entries"], str(found.get("version") or "")
    if not (version or entries):
        raise SourceError("no feed in it", reason="not-a-feed")
    head = found["feed"]
    return ParsedFeed(
        title=clean_title(string(head.get("title"))),
        link=web(string(head.get("link")), url),
        format=version or "unknown",
        items=tuple(_item(entry, head, version, url) for entry in entries[:MAX_ENTRIES]),
        error=_mended(found),
    )


def _read(body: bytes, content_type: str) -> Mapping[str, Any]:
    import feedparser  # late: 60 ms that no other command needs

    # A stream, never a string: feedparser would open a string that looks like an address or a path. It is not told the
    # feed's address: it would make guids absolute with it, and a feed that moves would show all its entries anew.
    found: Mapping[str, Any] = feedparser.parse(
        BytesIO(body),
        response_headers={"content-type": content_type} if content_type else {},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    return found


def _mended(found: Mapping[str, Any]) -> str:
    """Return what was wrong with a document that was read all the same; what its server said of it is not."""
    error = found.get("bozo_exception") if found.get("bozo") else None
    return "" if error is None or type(error).__name__ == "NonXMLContentType" else str(error)[:200]


def _item(entry: Mapping[str, Any], head: Mapping[str, Any], version: str, url: str) -> ParsedItem:
    detail = _fullest(entry)
    base = web(string(detail.get("base")), url) or url
    body = string(detail.get("value"))
    is_plain = detail.get("type") == "text/plain"
    text, links = (clean_text(body), links_in(body)) if is_plain else read_html(body, base)
    language = detail.get("language") or _raw(entry, "language") or head.get("language")
    enclosed = entry.get("enclosures", [])[:MAX_ENCLOSURES]
    return ParsedItem(
        id=string(entry.get("id")),
        title=_title(entry),
        link=_link(entry, url),
        published=_instant(entry, "published") or _instant(entry, "created"),
        updated=_instant(entry, "updated"),
        text=text,
        html="" if is_plain else body,
        # RFC 4287, section 4.2.1: the authors of an Atom feed are those of its entries.
        authors=_people(entry) or (_people(head) if version.startswith("atom") else ()),
        lang=primary_language(string(language)),
        links=links,
        enclosures=tuple(filter(None, (web(string(one.get("href")), url) for one in enclosed))),
        categories=terms(string(one.get("term")) for one in _raw(entry, "tags") or ()),
    )


def _fullest(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the content that says most: an entry may carry a teaser and its full text, and the order tells nothing."""
    contents = entry.get("content") or ()
    texts = [one for one in contents if str(one.get("type", "")).startswith(_TEXT_TYPES)]
    if summary := _raw(entry, "summary"):
        # Of two summaries feedparser joins one's details with the other's words.
        texts.append({"type": "text/html", **(_raw(entry, "summary_detail") or {}), "value": summary})
    texts = texts or [one for one in contents if one.get("type", "") in _BARE_TYPES]
    return max(texts, key=lambda one: len(string(one.get("value"))), default={})


def _title(entry: Mapping[str, Any]) -> str:
    detail = _raw(entry, "title_detail") or {}
    title = string(entry.get("title"))
    # Marked as plain text, "<T>" in it is a title's own word, not a tag.
    is_plain = detail.get("type") == "text/plain"
    return clean_text(title).replace("\n", " ")[:MAX_TITLE_CHARS] if is_plain else clean_title(title)


def _link(entry: Mapping[str, Any], url: str) -> str:
    """Return the entry's page; without one its guid or enclosure, if that is an address."""
    pages = [
        web(string(one.get("href")), url)
        for one in entry.get("links", [])
        if one.get("rel") == "alternate" and one.get("type", "") in _PAGE_TYPES
    ]
    enclosed = [string(one.get("href")) for one in entry.get("enclosures", [])[:1]]
    own, guid = web(string(entry.get("link")), url), string(entry.get("id"))
    # feedparser's own choice is the last link that it met, be it another format of the page.
    chosen = own if own in pages or not pages else pages[0]
    candidates = [chosen, own, web(guid, ""), *(web(one, url) for one in enclosed)]
    return next(filter(None, candidates), "")


def _people(entry: Mapping[str, Any]) -> tuple[str, ...]:
    names = [string(one.get("name")) for one in (_raw(entry, "authors") or [])]
    return names_of(name for name in names if name) or names_of([string(_raw(entry, "author"))])


def _instant(entry: Mapping[str, Any], name: str) -> datetime | None:
    written = string(_raw(entry, name))
    found = instant(written)
    if found or written.isascii():
        return found
    # feedparser knows some feeds that name days in Greek, Hungarian or Korean; elsewhere it fills gaps with today.
    return _from_struct(_raw(entry, f"{name}_parsed"))


def _from_struct(parsed: object) -> datetime | None:
    if not isinstance(parsed, struct_time | tuple):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):  # a year that no calendar has
        return None


def _raw(entry: Mapping[str, Any], key: str) -> Any:
    """Read a key as it is stored: feedparser's own lookup answers for a missing key with a similar one."""
    return dict.get(entry, key) if isinstance(entry, dict) else None
