"""Stories given out as a feed of our own: what a list of them is, and an entry's text as HTML; pure.

Ids are made of what a thing is and not of where it stands: they stay when the pages move to another host.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from xml.etree import ElementTree as xml

from digestbot.domain import DigestLang, Entry, StoryId
from digestbot.render import wording
from digestbot.render.escape import safe_url
from digestbot.render.html import language
from digestbot.render.words import Words


@dataclass(frozen=True)
class Given:
    """A story as a feed gives it out: `page` is our own page about it, empty where there is none."""

    entry: Entry
    section: str
    page: str
    seen_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Outlet:
    """A list of stories as a feed, newest first.

    `name` is the same for as long as the feed is about the same, such as `genai/VI`. `home` is the page that shows the
    list, `here` the feed's own address, `next` the address of the older ones, empty where there are none.
    """

    name: str
    title: str
    about: str
    lang: DigestLang
    home: str
    here: str
    updated_at: datetime
    entries: tuple[Given, ...]
    next: str = ""


def story_urn(story: StoryId) -> str:
    """Return the id of a story in every feed."""
    return f"urn:digestbot:story:{hashlib.sha256(story.encode(errors='replace')).hexdigest()[:32]}"


def outlet_urn(outlet: Outlet) -> str:
    """Return the id of a feed."""
    return f"urn:digestbot:{quote(outlet.name, errors='replace')}"


def text_lang(given: Given, words: Words) -> str:
    """Return the language of what is told of a story."""
    return given.entry.written or language(wording.tldr(given.entry)) or words.code


def body_html(given: Given, words: Words) -> str:
    """Return what is told of a story as HTML: our own markup alone, with all outside text escaped in it."""
    body = xml.Element("div", {"lang": text_lang(given, words)})
    for element in _parts(given.entry, words):
        body.append(element)
    return "".join(xml.tostring(part, "unicode", method="html") for part in body)


def _parts(entry: Entry, words: Words) -> Iterator[xml.Element]:
    meta, url = wording.meta(entry, words), safe_url(entry.url)
    if meta or url:
        yield _linked_paragraph(meta, url) if url else _paragraph(meta)
    if change := wording.change(entry, words):
        strong = xml.Element("p")
        xml.SubElement(strong, "strong").text = change
        yield strong
    if told := f"{wording.tldr(entry)} {wording.basis_note(entry, words)}".strip():
        yield _paragraph(told)
    if points := wording.points(entry):
        listed = xml.Element("ul")
        for point in points:
            xml.SubElement(listed, "li").text = point
        yield listed
    for label, text in ((words.why, wording.why(entry)), (words.before, wording.before(entry, words))):
        if text:
            yield _paragraph(f"{label}{words.colon}{text}")
    for medium, title, raw in wording.others(entry, words):
        lead = f"{words.also}{words.list_comma}{medium}{words.colon}"
        yield _linked_paragraph(title, to, lead) if (to := safe_url(raw)) else _paragraph(f"{lead}{title}")


def _paragraph(text: str) -> xml.Element:
    found = xml.Element("p")
    found.text = text
    return found


def _linked_paragraph(text: str, url: str, lead: str = "") -> xml.Element:
    found = _paragraph(lead)
    xml.SubElement(found, "a", {"href": url, "rel": "nofollow noopener noreferrer ugc"}).text = text or url
    return found
