"""`/latest`, `/search` and `/saved`: stories to read."""

from __future__ import annotations

from datetime import timedelta

from discord import app_commands

from digestbot.bot import choices
from digestbot.bot.access import who
from digestbot.bot.answers import acknowledge, answer, listed
from digestbot.bot.desk import Desk
from digestbot.bot.faults import Mistake
from digestbot.bot.telling import link, stamp
from digestbot.bot.tree import Interaction, Tree
from digestbot.bot.words import lang_of, safe, t
from digestbot.domain import Candidate
from digestbot.languages import canonical
from digestbot.render.escape import plain
from digestbot.roadmap import Roadmap, titles

WITHIN = timedelta(days=30)
FOUND = 10
SAVED = 50
Count = app_commands.Range[int, 1, 25]


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the three commands."""

    @tree.command(name="latest", description="The newest stories of the roadmap, or of a section")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.describe(section="A section of the roadmap", count="How many", share="Show it to everyone here")
    @app_commands.autocomplete(section=choices.section)
    async def latest(
        interaction: Interaction,
        section: app_commands.Range[str, 1, 100] | None = None,
        count: Count = FOUND,
        share: bool = False,
    ) -> None:
        await acknowledge(interaction, shared=share)
        lang = lang_of(interaction)
        found = await desk.do(newest, desk, section or "", lang)
        roadmap = await desk.do(desk.library.roadmap)
        lines = [story_line(one, roadmap) for one in found[:count]]
        text = listed(interaction, lines) or t(lang, "Nothing was filed there in the last 30 days.")
        await answer(interaction, text, title=t(lang, "Latest"), shared=share)

    @tree.command(name="search", description="Find what the bot has read, by words or by meaning")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.describe(query="Words, in English or Chinese", count="How many", share="Show it to everyone here")
    async def search(
        interaction: Interaction,
        query: app_commands.Range[str, 1, 300],
        count: Count = FOUND,
        share: bool = False,
    ) -> None:
        await acknowledge(interaction, shared=share)
        lang, asked = lang_of(interaction), plain(query, 300)
        if not asked:
            raise Mistake(t(lang, "Write some words to search for."))
        found = await desk.do(desk.library.find, asked, count)
        lines = [f"- {link(one.title, one.url)} {safe(one.date, 40)}".rstrip() for one in found]
        text = listed(interaction, lines) or t(lang, "Nothing is known of that.")
        await answer(interaction, text, title=plain(query, 200), shared=share)

    @tree.command(name="saved", description="The stories that you saved from digests")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def saved(interaction: Interaction) -> None:
        await acknowledge(interaction)
        found = await desk.do(desk.library.opinions.of, who(interaction), "saved", SAVED)
        lines = [f"- {link(one.title, one.url)} {stamp(one.at)}" for one in found]
        said = t(lang_of(interaction), "You have saved nothing yet: press Save below a digest.")
        await answer(interaction, listed(interaction, lines) or said)


def newest(desk: Desk, section: str, lang: str) -> list[Candidate]:
    """Return the latest stories of a section or of all, newest first; raises Mistake for a section there is not."""
    outline = desk.library.outline()
    if section and section not in {one.id for one in outline.sections}:
        raise Mistake(t(lang, "The roadmap has no section {name}.", name=safe(section, 80)))
    since = desk.clock() - WITHIN
    found = desk.library.candidates.candidates(outline.name, canonical(outline.lang), since)
    mine = [one for one in found if section in ("", one.filed.verdict.section)]
    return sorted(mine, key=lambda one: (one.ready_at, one.filed.story.id), reverse=True)


def story_line(one: Candidate, roadmap: Roadmap) -> str:
    """Return a story with its place and what it says."""
    filed = one.filed
    tldr = safe(filed.summary.tldr, 200)
    place = safe(" › ".join(titles(roadmap, filed.verdict.section, filed.verdict.chapter)), 120)
    return f"- {link(filed.story.lead.title, filed.story.lead.url)} · {place}" + (f"\n  {tldr}" if tldr else "")
