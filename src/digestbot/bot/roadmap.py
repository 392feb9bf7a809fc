"""`/roadmap`: its sections, chapters and what to read in them."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import app_commands

from digestbot.bot import choices
from digestbot.bot.answers import acknowledge, answer, listed, replace_answer
from digestbot.bot.desk import Desk, desk_of
from digestbot.bot.faults import Mistake
from digestbot.bot.telling import link
from digestbot.bot.tree import Interaction, Pick, Tree
from digestbot.bot.words import lang_of, safe, t
from digestbot.render.escape import plain
from digestbot.roadmap import Chapter, Roadmap, Section

TOP = "-"
"""What stands for the whole roadmap in a list."""
_GOAL = 500
Shown = tuple[str, list[str], list[Pick]]
"""A title, lines below it, and the lists that lead on."""


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the command with its lists."""

    @tree.command(name="roadmap", description="Browse the roadmap's sections and chapters")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.describe(section="A section to begin with")
    @app_commands.autocomplete(section=choices.section)
    async def roadmap(interaction: Interaction, section: app_commands.Range[str, 1, 100] | None = None) -> None:
        await acknowledge(interaction)
        found = await desk.do(desk.library.roadmap)
        title, lines, lists = page(found, section or TOP, lang_of(interaction))
        await answer(interaction, listed(interaction, lines), lists, title=plain(title, 200))

    tree.picks["map"] = _turned


async def _turned(interaction: Interaction, what: str, values: Sequence[str]) -> None:
    desk = desk_of(interaction)
    found = await desk.do(desk.library.roadmap)
    title, lines, lists = page(found, values[0], lang_of(interaction))
    await replace_answer(interaction, listed(interaction, lines), lists, plain(title, 200))


def page(roadmap: Roadmap, place: str, lang: str) -> Shown:
    """Return a page: the whole roadmap, a section (by id) or a chapter (as section and number); Mistake for neither."""
    if place == TOP:
        lines = [f"**{safe(one.id, 20)}** {safe(one.title, 120)}" for one in roadmap.sections]
        return roadmap.title, lines, [_sections(roadmap, lang)]
    id, _, number = place.partition("#")
    section = next((one for one in roadmap.sections if one.id == id), None)
    if section is None or (number and not (number.isdigit() and int(number) < len(section.chapters))):
        raise Mistake(t(lang, "The roadmap has no section {name}.", name=safe(place, 80)))
    lists = [*_chapters(section, lang), _sections(roadmap, lang)]
    if number:
        chapter = section.chapters[int(number)]
        return chapter.title, _chapter(chapter, lang), lists
    return section.title, _section(section), lists


def _section(section: Section) -> list[str]:
    lines = [safe(section.goal or section.prose, _GOAL)] if section.goal or section.prose else []
    return [*lines, *(f"- {safe(one.title, 120)}" for one in section.chapters)]


def _chapter(chapter: Chapter, lang: str) -> list[str]:
    lines = [safe(chapter.goal or chapter.prose, _GOAL)] if chapter.goal or chapter.prose else []
    if chapter.prerequisites:
        lines.append(f"**{t(lang, 'Know first')}:** {safe(chapter.prerequisites, 200)}")
    return [*lines, *(f"- {link(one.title or one.url, one.url, 120)}" for one in chapter.resources)]


def _sections(roadmap: Roadmap, lang: str) -> Pick:
    whole = discord.SelectOption(label=t(lang, "All sections"), value=TOP)
    rest = [discord.SelectOption(label=_label(one.id, one.title), value=one.id[:100]) for one in roadmap.sections]
    return Pick("map", "section", [whole, *rest], t(lang, "Section"))


def _chapters(section: Section, lang: str) -> list[Pick]:
    """Return the list of a section's chapters, in as many parts as Discord's 25 make of it, three at most."""
    options = [
        discord.SelectOption(label=_label("", one.title), value=f"{section.id[:90]}#{number}")
        for number, one in enumerate(section.chapters)
    ]
    parts = [options[start : start + choices.MOST] for start in range(0, min(len(options), 75), choices.MOST)]
    return [Pick("map", f"chapter-{number}", part, t(lang, "Chapter")) for number, part in enumerate(parts)]


def _label(id: str, title: str) -> str:
    return plain(f"{id} {title}", 100) or "?"
