"""A story's page: what it says, what shows it, where it is filed and why, what happened to it, and what is like it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from digestbot.domain import OFF_ROADMAP, REVIEWER, Card, Dossier, Item, Summary, Verdict
from digestbot.languages import canonical
from digestbot.render import wording
from digestbot.render.escape import plain, safe_url
from digestbot.render.words import counted, words_of
from digestbot.web.phrases.reading import READING, Reading
from digestbot.web.rendering import Page
from digestbot.web.surface import Ask, Missing, Moved, Surface
from digestbot.web.telling import Row, authors_of, best_summary, rows_of, summary_langs

_RELATED = 8
_MAX_QUOTES, _MAX_QUOTE_CHARS = 12, 600


@dataclass(frozen=True)
class Medium:
    """One of a story's media: a paper, a post about it, a talk."""

    kind: str
    title: str
    url: str
    host: str
    authors: str
    published_at: datetime | None


@dataclass(frozen=True)
class Filing:
    """Where a story is filed in a roadmap, or that it is filed nowhere, and why."""

    roadmap: str
    section: str
    section_to: str
    chapter: str
    chapter_to: str
    reason: str
    by: str
    at: datetime
    numbers: Sequence[tuple[str, str]]
    unconfirmed: bool
    placed: str


@dataclass(frozen=True)
class Told:
    """What is said of a story: a summary in one language, with what it rests on."""

    lang: str
    tldr: str
    points: Sequence[tuple[str, str, str]]
    """What kind of point it is, its text, and the address of the moment in a video that says it."""
    gives: str
    notes: Sequence[str]
    evidence: Sequence[str]


def story(surface: Surface, ask: Ask) -> Page:
    """Return a story's page; an id that it had before leads there."""
    found = surface.archive.dossier(ask.params["id"])
    if found is None:
        raise Missing
    if found.story.id != ask.params["id"]:
        raise Moved("stories", found.story.id)
    words, lead = READING.of(ask.lang), found.story.lead
    langs = summary_langs(ask.lang, surface.roadmap("").lang)
    related = surface.archive.related(found.story.id, langs, surface.space, _RELATED)
    media = [_medium(one, ask) for one in (lead, *(one for one in found.story.members if one.id != lead.id))]
    values = {
        "title": wording.title(lead.title, words_of(ask.lang)),
        "id": found.story.id,
        "lead": media[0],
        "media": [one for one in media if one.url],
        "level": next((verdict.level for verdict, _ in found.verdicts if verdict.level), ""),
        "told": _told(found, langs, words, ask),
        "filings": list(_filings(surface, ask, found, words)),
        "events": _events(found, words, ask),
        "earlier": _rows(surface, ask, (one for one in related if one.filed_at < found.first_seen_at)),
        "related": _rows(surface, ask, (one for one in related if one.filed_at >= found.first_seen_at)),
    }
    return Page("story", words, values)


def _rows(surface: Surface, ask: Ask, cards: Iterable[Card]) -> list[Row]:
    return rows_of(cards, surface.roadmaps(), ask)


def _medium(item: Item, ask: Ask) -> Medium:
    url = safe_url(item.url)
    return Medium(
        item.medium,
        wording.title(item.title, words_of(ask.lang)),
        url,
        (urlsplit(url).hostname or "").removeprefix("www."),
        authors_of(item.authors, item.medium, ask.lang),
        item.published_at,
    )


def _told(found: Dossier, langs: Sequence[str], words: Reading, ask: Ask) -> Told | None:
    """Return what is said of a story in the best language that there is, None where nothing is."""
    best = best_summary(found.summaries, langs)
    if best is None:
        return None
    parts, url = words_of(ask.lang).parts, found.story.lead.url
    places = {f"{verdict.roadmap}/{verdict.chapter}" for verdict, _ in found.verdicts}
    return Told(
        lang=canonical(best.written or best.lang),
        tldr=plain(best.tldr, wording.MAX_TEXT_CHARS),
        points=[
            (parts.get(one.kind, ""), plain(one.text, wording.MAX_TEXT_CHARS), _moment(url, one.at))
            for one in best.points
        ],
        gives=plain(best.why, wording.MAX_TEXT_CHARS) if best.place in places else "",
        notes=list(_notes(best, words)),
        evidence=[plain(one, _MAX_QUOTE_CHARS) for one in best.evidence[:_MAX_QUOTES]],
    )


def _notes(summary: Summary, words: Reading) -> Iterable[str]:
    if basis := words.basis.get(summary.basis):
        yield basis
    yield words.written_by.format(model=_writer(summary.model, words))
    if summary.dropped:
        yield counted(summary.dropped, words.dropped)


def _writer(model: str, words: Reading) -> str:
    return {REVIEWER: words.person, "offline": words.offline}.get(model) or plain(model, 80)


def _moment(url: str, at: str) -> str:
    """Return the address at which a video says something, "" where that is not known."""
    clock = re.fullmatch(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})", at)
    to = safe_url(url)
    if not clock or urlsplit(to).hostname not in ("www.youtube.com", "youtube.com", "youtu.be"):
        return ""
    seconds = int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + int(clock[3])
    return f"{to}{'&' if '?' in to else '?'}t={seconds}"


def _filings(surface: Surface, ask: Ask, found: Dossier, words: Reading) -> Iterable[Filing]:
    judged = {verdict.roadmap: (verdict, at) for verdict, at in found.verdicts}
    for roadmap in surface.roadmaps():
        verdict, at = judged.get(roadmap.name, (None, None))
        if verdict is None or at is None or verdict.section == OFF_ROADMAP:
            continue
        section = next((one for one in roadmap.sections if one.id == verdict.section), None)
        chapter = roadmap.chapter(verdict.chapter)
        place = ("roadmaps", roadmap.name, verdict.section)
        yield Filing(
            roadmap=roadmap.title,
            section=section.title if section else verdict.section,
            section_to=ask.at(*place) if section else "",
            chapter=chapter.title if chapter and not chapter.implied else "",
            chapter_to=ask.at(*place, verdict.chapter) if chapter else "",
            reason=plain(wording.filed_for(verdict.reason, words_of(ask.lang)), 600),
            by=_writer(verdict.model, words),
            at=at,
            numbers=_numbers(verdict, words),
            unconfirmed=bool(verdict.needs_review),
            placed=next((plain(why, 300) for _, name, why in reversed(found.placed) if name == roadmap.name), ""),
        )


def _numbers(verdict: Verdict, words: Reading) -> list[tuple[str, str]]:
    named = [(words.relevance, verdict.relevance), (words.confidence, verdict.confidence)]
    rubric = ((words.rubric[name], getattr(verdict, name)) for name in ("novelty", "evidence", "usefulness"))
    return [(name, f"{value:.0%}") for name, value in (*named, *rubric) if value is not None]


def _events(found: Dossier, words: Reading, ask: Ask) -> list[tuple[datetime, str, str]]:
    """Return what happened to a story, oldest first: when, what, and the address of a page about it."""
    events = [(found.first_seen_at, words.first_seen, "")]
    events += [(at, plain(news.change, 500), "") for at, news in found.news]
    events += [(told.at, words.told, ask.at("digests", told.digest)) for told in found.told]
    return sorted(events, key=lambda event: event[0])


PUBLIC = (("/stories/{id}", story, ()),)
