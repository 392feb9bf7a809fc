"""Lists of stories as feeds of our own: of cards, or of what digests told; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from digestbot.domain import Card, Digest, Entry, StoryId
from digestbot.languages import canonical
from digestbot.pipeline.compose import labelled
from digestbot.render import wording
from digestbot.render.atom import outlet_atom
from digestbot.render.html import EPOCH
from digestbot.render.json_feed import json_feed
from digestbot.render.outlet import Given, Outlet
from digestbot.render.words import Words, words_of


@dataclass(frozen=True)
class Format:
    """A way to write a feed; its name is the ending of the feed's address."""

    name: str
    media_type: str
    write: Callable[[Outlet], bytes]


ATOM = Format("atom", "application/atom+xml; charset=utf-8", outlet_atom)
JSON = Format("json", "application/feed+json; charset=utf-8", json_feed)
FORMATS = (ATOM, JSON)


def given_cards(
    cards: Iterable[Card], titles: Callable[[Card], str], page: Callable[[str], str], lang: str
) -> tuple[Given, ...]:
    """Return stories as feeds give them out; `titles` names a story's section, `page` gives the address of its page."""
    words = words_of(lang)
    return tuple(
        Given(_entry(card, words), titles(card), page(card.id), card.filed_at, card.updated_at) for card in cards
    )


def given_digests(digests: Sequence[Digest], page: Callable[[str], str]) -> tuple[Given, ...]:
    """Return what digests told, the newest first; of a story that was told again, its last telling."""
    told: dict[StoryId, Given] = {}
    for digest in sorted(digests, key=lambda one: one.created_at, reverse=True):
        for section in wording.shown(digest):
            title = wording.section_title(section, wording.of(digest))
            for entry in (*section.entries, *section.brief):
                at = digest.created_at
                told.setdefault(entry.story, Given(entry, title, page(entry.story), entry.first_told_at or at, at))
    return tuple(told.values())


def last_change(entries: Iterable[Given]) -> datetime:
    """Return when the last of these stories changed, long ago for none: equal for an equal feed."""
    return max((given.updated_at for given in entries), default=EPOCH)


def _entry(card: Card, words: Words) -> Entry:
    other = card.summary_lang and canonical(card.summary_lang) != canonical(words.code)
    return Entry(
        story=card.id,
        title=card.title,
        url=card.url,
        medium=card.medium,
        tldr=card.tldr,
        points=tuple(labelled(point, card.summary_lang) for point in card.points),
        why=card.why or wording.filed_for(card.reason, words),
        relevance=card.relevance,
        basis=card.basis,
        authors=card.authors,
        published_at=card.published_at,
        written=card.summary_lang if other else "",
        level=card.level,
    )
