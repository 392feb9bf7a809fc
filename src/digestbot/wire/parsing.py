"""Reads the bytes of a feed (RSS, Atom, RDF, JSON Feed) into records; pure: opens no address, expands no entity."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from time import struct_time
from typing import Any
from urllib.parse import urljoin, urlsplit

from digestbot.errors import SourceError
from digestbot.wire.documents import refuse_entities, respelled
from digestbot.wire.plaintext import clean_text, clean_title, links_in, read_html

PARSE_S = 10.0
"""What a feed may take: some authors and links of a megabyte would take feedparser's patterns hours."""
MAX_ENTRIES = 5_000
MAX_TAGS = 100_000
"""Feeds of 5,000 entries stay below; the parser takes about 16 µs for each, so that more would hold a core for long."""
_MAX_AUTHORS = 200
_MAX_FIELD_CHARS = 2_000


@dataclass(frozen=True)
class ParsedItem:
    """An entry as its feed wrote it: `id` is the guid, `link` absolute http(s); both, like the title, may be empty.

    `text` is plain text, `html` what it was made from, `links` are the absolute links of the text, at most 50.
    """

    id: str = ""
    title: str = ""
    link: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    text: str = ""
    html: str = ""
    authors: tuple[str, ...] = ()
    lang: str = ""
    links: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class ParsedFeed:
    """A feed's entries in its own order. `format` is such as `rss20` or `json11`; `error` says what was mended."""

    title: str
    link: str
    format: str
    items: tuple[ParsedItem, ...]
    error: str = ""


def parse(body: bytes, content_type: str = "", url: str = "") -> ParsedFeed:
    """Return the feed in `body`; `url` is where it came from, for relative links.

    Raises SourceError: `not-a-feed` for anything without the structure of one, `too-large` for more than 100,000 tags,
    `xml-entities` for a document that declares entities beyond single characters. Entries come
    as they are: one may have no link, id, title or text.
    """
    start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise SourceError("the feed is empty", reason="not-a-feed")
    if start.startswith((b"{", b"[")):
        return _parse_json(body, url)
    if body.count(b"<") > MAX_TAGS:
        raise SourceError(f"the feed has more than {MAX_TAGS} tags", reason="too-large")
    refuse_entities(body)
    return _parse_xml(respelled(body, content_type), content_type, url, _is_html(start))


def _is_html(start: bytes) -> bool:
    return re.match(rb"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype\s+html|html)\b", start, re.I | re.S) is not None


def _parse_xml(body: bytes, content_type: str, url: str, is_html: bool) -> ParsedFeed:
    import feedparser  # late: 60 ms that no other command needs

    headers = {"content-type": content_type, "content-location": url}
    # A stream, never a string: feedparser would open a string that looks like an address or a path.
    found = feedparser.parse(
        BytesIO(body),
        response_headers={name: value for name, value in headers.items() if value},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    entries, version = found["entries"], str(found.get("version") or "")
    if is_html or not (version or entries):
        raise SourceError("the document is a page, not a feed" if is_html else "no feed in it", reason="not-a-feed")
    head = found["feed"]
    items = tuple(_xml_item(entry, head, url) for entry in entries[:MAX_ENTRIES])
    return ParsedFeed(
        title=clean_title(_str(head.get("title"))),
        link=_web(_str(head.get("link")), url),
        format=version or "unknown",
        items=items,
        error=_mended(found),
    )


def _mended(found: Mapping[str, Any]) -> str:
    """Return what was wrong with a document that was read all the same; what its server said of it is not."""
    error = found.get("bozo_exception") if found.get("bozo") else None
    return "" if error is None or type(error).__name__ == "NonXMLContentType" else str(error)[:200]


def _xml_item(entry: Mapping[str, Any], head: Mapping[str, Any], url: str) -> ParsedItem:
    detail = _fullest(entry)
    base = _str(detail.get("base")) or url
    body = _str(detail.get("value"))
    is_plain = detail.get("type") == "text/plain"
    text, links = (clean_text(body), links_in(body)) if is_plain else read_html(body, base)
    language = detail.get("language") or _raw(entry, "language") or head.get("language")
    return ParsedItem(
        id=_str(entry.get("id")),
        title=_title(entry),
        link=_xml_link(entry, url),
        published=_instant(_raw(entry, "published_parsed") or _raw(entry, "created_parsed")),
        updated=_instant(_raw(entry, "updated_parsed")),
        text=text,
        html="" if is_plain else body,
        authors=_people(entry),
        lang=primary_language(_str(language)),
        links=links,
        enclosures=tuple(filter(None, (_web(_str(one.get("href")), url) for one in entry.get("enclosures", [])[:20]))),
        categories=_terms(_str(one.get("term")) for one in _raw(entry, "tags") or ()),
    )


def _fullest(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the content that says most: an entry may carry a teaser and its full text, and the order tells nothing."""
    texts = [
        one for one in entry.get("content") or () if str(one.get("type", "")).startswith(("text/", "application/xhtml"))
    ]
    if summary := _raw(entry, "summary"):
        texts.append(_raw(entry, "summary_detail") or {"value": summary, "type": "text/html"})
    return max(texts, key=lambda one: len(_str(one.get("value"))), default={})


def _title(entry: Mapping[str, Any]) -> str:
    detail = _raw(entry, "title_detail") or {}
    title = _str(entry.get("title"))
    # Marked as plain text, "<T>" in it is a title's own word, not a tag.
    return clean_text(title).replace("\n", " ")[:500] if detail.get("type") == "text/plain" else clean_title(title)


def _xml_link(entry: Mapping[str, Any], url: str) -> str:
    """Return the entry's page; without one its guid or enclosure, if that is an address."""
    enclosed = [_str(one.get("href")) for one in entry.get("enclosures", [])[:1]]
    guid = _str(entry.get("id"))
    candidates = [_web(_str(entry.get("link")), url), _web(guid, ""), *(_web(one, url) for one in enclosed)]
    return next(filter(None, candidates), "")


def _people(entry: Mapping[str, Any]) -> tuple[str, ...]:
    names = [_str(one.get("name")) for one in (_raw(entry, "authors") or [])[:_MAX_AUTHORS]]
    names = [name for name in names if name] or [_str(_raw(entry, "author"))]
    return tuple(dict.fromkeys(filter(None, (clean_title(name)[:200] for name in names))))


def _terms(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (clean_title(name)[:100] for name in islice(names, 50)))))


