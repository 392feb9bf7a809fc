"""A digest's stories as Atom entries (RFC 4287), for whoever reads digests in a feed reader; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from xml.etree import ElementTree as xml

from digestbot.domain import Digest, Entry
from digestbot.render import wording
from digestbot.render.escape import safe_url
from digestbot.render.words import Words

NAMESPACE = "http://www.w3.org/2005/Atom"


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
    root = xml.Element("feed", {"xmlns": NAMESPACE})
    _add(root, "id", f"urn:digestbot:{name}")
    _add(root, "title", title)
    _add(root, "updated", _instant(updated))
    _add(_add(root, "author", ""), "name", "digestbot")
    root.extend(entries)
    return bytes(xml.tostring(root, "utf-8", xml_declaration=True))


def _entry(digest: Digest, entry: Entry, section: str) -> xml.Element:
    words = wording.of(digest)
    found = xml.Element("entry")
    _add(found, "id", prefix(digest) + hashlib.sha256(entry.story.encode(errors="replace")).hexdigest()[:16])
    _add(found, "title", wording.title(entry.title, words))
    _add(found, "updated", _instant(digest.created_at))
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
    _add(found, "updated", _instant(digest.created_at))
    _add(found, "content", wording.lead(digest)).set("type", "text")
    return found


def _add(parent: xml.Element, name: str, text: str) -> xml.Element:
    child = xml.SubElement(parent, name)
    child.text = text or None
    return child


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
