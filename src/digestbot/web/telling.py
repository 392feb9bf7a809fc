"""How stories are told in a row of them: what a template is given of each; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from digestbot.domain import Card, Entry, StoryId, Summary
from digestbot.languages import canonical
from digestbot.render import wording
from digestbot.render.escape import plain, safe_url
from digestbot.render.words import words_of
from digestbot.roadmap import Roadmap
from digestbot.web.surface import Ask


@dataclass(frozen=True)
class Row:
    """A story in a row of them. `to` is its page, `url` where it was published, "" where that is no web address."""

    id: str
    title: str
    to: str
    url: str
    medium: str
    others: tuple[str, ...]
    authors: str
    published_at: datetime | None
    filed_at: datetime
    level: str
    tldr: str
    tldr_lang: str
    section: str
    section_to: str
    chapter: str
    chapter_to: str


def summary_langs(lang: str, roadmap_lang: str) -> tuple[str, ...]:
    """Return the languages in which a reader would have summaries, the best first."""
    mine = canonical(lang)
    near = ("zh-Hant", "zh") if mine == "zh-Hant" else (mine,)
    return tuple(dict.fromkeys((*near, canonical(roadmap_lang), "en")))


def best_summary(found: Sequence[Summary], langs: Sequence[str]) -> Summary | None:
    """Return the summary in the best of these languages that there is, None where none says anything."""
    ranks = {lang: rank for rank, lang in enumerate(langs)}
    best = min(found, key=lambda one: ranks.get(one.lang, len(langs)), default=None)
    return best if best and (best.tldr or best.points) else None


def rows_of(cards: Iterable[Card], roadmaps: Sequence[Roadmap], ask: Ask) -> list[Row]:
    """Return what is told of each story."""
    titles = {one.name: _titles(one) for one in roadmaps}
    return [_row(card, titles.get(card.roadmap, {}), ask) for card in cards]


def _row(card: Card, titles: dict[str, str], ask: Ask) -> Row:
    words = words_of(ask.lang)
    return Row(
        id=card.id,
        title=wording.title(card.title, words),
        to=ask.at("stories", card.id),
        url=safe_url(card.url),
        medium=card.medium,
        others=card.others,
        authors=authors_of(card.authors, card.medium, ask.lang),
        published_at=card.published_at,
        filed_at=card.filed_at,
        level=card.level,
        tldr=plain(card.tldr, wording.MAX_TEXT_CHARS),
        tldr_lang=card.summary_lang,
        section=titles.get(f"§{card.section}", card.section),
        section_to=ask.at("roadmaps", card.roadmap, card.section),
        chapter=titles.get(card.chapter, ""),
        chapter_to=ask.at("roadmaps", card.roadmap, card.section, card.chapter) if card.chapter else "",
    )


def authors_of(names: Sequence[str], medium: str, lang: str) -> str:
    """Return who made something in short, as a digest names them."""
    entry = Entry(StoryId(""), "", "", medium, "", (), "", 0.0, "", authors=tuple(names))
    return wording.authors(entry, words_of(lang))


def _titles(roadmap: Roadmap) -> dict[str, str]:
    """Return the titles of chapters by their ids, and of sections by theirs behind a mark."""
    found = {f"§{section.id}": section.title for section in roadmap.sections}
    return found | {chapter.id: chapter.title for chapter in roadmap.chapters if not chapter.implied}