def _instant(parsed: object) -> datetime | None:
    if not isinstance(parsed, struct_time | tuple):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):  # a year that no calendar has
        return None


def _raw(entry: Mapping[str, Any], key: str) -> Any:
    """Read a key as it is stored: feedparser's own lookup answers for a missing key with a similar one."""
    return dict.get(entry, key) if isinstance(entry, dict) else None


def _parse_json(body: bytes, url: str) -> ParsedFeed:
    try:
        found = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"not readable as json: {type(error).__name__}", reason="not-a-feed") from error
    version = _str(found.get("version")) if isinstance(found, dict) else ""
    entries = found.get("items") if isinstance(found, dict) else None
    # A version may be missing (hexo's plugin leaves it out); a title and a list of items with addresses say enough.
    is_feed = "jsonfeed.org" in version or (isinstance(found, dict) and "title" in found and _have_addresses(entries))
    if not isinstance(entries, list) or not is_feed:
        raise SourceError("a json document without a feed's version and items", reason="not-a-feed")
    lang = primary_language(_str(found.get("language")))
    items = tuple(_json_item(one, url, lang) for one in entries[:MAX_ENTRIES] if isinstance(one, dict))
    return ParsedFeed(
        title=clean_title(_str(found.get("title"))),
        link=_web(_str(found.get("home_page_url")), url),
        format="json11" if version.rstrip("/").endswith("1.1") else "json1",
        items=items,
    )


def _have_addresses(entries: object) -> bool:
    rows = entries[:MAX_ENTRIES] if isinstance(entries, list) else []
    return bool(rows) and all(isinstance(one, dict) and (_str(one.get("url")) or _str(one.get("id"))) for one in rows)


def _json_item(entry: Mapping[str, Any], url: str, lang: str) -> ParsedItem:
    html, plain = _str(entry.get("content_html")), _str(entry.get("content_text")) or _str(entry.get("summary"))
    text, links = read_html(html, url) if html else (clean_text(plain), links_in(plain))
    authors = entry.get("authors") if isinstance(entry.get("authors"), list) else [entry.get("author")]
    names = (
        clean_title(_str(one.get("name")))[:200] for one in (authors or [])[:_MAX_AUTHORS] if isinstance(one, dict)
    )
    guid = _str(entry.get("id"))
    return ParsedItem(
        id=guid,
        title=clean_title(_str(entry.get("title"))),
        link=_web(_str(entry.get("url")), url) or _web(_str(entry.get("external_url")), url) or _web(guid, ""),
        published=_rfc3339(entry.get("date_published")),
        updated=_rfc3339(entry.get("date_modified")),
        text=text,
        html=html,
        authors=tuple(dict.fromkeys(filter(None, names))),
        lang=primary_language(_str(entry.get("language"))) or lang,
        links=links,
        enclosures=_attachments(entry.get("attachments"), url),
        categories=_terms(_str(one) for one in tags) if isinstance(tags := entry.get("tags"), list) else (),
    )


def _attachments(found: object, url: str) -> tuple[str, ...]:
    rows: Iterable[Any] = found[:20] if isinstance(found, list) else ()
    return tuple(filter(None, (_web(_str(one.get("url")), url) for one in rows if isinstance(one, dict))))


def _rfc3339(value: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        return when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC) if when else None
    except (ValueError, OverflowError):
        return None


def primary_language(tag: str) -> str:
    """Return the first part of a language tag in lower case (`zh` for `zh-CN`), "" for what is none (RFC 5646)."""
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_][\w-]*)?\s*$", tag)
    return match[1].lower() if match else ""


def _str(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _web(link: str, base: str) -> str:
    """Return an absolute http(s) address, "" for anything else."""
    if not link or len(link) > _MAX_FIELD_CHARS:
        return ""
    try:
        joined = urljoin(base, link) if base else link
        parts = urlsplit(joined)
    except ValueError:
        return ""
    return joined if parts.scheme in ("http", "https") and parts.netloc and joined.isprintable() else ""
