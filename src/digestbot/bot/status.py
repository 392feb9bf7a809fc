"""`/status`: which channels of a server get digests, and which are shut and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import discord

from digestbot.bot.desk import Desk, subscribed
from digestbot.render.discord import MAX_DESCRIPTION, fitted, size


def add_commands(tree: discord.app_commands.CommandTree[Any], desk: Desk) -> None:
    """Add the command."""

    @tree.command(name="status", description="Which channels here get digests, and which are paused and why")
    @discord.app_commands.guild_only()
    async def status(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        guild = interaction.guild
        here = {str(place.id) for place in (*guild.channels, *guild.threads)} if guild else set()
        text = await desk.do(told, desk, here)
        await interaction.followup.send(embed=discord.Embed(description=text), ephemeral=True)


def told(desk: Desk, here: Collection[str]) -> str:
    """Return what is to be said of a server's channels, in Discord's Markdown."""
    shut = {one.channel.address: one.reason for one in desk.outbox.suspensions() if one.channel.kind == "discord"}
    found = sorted(subscribed(desk.subscriptions.all()) & set(here))
    return "\n".join(_lines(found, shut)) or "No channel of this server gets digests yet."


def _lines(channels: Collection[str], shut: Mapping[str, str]) -> list[str]:
    lines: list[str] = []
    for id in channels:
        line = f"- <#{id}>: " + (f"paused. {fitted(shut[id], 500)}" if id in shut else "gets digests")
        if size("\n".join([*lines, line])) > MAX_DESCRIPTION - 100:
            return [*lines, f"- and {len(channels) - len(lines)} more"]
        lines.append(line)
    return lines
