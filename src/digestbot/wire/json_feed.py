"""Reads a JSON Feed (jsonfeed.org, versions 1 and 1.1) into records, whatever types its fields have; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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
from digestbot.wire.plaintext import clean_text, clean_title, links_in, read_html


def parse_json(body: bytes, url: str) -> ParsedFeed:
    """Return the feed in a JSON document; raises SourceError (`not-a-feed`)."""
    try:
        found = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"not readable as json: {type(error).__name__}", reason="not-a-feed") from error
    version = string(found.get("version")) if isinstance(found, dict) else ""
    entries = found.get("items") if isinstance(found, dict) else None
    # A version may be missing (hexo's plugin leaves it out); a title and a list of items with addresses say enough.
    is_feed = "jsonfeed.org" in version or (isinstance(found, dict) and "title" in found and _have_addresses(entries))
    if not isinstance(entries, list) or not is_feed:
        raise SourceError("a json document without a feed's version and items", reason="not-a-feed")
    lang = primary_language(string(found.get("language")))
    items = tuple(_item(one, found, url, lang) for one in entries[:MAX_ENTRIES] if isinstance(one, dict))
    return ParsedFeed(
        title=clean_title(string(found.get("title"))),
        link=web(string(found.get("home_page_url")), url),
        format="json11" if version.rstrip("/").endswith("1.1") else "json1",
        items=items,
    )


def _have_addresses(entries: object) -> bool:
    rows = entries[:MAX_ENTRIES] if isinstance(entries, list) else []
    return bool(rows) and all(
        isinstance(one, dict) and (string(one.get("url")) or string(one.get("id"))) for one in rows
    )


def _item(entry: Mapping[str, Any], feed: Mapping[str, Any], url: str, lang: str) -> ParsedItem:
    html, plain = string(entry.get("content_html")), string(entry.get("content_text")) or string(entry.get("summary"))
    text, links = read_html(html, url) if html else (clean_text(plain), links_in(plain))
    guid = string(entry.get("id"))
    return ParsedItem(
        id=guid,
        title=clean_title(string(entry.get("title"))),
        link=web(string(entry.get("url")), url) or web(string(entry.get("external_url")), url) or web(guid, ""),
        published=instant(string(entry.get("date_published"))),
        updated=instant(string(entry.get("date_modified"))),
        text=text,
        html=html,
        authors=_authors(entry) or _authors(feed),
        lang=primary_language(string(entry.get("language"))) or lang,
        links=links,
        enclosures=_attachments(entry.get("attachments"), url),
        categories=terms(string(one) for one in tags) if isinstance(tags := entry.get("tags"), list) else (),
    )


def _authors(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the authors of an entry, or of the whole feed, which then hold for its entries (version 1.1)."""
    rows = authors if isinstance(authors := found.get("authors"), list) else [found.get("author")]
    return names_of(string(one.get("name")) for one in rows if isinstance(one, dict))


def _attachments(found: object, url: str) -> tuple[str, ...]:
    rows: Iterable[Any] = found[:MAX_ENCLOSURES] if isinstance(found, list) else ()
    return tuple(filter(None, (web(string(one.get("url")), url) for one in rows if isinstance(one, dict))))
