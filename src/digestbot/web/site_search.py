"""Search in pages that are files: the newest stories as data of a script, which looks through them in the browser."""

from __future__ import annotations

import json
from collections.abc import Iterator

from digestbot.domain import Card
from digestbot.render import wording
from digestbot.render.escape import plain
from digestbot.render.words import words_of
from digestbot.web.phrases.giving import GIVING
from digestbot.web.rendering import Page, still_search
from digestbot.web.surface import Ask, Body, Surface
from digestbot.web.telling import summary_langs

STORIES = 5000
"""Of the newest; what is older is found by section. About a megabyte, which the page of search alone loads."""
_AT_ONCE = 500
_TLDR_CHARS = 300
_HERE = "/*stories*/[]"


def search_page(surface: Surface, ask: Ask) -> Page:
    """Return the page of search."""
    return Page("still_search", GIVING.of(ask.lang), {"most": f"{STORIES:,}"})


def search_script(surface: Surface, ask: Ask) -> Body:
    """Return the script with what it looks through: of each story its id, title, summary and section.

    A story of a section that the roadmap has no more is left out: no page leads to it.
    """
    words, sections = words_of(ask.lang), {part.id: part.title for part in surface.roadmap("").sections}
    found = [
        (card.id, wording.title(card.title, words), plain(card.tldr, _TLDR_CHARS), sections[card.section])
        for card in _newest(surface, ask)
        if card.section in sections
    ]
    # In ASCII: no character of a title ends a line of the script.
    return Body(still_search().replace(_HERE, json.dumps(found), 1), "text/javascript")


def _newest(surface: Surface, ask: Ask) -> Iterator[Card]:
    roadmap, before = surface.roadmap(""), ""
    langs = summary_langs(ask.lang, roadmap.lang)
    for _ in range(STORIES // _AT_ONCE):
        found = surface.archive.cards(roadmap.name, langs, before=before, limit=_AT_ONCE)
        yield from found.cards
        before = found.before
        if not before:
            return
