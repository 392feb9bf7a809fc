"""How the bot answers: acknowledged within Discord's 3 s, to the one who asked unless it is to be shared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import discord

from digestbot.bot.words import lang_of, t
from digestbot.render.discord import MAX_DESCRIPTION, size

UNKNOWN_MESSAGE = 10008
"""Discord's code for a message that is gone: deleted, or dismissed by the one who saw it."""
_REST_ROOM = 40


async def acknowledge(interaction: discord.Interaction[Any], *, shared: bool = False) -> None:
    """Tell Discord at once that an answer comes."""
    await interaction.response.defer(ephemeral=not shared, thinking=True)


async def answer(
    interaction: discord.Interaction[Any],
    text: str = "",
    items: Iterable[discord.ui.Item[Any]] = (),
    *,
    title: str = "",
    embeds: Iterable[discord.Embed] = (),
    shared: bool = False,
) -> None:
    """Answer what somebody did; `text` is Discord's Markdown of our own making, cut where it is too long."""
    shown = list(embeds) or [discord.Embed(title=title or None, description=cut(text))]
    view = board(items)
    if not interaction.response.is_done():
        await interaction.response.send_message(embeds=shown, view=view, ephemeral=not shared)
        return
    await interaction.followup.send(embeds=shown, view=view, ephemeral=not shared)


async def replace_answer(
    interaction: discord.Interaction[Any], text: str, items: Iterable[discord.ui.Item[Any]] = (), title: str = ""
) -> None:
    """Put something else in the place of the message that somebody pressed a button of."""
    embeds = [discord.Embed(title=title or None, description=cut(text))]
    if interaction.response.is_done():
        if not await changed(interaction, embeds, items):
            await answer(interaction, embeds=embeds)
    else:
        await interaction.response.edit_message(embeds=embeds, view=board(items))


async def changed(
    interaction: discord.Interaction[Any], embeds: Iterable[discord.Embed], items: Iterable[discord.ui.Item[Any]]
) -> bool:
    """Change the message that somebody pressed a button of, or our answer; return False where it is gone."""
    try:
        await interaction.edit_original_response(embeds=list(embeds), view=board(items))
    except discord.NotFound as gone:
        if gone.code != UNKNOWN_MESSAGE:
            raise
        return False
    return True


def board(items: Iterable[discord.ui.Item[Any]]) -> discord.ui.View:
    """Return a view that discord.py does not keep: what is pressed is known by its id alone, after a restart too."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


def listed(interaction: discord.Interaction[Any], lines: Iterable[str], limit: int = MAX_DESCRIPTION) -> str:
    """Return as many lines as fit, and how many more there are."""
    return fit_lines(list(lines), lang_of(interaction), limit)


def fit_lines(lines: list[str], lang: str, limit: int = MAX_DESCRIPTION) -> str:
    """Return as many lines as fit, and how many more there are."""
    text, shown = "", 0
    for line in lines:
        if size(text) + size(line) + 1 > limit - _REST_ROOM:
            break
        text, shown = f"{text}\n{line}" if text else line, shown + 1
    left = len(lines) - shown
    return f"{text}\n" + t(lang, "… and {count} more", count=left) if left else text


def cut(text: str, limit: int = MAX_DESCRIPTION) -> str:
    """Return a text within a limit, cut at the end of a line."""
    while size(text) > limit:
        text = text.rpartition("\n")[0] if "\n" in text else text[: len(text) - max(1, size(text) - limit)]
    return text
