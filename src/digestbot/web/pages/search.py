"""Search: words or a question, narrowed down by section, medium, language and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import get_args
from urllib.parse import urlencode

from digestbot.domain import Filters, Medium
from digestbot.web.phrases.reading import READING, Reading
from digestbot.web.rendering import Page
from digestbot.web.surface import Ask, Surface
from digestbot.web.telling import rows_of, summary_langs

_MOST, _SHOWN = 60, 20
NARROWING = ("q", "section", "medium", "lang", "since", "until")
PARAMETERS = (*NARROWING, "after")
_LANGS = {"en": "English", "zh": "中文"}


def search(surface: Surface, ask: Ask) -> Page:
    """Return the form and what was found; `after` names the last story of the page before."""
    query, words = ask.query.get("q", ""), READING.of(ask.lang)
    langs = summary_langs(ask.lang, surface.roadmap("").lang)
    found = surface.search.ids(query, filters_of(ask.query), _MOST) if query else ()
    ids = _after(found, ask.query.get("after", ""))
    cards = surface.archive.cards_of(ids[:_SHOWN], langs)
    more = ids[_SHOWN - 1] if len(ids) > _SHOWN else ""
    values = {
        "asked": dict.fromkeys(PARAMETERS, "") | dict(ask.query),
        "sections": _sections(surface),
        "media": get_args(Medium),
        "langs": _LANGS,
        "narrowed": any(ask.query.get(name) for name in PARAMETERS[1:-1]),
        "rows": rows_of([cards[id] for id in ids[:_SHOWN] if id in cards], surface.roadmaps(), ask),
        "count": len(found),
        "most": len(found) >= _MOST,
        "more": urlencode({**ask.query, "after": more}) if more else "",
        "first": "after" not in ask.query,
        "feed": urlencode({name: value for name, value in ask.query.items() if name in NARROWING}) if query else "",
        "title": _title(query, words),
    }
    return Page("search", words, values)


def filters_of(query: Mapping[str, str]) -> Filters:
    """Return what a query string asks for; what is none of ours asks for nothing."""
    medium, lang = query.get("medium", ""), query.get("lang", "")
    return Filters(
        sections=(query["section"],) if query.get("section") else (),
        kinds=(medium,) if medium in get_args(Medium) else (),
        langs=(lang,) if lang in _LANGS else (),
        since=_day(query.get("since", "")),
        until=_day(query.get("until", "")),
    )


def _title(query: str, words: Reading) -> str:
    return f"{query} · {words.search}" if query else words.search


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _after(found: Sequence[str], last: str) -> Sequence[str]:
    return found[found.index(last) + 1 :] if last in found else found


def _sections(surface: Surface) -> list[tuple[str, str]]:
    """Return every section that takes stories, with its roadmap's name where there are several."""
    every = surface.roadmaps()
    return [
        (section.id, section.title if len(every) == 1 else f"{roadmap.title}: {section.title}")
        for roadmap in every
        for section in roadmap.sections
        if section.filing
    ]


PUBLIC = (("/search", search, PARAMETERS),)
