"""`/explain` and the menu entry *Explain this*: a topic explained from what was read, to all or to who asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from digestbot.bot import choices
from digestbot.bot.access import who
from digestbot.bot.answers import acknowledge
from digestbot.bot.desk import Desk, desk_of
from digestbot.bot.faults import Mistake
from digestbot.bot.streaming import in_answer, tell_answer
from digestbot.bot.tree import Interaction, Tree, tree_of
from digestbot.bot.words import lang_of, safe, t
from digestbot.domain import Guild, Level
from digestbot.domain.answers import Asked
from digestbot.languages import ENGLISH, canonical
from digestbot.offline.terms import is_chinese
from digestbot.render.escape import plain

MAX_CHARS = 300
LEVELS: dict[Level, str] = {
    "introductory": "Introductory",
    "intermediate": "Intermediate",
    "advanced": "Advanced",
}
_LEVELS: list[Choice[str]] = [Choice(name=locale_str(label), value=name) for name, label in LEVELS.items()]
_SINCE = re.compile(r"(20\d\d)(?:-(\d\d)(?:-(\d\d))?)?")
_NOT_A_TOPIC = re.compile(
    r"<(?:[@#][!&]?|a?:\w+:|t:|/[\w -]+:|id:)[\w:]*>|https?://\S+|@(?:everyone|here)\b|[`*_~|>#\\]+"
)


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the command and the menu entry."""

    @tree.command(name="explain", description="Explain a topic from what was read, every statement with its source")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.describe(
        topic="A topic or a question, in English or Chinese",
        level="For whom",
        language="The answer's language; the question's if left out",
        since="Only sources from this day on, such as 2026-04-01",
        private="Show it to you alone",
    )
    @app_commands.choices(level=_LEVELS, language=choices.languages())
    @app_commands.autocomplete(topic=choices.topics, since=choices.days)
    async def explain(
        interaction: Interaction,
        topic: app_commands.Range[str, 1, MAX_CHARS],
        level: Choice[str] | None = None,
        language: Choice[str] | None = None,
        since: app_commands.Range[str, 1, 40] | None = None,
        private: bool = False,
    ) -> None:
        shared = await _acknowledged(interaction, desk, private)
        asked = question(
            interaction,
            topic,
            level=level.value if level else "intermediate",  # type: ignore[arg-type]  # one of LEVELS
            lang=canonical(language.value) if language else "",
            since=_day(since or "", lang_of(interaction)),
        )
        await tell(interaction, asked, shared=shared)

    @tree.context_menu(name="Explain this")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def explain_this(interaction: Interaction, message: discord.Message) -> None:
        await acknowledge(interaction)
        topic = topic_of(message.content, [embed.title or embed.description for embed in message.embeds])
        if not topic:
            raise Mistake(t(lang_of(interaction), "That message has no words in it."))
        await tell(interaction, question(interaction, topic), shared=False)


def question(
    interaction: Interaction, text: str, *, level: Level = "intermediate", lang: str = "", since: str = ""
) -> Asked:
    """Return what somebody asks, in the language of their Discord where they say no other."""
    lang = lang or _spoken(text, lang_of(interaction))
    place = f"discord:{interaction.guild_id}" if interaction.guild_id else ""
    return Asked(plain(text, MAX_CHARS), level, lang, since, who=who(interaction), place=place)


async def tell(interaction: Interaction, asked: Asked, *, shared: bool) -> None:
    """Answer a question in answer to an interaction that was acknowledged."""
    threads = shared and isinstance(interaction.channel, discord.TextChannel)
    place = in_answer(interaction, shared=shared, threads=threads)
    await tell_answer(tree_of(interaction), desk_of(interaction), asked, place, lang_of(interaction))


def topic_of(content: str, shown: Sequence[str | None]) -> str:
    """Return what a message speaks of: its words without mentions, addresses and marks, else what it shows."""
    for text in (content, *shown):
        words = plain(_NOT_A_TOPIC.sub(" ", (text or "")[: 4 * MAX_CHARS]), MAX_CHARS)
        if any(letter.isalnum() for letter in words):
            return words
    return ""


async def server_of(desk: Desk, id: int | None) -> Guild:
    """Return what a server wants, at once where it is at hand: people are to be answered within three seconds."""
    known = Guild("") if id is None else desk.guilds.at_hand(str(id))
    return await desk.do(desk.guilds.get, str(id)) if known is None else known


async def _acknowledged(interaction: Interaction, desk: Desk, private: bool) -> bool:
    """Tell Discord that an answer comes, and return whether everybody sees it."""
    shared = not private and (await server_of(desk, interaction.guild_id)).answers == "shared"
    await acknowledge(interaction, shared=shared)
    return shared


def _spoken(text: str, lang: str) -> str:
    return "" if is_chinese(text) or lang == ENGLISH else lang


def _day(given: str, lang: str) -> str:
    """Return a day, month or year as it is asked for; raises Mistake where it is none."""
    found = _SINCE.fullmatch(given.strip())
    try:
        if found:
            date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        found = None
    if given and not found:
        raise Mistake(t(lang, "“{given}” is no day: write one such as 2026-04-01.", given=safe(given, 60)))
    return given.strip()
