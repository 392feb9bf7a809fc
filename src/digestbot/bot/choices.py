"""What is offered while somebody types: sections, chapters, feeds, time zones, subscriptions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache
from zoneinfo import available_timezones

from discord.app_commands import Choice

from digestbot.bot.access import here, mine
from digestbot.bot.desk import desk_of
from digestbot.bot.telling import LANGUAGES
from digestbot.bot.tree import Interaction
from digestbot.bot.words import lang_of, t
from digestbot.render.escape import plain
from digestbot.search import glossary

MOST = 25
"""As many as Discord shows."""
MAX_CHARS = 100
CADENCES = {
    "instant": "As soon as something comes",
    "daily": "Every day",
    "weekdays": "Monday to Friday",
    "weekly": "Once a week",
}
SPANS = {7: "The past week", 31: "The past month", 366: "The past year"}
_DIGEST_LANGUAGES = [Choice(name=name, value=code) for code, name in LANGUAGES.items()]


def languages() -> list[Choice[str]]:
    """Return the languages of digests."""
    return _DIGEST_LANGUAGES


async def sections(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer sections; several are separated by commas, and the last is completed."""
    desk = desk_of(interaction)
    known = (await desk.do(desk.library.outline)).sections
    return completed([(one.id, one.title) for one in known if one.filing], typed)


async def section(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer a section."""
    desk = desk_of(interaction)
    known = (await desk.do(desk.library.outline)).sections
    return fitting([(one.id, one.title) for one in known], typed)


async def chapters(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer chapters; several are separated by commas, and the last is completed."""
    desk = desk_of(interaction)
    known = (await desk.do(desk.library.outline)).sections
    return completed([(one.id, one.title) for part in known if part.filing for one in part.chapters], typed)


async def feeds(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer feeds."""
    desk = desk_of(interaction)
    known = await desk.do(desk.library.feeds)
    return fitting([(str(one.id), one.kind) for one in known], typed)


async def topics(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer what can be explained: chapters of the roadmap and terms of the field, in either language."""
    desk = desk_of(interaction)
    known = (await desk.do(desk.library.outline)).sections
    terms = {name.casefold(): (name, ", ".join(others)) for name, *others in glossary.names()}
    chapters = [
        (one.title, terms.pop(one.title.casefold(), ("", part.title))[1])
        for part in known
        if part.filing
        for one in part.chapters
    ]
    return fitting([*chapters, *terms.values()], typed)


async def days(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer days from which on sources may be wanted."""
    lang, today = lang_of(interaction), desk_of(interaction).clock()
    found = [(f"{today - timedelta(days=days):%Y-%m-%d}", t(lang, label)) for days, label in SPANS.items()]
    return fitting(found, typed) or fitting([(typed[:MAX_CHARS], "")], typed)


async def zones(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer time zones."""
    return fitting([(name, "") for name in _zones()], typed.replace(" ", "_"))


async def subscriptions(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer the subscriptions of this server, or of this talk."""
    desk = desk_of(interaction)
    found = mine(await desk.do(desk.subscriptions.all), here(interaction))
    return fitting([(one.id, "") for one in found], typed)


def completed(known: Sequence[tuple[str, str]], typed: str) -> list[Choice[str]]:
    """Return choices for a list separated by commas: what is typed already with one more, given as (id, title)."""
    head, _, last = typed.rpartition(",")
    before = [one.strip() for one in head.split(",") if one.strip()]
    rest = [(id, title) for id, title in known if id not in before]
    found = [(", ".join([*before, id]), title) for id, title in _matching(rest, last)]
    return [_choice(value, title) for value, title in found if len(value) <= MAX_CHARS][:MOST]


def fitting(known: Sequence[tuple[str, str]], typed: str) -> list[Choice[str]]:
    """Return choices whose id or title has what is typed, given as (id, title); those that begin so come first."""
    return [_choice(id, title) for id, title in _matching(known, typed) if len(id) <= MAX_CHARS][:MOST]


def _matching(known: Iterable[tuple[str, str]], typed: str) -> list[tuple[str, str]]:
    wanted = typed.strip().casefold()
    found = [one for one in known if wanted in f"{one[0]} {one[1]}".casefold()]
    return sorted(found, key=lambda one: not one[0].casefold().startswith(wanted))


def _choice(value: str, title: str) -> Choice[str]:
    return Choice(name=plain(f"{value} · {title}" if title else value, MAX_CHARS) or value, value=value)


@cache
def _zones() -> tuple[str, ...]:
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))
