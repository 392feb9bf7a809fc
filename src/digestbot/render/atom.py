"""Stories as Atom (RFC 4287), for whoever reads them in a feed reader: a digest's, or a feed of our own; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from xml.etree import ElementTree as xml

from digestbot.domain import Digest, Entry
from digestbot.render import wording
from digestbot.render.escape import plain, safe_url
from digestbot.render.outlet import Given, Outlet, body_html, outlet_urn, story_urn, text_lang
from digestbot.render.words import Words, words_of

NAMESPACE = "http://www.w3.org/2005/Atom"
_KIND = "application/atom+xml"


def digest_entries(digest: Digest) -> list[xml.Element]:
    """Return an entry for each story of a digest; with none, one that says so. Ids are the same at every try."""
    words = wording.of(digest)
    stories = [
        _entry(digest, entry, wording.section_title(section, words))
        for section in wording.shown(digest)
        for entry in (*section.entries, *section.brief)
    ]
    return stories or [_note(digest)]


def prefix(digest: Digest) -> str:
    """Return how the ids of a digest's entries begin."""
    return f"urn:digestbot:{digest.id}:"


def feed(name: str, title: str, entries: Sequence[xml.Element], updated: datetime) -> bytes:
    """Return an Atom document of these entries, newest first."""
    return _document({}, f"urn:digestbot:{name}", title, updated, entries)


def outlet_atom(outlet: Outlet) -> bytes:
    """Return a feed of our own as a document; the older stories stand on its next page (RFC 5005, section 3)."""
    words = words_of(outlet.lang)
    subtitle = xml.Element("subtitle")
    subtitle.text = plain(outlet.about, 500)
    named = (("self", outlet.here, _KIND), ("alternate", outlet.home, "text/html"), ("next", outlet.next, _KIND))
    links = [xml.Element("link", {"rel": rel, "href": url, "type": kind}) for rel, url, kind in named if url]
    entries = [_given(given, words) for given in outlet.entries]
    parts = (*([subtitle] if subtitle.text else []), *links, *entries)
    lang = {"xml:lang": outlet.lang}
    return _document(lang, outlet_urn(outlet), plain(outlet.title, 200), outlet.updated_at, parts)


def _document(
    attributes: Mapping[str, str], id: str, title: str, updated: datetime, parts: Sequence[xml.Element]
) -> bytes:
    root = xml.Element("feed", {"xmlns": NAMESPACE, **attributes})
    _add(root, "id", id)
    _add(root, "title", title)
    _add(root, "updated", instant(updated))
    _add(_add(root, "author", ""), "name", "digestbot")
    root.extend(parts)
    return bytes(xml.tostring(root, "utf-8", xml_declaration=True))


def instant(at: datetime) -> str:
    """Return an instant as RFC 3339 has it."""
    return at.isoformat().replace("+00:00", "Z")


def _given(given: Given, words: Words) -> xml.Element:
    entry, source = given.entry, safe_url(given.entry.url)
    found = xml.Element("entry", {"xml:lang": text_lang(given, words)})
    _add(found, "id", story_urn(entry.story))
    _add(found, "title", wording.title(entry.title, words))
    _add(found, "published", instant(given.seen_at))
    _add(found, "updated", instant(given.updated_at))
    for name in filter(None, (plain(author, 100) for author in entry.authors[:20])):
        _add(_add(found, "author", ""), "name", name)
    if given.page or source:
        xml.SubElement(found, "link", {"rel": "alternate", "href": given.page or source})
    if given.page and source:
        xml.SubElement(found, "link", {"rel": "related", "href": source})
    for term in filter(None, (plain(given.section, 150), wording.medium(entry.medium, words))):
        xml.SubElement(found, "category", {"term": term})
    if tldr := wording.tldr(entry):
        _add(found, "summary", tldr).set("type", "text")
    _add(found, "content", body_html(given, words)).set("type", "html")
    return found


def _entry(digest: Digest, entry: Entry, section: str) -> xml.Element:
    words = wording.of(digest)
    found = xml.Element("entry")
    _add(found, "id", prefix(digest) + hashlib.sha256(entry.story.encode(errors="replace")).hexdigest()[:16])
    _add(found, "title", wording.title(entry.title, words))
    _add(found, "updated", instant(digest.created_at))
    if url := safe_url(entry.url):
        xml.SubElement(found, "link", {"rel": "alternate", "href": url})
    xml.SubElement(found, "category", {"term": section})
    # Plain text: no markup of outside text can reach a reader.
    _add(found, "content", "\n\n".join(_paragraphs(entry, words))).set("type", "text")
    return found


def _paragraphs(entry: Entry, words: Words) -> Iterator[str]:
    note = wording.basis_note(entry, words)
    points = "\n".join(f"• {point}" for point in wording.points(entry))
    parts = (wording.meta(entry, words), wording.change(entry, words), f"{wording.tldr(entry)} {note}".strip(), points)
    yield from (part for part in parts if part)
    if why := wording.why(entry):
        yield f"{words.why}{words.colon}{why}"


def _note(digest: Digest) -> xml.Element:
    found = xml.Element("entry")
    _add(found, "id", f"{prefix(digest)}note")
    _add(found, "title", wording.subject(digest))
    _add(found, "updated", instant(digest.created_at))
    _add(found, "content", wording.lead(digest)).set("type", "text")
    return found


def _add(parent: xml.Element, name: str, text: str) -> xml.Element:
    child = xml.SubElement(parent, name)
    child.text = text or None
    return child
