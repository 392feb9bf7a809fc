"""What the documents of the feed corpus state, told by others than our parser: three sources, one record a check.

`expect` lines are feedparser's own tests; expected files are those of fastfeedparser and rss-parser; and where a
document has neither but is well-formed, it is read plainly here with lxml: an element's text is what the document says.
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urljoin

from dateutil import parser as dates
from lxml import etree

Column = Literal["title", "link", "id", "date", "text"]
COLUMNS: tuple[Column, ...] = ("title", "link", "id", "date", "text")
_PATHS: Mapping[tuple[object, ...], Column] = {
    ("title",): "title",
    ("title_detail", "value"): "title",
    ("link",): "link",
    ("id",): "id",
    ("guid",): "id",
    ("published",): "date",
    ("published_parsed",): "date",
    ("updated",): "date",
    ("updated_parsed",): "date",
    ("modified",): "date",
    ("modified_parsed",): "date",
    ("created",): "date",
    ("created_parsed",): "date",
    ("summary",): "text",
    ("description",): "text",
    ("summary_detail", "value"): "text",
    ("content", 0, "value"): "text",
    ("content", 1, "value"): "text",
}
_ATOM = ("{http://www.w3.org/2005/Atom}", "{http://purl.org/atom/ns#}")
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC = "{http://purl.org/dc/elements/1.1/}"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_PLAIN_TEXT_TYPES = ("text", "html", "text/plain", "text/html", None)
_ZONES = {"EST": -18000, "EDT": -14400, "CST": -21600, "CDT": -18000, "MST": -25200, "PST": -28800, "PDT": -25200}
"""The zones that RFC 822 names, in seconds."""
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


@dataclass(frozen=True)
class Check:
    """What an entry holds, or with `entry` None the feed; a date is an instant, all else is a string."""

    column: Column
    entry: int | None
    value: str | datetime


def checks_of(row: Mapping[str, Any], body: bytes, expected: bytes | None) -> tuple[str, list[Check]]:
    """Return who says it (`expect`, `files`, `plain`), and what a document holds."""
    if row.get("expect"):
        return "expect", list(_of_expect_lines(row["expect"]))
    if expected is not None:
        return "files", list(_of_file(json.loads(_decoded(expected))))
    if not row["wellformed"] or row["format"] in ("html", "json", "opml"):
        return "plain", []
    return "plain", list(_of_json(body) if row["format"] == "jsonfeed" else _of_elements(body))


def _of_expect_lines(lines: Sequence[Mapping[str, Any]]) -> Iterator[Check]:
    for line in lines:
        path, value = tuple(line["path"]), line.get("value")
        if line["op"] != "==" or not value:
            continue
        if path[0] == "feed" and _PATHS.get(path[1:]) in ("title", "link"):
            yield Check(_PATHS[path[1:]], None, str(value))
        elif path[0] == "entries" and len(path) > 2 and path[2:] in _PATHS:
            yield from _check(_PATHS[path[2:]], path[1], value)


def _of_file(found: Mapping[str, Any]) -> Iterator[Check]:
    for number, entry in enumerate(found.get("entries") or found["feed"]["items"]):
        yield from _check("title", number, entry.get("title"))
        yield from _check("link", number, entry.get("link"))
        ident = entry.get("id") or entry.get("guid")
        # fastfeedparser gives an entry without an id its link; we leave it empty, and name the entry by its link later.
        yield from _check("id", number, ident if ident != entry.get("link") else None)
        yield from _check("date", number, entry.get("published") or entry.get("isoDate"))
        contents = [one["value"] for one in entry["content"]] if isinstance(entry.get("content"), list) else []
        texts = [*contents, entry.get("description"), entry.get("content:encoded"), entry.get("content")]
        yield from _check("text", number, max((t for t in texts if isinstance(t, str)), key=len, default=""))


def _decoded(body: bytes) -> str:
    """One expected file is written in the encoding of its feed."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def _of_json(body: bytes) -> Iterator[Check]:
    for number, entry in enumerate(json.loads(body.decode("utf-8-sig")).get("items") or []):
        yield from _check("title", number, entry.get("title"))
        yield from _check("link", number, entry.get("url"))
        yield from _check("id", number, entry.get("id"))
        yield from _check("date", number, entry.get("date_published"))
        yield from _check("text", number, entry.get("content_html") or entry.get("content_text"))


def _of_elements(body: bytes) -> Iterator[Check]:
    parser = etree.XMLParser(resolve_entities="internal", no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:  # lxml knows fewer encodings than expat
        return
    local = [element for element in root.iter() if isinstance(element.tag, str)]
    entries = [e for e in local if e.tag.rpartition("}")[2] in ("item", "entry")]
    for number, entry in enumerate(entries):
        atom = next((ns for ns in _ATOM if entry.tag.startswith(ns)), "")
        yield from _of_atom(entry, number, atom) if atom else _of_rss(entry, number)


def _of_rss(entry: etree._Element, number: int) -> Iterator[Check]:
    own = entry.tag.removesuffix("item")
    yield from _check("title", number, entry.findtext(f"{own}title"))
    link = (entry.findtext(f"{own}link") or "").strip()
    if link.startswith(("http:", "https:")):
        yield from _check("link", number, link)
    yield from _check("id", number, entry.findtext("guid") or entry.get(_RDF_ABOUT))
    yield from _check("date", number, entry.findtext("pubDate") or entry.findtext(f"{_DC}date"))
    texts = (entry.findtext(_CONTENT), entry.findtext(f"{own}description"))
    yield from _check("text", number, max((text for text in texts if text), key=len, default=""))


def _of_atom(entry: etree._Element, number: int, ns: str) -> Iterator[Check]:
    for column, name in (("title", "title"), ("text", "content")):
        if entry.findtext(f"{ns}{name}") and entry.find(f"{ns}{name}").get("type") in _PLAIN_TEXT_TYPES:
            yield from _check(column, number, entry.findtext(f"{ns}{name}"))  # type: ignore[arg-type]  # of the pair
    for link in entry.iterfind(f"{ns}link"):
        if link.get("rel", "alternate") == "alternate":
            bases = [element.get(_XML_BASE, "") for element in (*reversed([*link.iterancestors()]), link)]
            where = ""
            for base in (*bases, link.get("href", "")):
                where = urljoin(where, base)
            if where.startswith("http"):
                yield from _check("link", number, where)
            break
    yield from _check("id", number, entry.findtext(f"{ns}id"))
    written = (entry.findtext(f"{ns}{name}") for name in ("published", "issued", "updated", "modified"))
    yield from _check("date", number, next(filter(None, written), ""))


def _check(column: Column, number: int, value: object) -> Iterator[Check]:
    if column != "date":
        if value is not None and str(value).strip():
            yield Check(column, number, str(value).strip())
        return
    instant = _instant(value)
    if instant:
        yield Check(column, number, instant)


def _instant(value: object) -> datetime | None:
    try:
        if isinstance(value, list | tuple):
            return datetime.fromtimestamp(calendar.timegm(tuple(value)), UTC)
        found = dates.parse(str(value), default=datetime(2000, 1, 1, tzinfo=UTC), tzinfos=_ZONES) if value else None
    except (ValueError, OverflowError):
        return None
    return found.astimezone(UTC).replace(microsecond=0) if found else None
