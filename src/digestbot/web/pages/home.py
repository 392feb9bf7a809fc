"""The first page: what came today, and in this week section by section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from digestbot.roadmap import Roadmap
from digestbot.web.phrases.reading import READING
from digestbot.web.rendering import Page
from digestbot.web.surface import Ask, Surface
from digestbot.web.telling import Row, rows_of, summary_langs

_TODAY, _WEEK = timedelta(hours=24), timedelta(days=7)
_OF_TODAY, _OF_SECTION = 8, 4
_TWICE = 3
"""How many of a section's best may stand under today already."""


@dataclass(frozen=True)
class Shelf:
    """A section with the best of its week."""

    id: str
    title: str
    recent: int
    rows: Sequence[Row]


def home(surface: Surface, ask: Ask) -> Page:
    """Return the first page."""
    roadmap = surface.roadmap("")
    now, langs = surface.wall(), summary_langs(ask.lang, roadmap.lang)
    today = surface.archive.best(roadmap.name, langs, now - _TODAY, _OF_TODAY)
    values = {
        "roadmap": roadmap,
        "today": rows_of(today, (roadmap,), ask),
        "shelves": _shelves(surface, ask, roadmap, langs, {card.id for card in today}),
        "latest": next(iter(surface.archive.digests(limit=1).digests), None),
        "last_read": surface.status().last_success_at,
    }
    return Page("home", READING.of(ask.lang), values)


def _shelves(surface: Surface, ask: Ask, roadmap: Roadmap, langs: Sequence[str], shown: set[str]) -> list[Shelf]:
    since = surface.wall() - _WEEK
    filing = [section for section in roadmap.sections if section.filing]
    tallies = surface.archive.tallies(roadmap.name, [section.id for section in filing], since)
    sections = [section for section in filing if section.id in tallies]
    best = surface.archive.best(roadmap.name, langs, since, _OF_SECTION + _TWICE, [section.id for section in sections])
    found = []
    for section in sections:
        rest = [card for card in best if card.section == section.id and card.id not in shown][:_OF_SECTION]
        found.append(Shelf(section.id, section.title, tallies[section.id], rows_of(rest, (roadmap,), ask)))
    return found


PUBLIC = (("/", home, ()),)
