"""A feed of our own as JSON Feed 1.1 (jsonfeed.org/version/1.1); pure."""

from __future__ import annotations

import json
from typing import Any

from digestbot.render import wording
from digestbot.render.atom import instant
from digestbot.render.escape import plain, safe_url
from digestbot.render.outlet import Given, Outlet, body_html, story_urn, text_lang
from digestbot.render.words import Words, words_of

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(outlet: Outlet) -> bytes:
    """Return a document of these stories."""
    words = words_of(outlet.lang)
    found = {
        "version": VERSION,
        "title": plain(outlet.title, 200),
        "description": plain(outlet.about, 500),
        "home_page_url": outlet.home,
        "feed_url": outlet.here,
        "next_url": outlet.next,
        "language": outlet.lang,
        "authors": [{"name": "digestbot"}],
        "items": [_item(given, words) for given in outlet.entries],
    }
    return json.dumps({name: value for name, value in found.items() if value != ""}, ensure_ascii=False).encode()


def _item(given: Given, words: Words) -> dict[str, Any]:
    entry = given.entry
    found = {
        "id": story_urn(entry.story),
        "url": given.page or safe_url(entry.url),
        "external_url": safe_url(entry.url),
        "title": wording.title(entry.title, words),
        "content_html": body_html(given, words),
        "summary": wording.tldr(entry),
        "date_published": instant(given.seen_at),
        "date_modified": instant(given.updated_at),
        "authors": [{"name": name} for author in entry.authors[:20] if (name := plain(author, 100))],
        "tags": [tag for tag in (plain(given.section, 150), wording.medium(entry.medium, words)) if tag],
        "language": text_lang(given, words),
    }
    return {name: value for name, value in found.items() if value not in ("", [])}
