"""What a form shows of a subscription, and how one is told in a line; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digestbot.domain import DigestLang, Outline, Subscription
from digestbot.subscriptions import cadence
from digestbot.web.wish import CADENCES, LANGUAGES, LENGTHS, filing_sections, zones
from digestbot.web.words import PageWords

_OPEN = timedelta(days=3650)
"""A pause that is longer ends when it is resumed."""

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Fields:
    """The fields of a form and what stands in them."""

    sections: Options
    ticked: tuple[str, ...]
    cadences: Options
    cadence: str
    at: str
    zone: str
    zones: Sequence[str]
    languages: Options
    lang: str
    lengths: Options
    length: str


def fields_of(one: Subscription, outline: Outline, words: PageWords) -> Fields:
    """Return a form filled in as a subscription is."""
    kind = one.cadence.kind if one.cadence.kind in CADENCES else "keep"
    cadences = [(value, words.cadences[value]) for value in CADENCES]
    if one.cadence.kind == "cron" or (one.cadence.kind == "weekly" and one.cadence.weekday != "mon"):
        # A form has no field for a day: what another way of asking has set stays, and is named.
        kept = words.cadences["keep"].format(written=cadence.written(one.cadence))
        cadences = [("keep", kept), *cadences]
        kind = "keep"
    return Fields(
        sections=[(section.id, section.title) for section in filing_sections(outline)],
        ticked=one.rule.sections,
        cadences=cadences,
        cadence=kind,
        at=one.cadence.at,
        zone=one.cadence.zone,
        zones=zones(),
        languages=list(LANGUAGES.items()),
        lang=one.shape.lang or language(outline.lang),
        lengths=[(value, words.lengths[value]) for value in LENGTHS],
        length=one.shape.length,
    )


def blank(outline: Outline, words: PageWords) -> Subscription:
    """Return what an empty form asks for: once a day, in the language of the page."""
    empty = Subscription("", ())
    shape = replace(empty.shape, lang=language(words.lang))
    return replace(empty, cadence=replace(empty.cadence, kind="daily"), shape=shape)


def language(code: str) -> DigestLang:
    """Return the one of our languages that a code stands for, English for any that is none."""
    return "zh-Hans" if code.lower() in ("zh", "zh-cn", "zh-hans") else "zh-Hant" if "hant" in code.lower() else "en"


def section_titles(one: Subscription, outline: Outline) -> Iterator[str]:
    """Yield the titles of the sections that a subscription is about, of all of them where it names none."""
    asked = one.rule.sections
    yield from (section.title for section in filing_sections(outline) if not asked or section.id in asked)


def pause_line(one: Subscription, now: datetime, words: PageWords) -> str:
    """Return until when a subscription is paused, "" where it is not."""
    until = one.paused_until
    if not until or until <= now:
        return ""
    if until - now > _OPEN:
        return words.paused_open
    return words.paused.format(until=f"{until.astimezone(ZoneInfo(one.cadence.zone)):%Y-%m-%d}")


def when(one: Subscription, words: PageWords) -> str:
    """Return how often and when a subscription comes."""
    kind = words.cadences.get(one.cadence.kind, "")
    return kind if one.cadence.kind == "instant" else f"{kind}, {one.cadence.at} ({one.cadence.zone})"
