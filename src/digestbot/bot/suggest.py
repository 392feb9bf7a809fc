"""`/suggest` and the menu entry *Suggest this link*: pages that the next run is to read."""

from __future__ import annotations

import re
from collections.abc import Sequence

import discord
from discord import app_commands

from digestbot.bot.access import who
from digestbot.bot.answers import acknowledge, answer, listed
from digestbot.bot.desk import Desk
from digestbot.bot.faults import Mistake
from digestbot.bot.telling import link
from digestbot.bot.tree import Interaction, Tree, count, tree_of
from digestbot.bot.words import lang_of, safe, t
from digestbot.suggestions import Suggested, suggest

MOST_LINKS = 5
"""Of one message."""
MAX_CHARS = 1000
STANDINGS = {
    "new": "Thank you. The next run reads {what}; `/why` tells what became of it.",
    "waiting": "{what} was suggested before: the next run reads it.",
    "known": "{what} is known already: `/why` tells what became of it.",
    "refused": "{what} cannot be taken: write the whole address, such as https://arxiv.org/abs/2604.01234.",
}
_LINK = re.compile(r"https?://[^\s<>\"'|\\]{4,900}")


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the command and the menu entry."""

    @tree.command(name="suggest", description="Hand in a page, paper, video or repository to be read")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.describe(url="Its address, or a paper's number at arXiv")
    async def suggest_url(interaction: Interaction, url: app_commands.Range[str, 1, MAX_CHARS]) -> None:
        await acknowledge(interaction)
        await _take(interaction, desk, [url])

    @tree.context_menu(name="Suggest this link")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def suggest_link(interaction: Interaction, message: discord.Message) -> None:
        await acknowledge(interaction)
        found = links_of(message.content, [embed.url for embed in message.embeds])
        if not found:
            raise Mistake(t(lang_of(interaction), "That message has no link in it."))
        await _take(interaction, desk, found)


def links_of(text: str, shown: Sequence[str | None]) -> list[str]:
    """Return the addresses of a message: those it is written with, then those that it shows."""
    written = [one.rstrip(".,;:!?)]}'*_") for one in _LINK.findall(text)]
    return list(dict.fromkeys([*written, *(one for one in shown if one and _LINK.fullmatch(one))]))[:MOST_LINKS]


async def _take(interaction: Interaction, desk: Desk, given: Sequence[str]) -> None:
    for _ in given:
        count(interaction, tree_of(interaction).quotas.giving)
    library = desk.library
    place, lang = str(interaction.channel_id or ""), lang_of(interaction)
    parts = library.suggestions, library.history
    found = await desk.do(suggest, *parts, given, who(interaction), desk.clock(), place, lang)
    await answer(interaction, listed(interaction, [_said(one, lang_of(interaction)) for one in found]))


def _said(one: Suggested, lang: str) -> str:
    what = link(one.title or one.url, one.url) if one.url else f"“{safe(one.given, 200)}”"
    return t(lang, STANDINGS[one.standing], what=what)
