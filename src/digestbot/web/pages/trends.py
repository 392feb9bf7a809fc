"""Trends: stories by section over weeks, what is rising, where stories come from, and how long they take to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median_low

from markupsafe import Markup

from digestbot.domain import Counted
from digestbot.pipeline.trends import WEEKS, trends
from digestbot.render.wording import trend_lines
from digestbot.render.words import counted, words_of
from digestbot.roadmap import Roadmap, outline
from digestbot.web.charts import bars, lying, stacked
from digestbot.web.phrases.charting import CHARTING, Charting
from digestbot.web.rendering import Page
from digestbot.web.surface import Ask, Surface
from digestbot.web.weeks import Weeks, begin, weekly

SPANS = (8, 12, 26)
"""How many weeks one may look back; the first is shown unless another is asked for."""
_SOURCES = 10
_KEPT_S = 300.0
"""Weeks of a large ledger take a second to count, and a minute changes nothing in them."""


@dataclass(frozen=True)
class Line:
    """A row of a table: `to` is a page of ours about it, "" where there is none; `color` is its place in the chart."""

    name: str
    to: str
    numbers: tuple[str, ...]
    color: int = 0


@dataclass(frozen=True)
class Figure:
    """A chart and the numbers in it."""

    title: str
    about: str
    chart: Markup
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    hint: str = ""


def look_back(surface: Surface, ask: Ask) -> Page:
    """Return the page of trends for a roadmap, the main one unless one is named."""
    roadmap = surface.roadmap(ask.query.get("roadmap", ""))
    weeks = next((span for span in SPANS if str(span) == ask.query.get("weeks", "")), SPANS[0])
    now, words = surface.wall(), CHARTING.of(ask.lang)
    found = surface.figures.counted(roadmap.name, begin(now, max(weeks, WEEKS + 1)))
    shown = weekly(found, now, weeks)
    values = {
        "roadmap": roadmap,
        "roadmaps": surface.roadmaps(),
        "weeks": weeks,
        "shown_weeks": len(shown.starts),
        "spans": SPANS,
        "total": shown.total,
        "rising": _rising(surface, roadmap, found, ask.lang),
        "figures": _figures(shown, roadmap, ask, words) if shown.total else (),
    }
    return Page("trends", words, values, for_s=_KEPT_S)


def _rising(surface: Surface, roadmap: Roadmap, found: Sequence[Counted], lang: str) -> tuple[str, ...]:
    titles = {part.id: part.title for section in outline(roadmap).sections for part in section.chapters}
    return trend_lines(trends(found, titles, surface.wall()), words_of(lang))


def _figures(shown: Weeks, roadmap: Roadmap, ask: Ask, words: Charting) -> tuple[Figure, ...]:
    days = tuple(_short(start, ask.lang, words) for start in shown.starts)
    return (
        _by_section(shown, roadmap, days, ask, words),
        _by_source(shown, words),
        _reading(shown, days, words),
    )


def _by_section(shown: Weeks, roadmap: Roadmap, days: Sequence[str], ask: Ask, words: Charting) -> Figure:
    known = {section.id: section.title for section in roadmap.sections}
    order = [id for id in known if id in shown.sections] + sorted(shown.sections.keys() - known.keys())
    counts = {id: shown.sections[id] for id in order}
    weeks = [sum(column) for column in zip(*counts.values(), strict=True)]
    best, most = max(range(len(weeks)), key=weeks.__getitem__), max(order, key=lambda id: sum(counts[id]))
    about = words.by_section_about.format(best=days[best], count=f"{weeks[best]:,}", section=known.get(most, most))
    lines = [
        Line(known.get(id, id), ask.at("roadmaps", roadmap.name, id) if id in known else "", _row(counts[id]), color)
        for color, id in enumerate(order)
    ]
    named = _named({id: known.get(id, id) for id in order}, counts)
    return Figure(
        words.by_section,
        about,
        stacked("sections", words.by_section, about, days, named),
        (words.section, words.total, *days[::-1]),
        (*lines, Line(words.total, "", _row(weeks), -1)),
    )


def _by_source(shown: Weeks, words: Charting) -> Figure:
    first, rest = shown.feeds[:_SOURCES], shown.feeds[_SOURCES:]
    told = dict(first)
    if rest:
        told[counted(len(rest), words.others)] = sum(number for _, number in rest)
    about = words.by_source_about.format(source=first[0][0])
    lines = tuple(Line(name, "", (f"{number:,}", f"{number / shown.total:.0%}")) for name, number in told.items())
    chart = lying("sources", words.by_source, about, told)
    return Figure(words.by_source, about, chart, (words.source, words.stories, words.share), lines)


def _reading(shown: Weeks, days: Sequence[str], words: Charting) -> Figure:
    hours = [round(minutes / 60, 1) for minutes in shown.minutes]
    about = words.reading_about.format(hours=f"{median_low(hours):g}")
    lines = tuple(
        Line(day, "", (words.time.format(hours=f"{minutes // 60:,}", minutes=minutes % 60),))
        for day, minutes in reversed(list(zip(days, shown.minutes, strict=True)))
    )
    chart = bars("reading", words.reading, about, days, hours)
    return Figure(words.reading, about, chart, (words.week_of, words.reading), lines, words.reading_hint)


def _row(numbers: Sequence[int]) -> tuple[str, ...]:
    """Return the sum, then the numbers from the newest back: the sides that a small screen cuts off are the oldest."""
    return (f"{sum(numbers):,}", *(f"{number:,}" for number in reversed(numbers)))


def _named(titles: Mapping[str, str], counts: Mapping[str, Sequence[int]]) -> dict[str, Sequence[int]]:
    """Return counts by title; by id where two have the same."""
    twice = len(set(titles.values())) < len(titles)
    return {id if twice else titles[id]: numbers for id, numbers in counts.items()}


def _short(day: date, lang: str, words: Charting) -> str:
    return words.short_date.format(day=day.day, month=words_of(lang).months[day.month - 1][:3])


PUBLIC = (("/trends", look_back, ("weeks", "roadmap")),)
