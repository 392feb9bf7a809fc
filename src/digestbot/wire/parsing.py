"""Reads the bytes of a feed (RSS, Atom, RDF, JSON Feed) into records; pure: opens no address, expands no entity."""

from __future__ import annotations

from digestbot.errors import SourceError
from digestbot.wire.documents import is_page, refuse_entities, respelled, unprefixed
from digestbot.wire.json_feed import parse_json
from digestbot.wire.parsed import ParsedFeed
from digestbot.wire.xml_feed import parse_xml

PARSE_S = 10.0
"""What a feed may take: some authors and links of a megabyte would take feedparser's patterns hours."""
MAX_TAGS = 100_000
"""Feeds of 5,000 entries stay below; the parser takes about 16 µs for each, so that more would hold a core for long."""
_BLANK = b"\xef\xbb\xbf \t\r\n"


def parse(body: bytes, content_type: str = "", url: str = "") -> ParsedFeed:
    """Return the feed in `body`; `url` is where it came from, for relative links.

    Raises SourceError: `not-a-feed` for anything without the structure of one, `too-large` for more than 100,000 tags,
    `xml-entities` for a document that declares entities beyond single characters. Entries come
    as they are: one may have no link, id, title or text.
    """
    start = body[:4096].lstrip(_BLANK)
    if not start:
        raise SourceError("the feed is empty", reason="not-a-feed")
    if start.startswith((b"{", b"[")):
        return parse_json(body, url)
    if body.count(b"<") > MAX_TAGS:
        raise SourceError(f"the feed has more than {MAX_TAGS} tags", reason="too-large")
    refuse_entities(body)
    if is_page(start):
        raise SourceError("the document is a page, not a feed", reason="not-a-feed")
    return parse_xml(unprefixed(respelled(body, content_type)), content_type, url)
