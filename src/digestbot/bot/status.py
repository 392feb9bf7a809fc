"""`/status`: which channels of a server get digests, and which are shut and why."""

from __future__ import annotations

from collections.abc import Collection

from discord import app_commands

from digestbot.bot.access import here
from digestbot.bot.answers import acknowledge, answer, fit_lines
from digestbot.bot.desk import Desk, subscribed
from digestbot.bot.tree import Interaction, Tree
from digestbot.bot.words import lang_of, safe, t


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add the command."""

    @tree.command(name="status", description="Which channels here get digests, and which are paused and why")
    @app_commands.guild_only()
    async def status(interaction: Interaction) -> None:
        await acknowledge(interaction)
        await answer(interaction, await desk.do(told, desk, here(interaction), lang_of(interaction)))


def told(desk: Desk, here: Collection[str], lang: str = "en") -> str:
    """Return what is to be said of a server's channels, in Discord's Markdown."""
    shut = {one.channel.address: one.reason for one in desk.outbox.suspensions() if one.channel.kind == "discord"}
    found = sorted(subscribed(desk.subscriptions.all()) & set(here))
    lines = [f"- <#{id}>: {_state(shut.get(id), lang)}" for id in found]
    return fit_lines(lines, lang) or t(lang, "No channel of this server gets digests yet.")


def _state(why: str | None, lang: str) -> str:
    return t(lang, "gets digests") if why is None else t(lang, "paused. {why}", why=safe(why, 500))
