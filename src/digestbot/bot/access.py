"""Who may do what where, and which subscriptions belong to a place; asked anew at every press."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import discord

from digestbot.bot.desk import Desk
from digestbot.bot.faults import Mistake, Refusal
from digestbot.bot.invite import lacking
from digestbot.bot.tree import Interaction
from digestbot.bot.words import lang_of, safe, t
from digestbot.domain import Channel, Subscription

NOT_NEEDED = "Create Public Threads"
"""Without it a long digest is posted in a line."""


def who(interaction: Interaction) -> str:
    """Return the name under which the ledger knows somebody."""
    return f"discord:{interaction.user.id}"


def check_manager(interaction: Interaction) -> None:
    """Raise Refusal for whoever may not manage the server."""
    if not interaction.permissions.manage_guild:
        raise Refusal(t(lang_of(interaction), "Only people with the permission Manage Server may do this."))


async def check_may_subscribe(interaction: Interaction, desk: Desk) -> None:
    """Raise Refusal for whoever may not subscribe channels of this server; in direct messages everybody may."""
    if interaction.guild_id is None or interaction.permissions.manage_guild:
        return
    known = await desk.do(desk.guilds.get, str(interaction.guild_id))
    if known.who_subscribes == "everyone":
        return
    said = (
        "Only people with the permission Manage Server may change what this server's channels get. "
        "You can subscribe yourself: `/subscribe private:True`. Managers can let everyone: `/settings who:everyone`."
    )
    raise Refusal(t(lang_of(interaction), said))


def here(interaction: Interaction) -> set[str]:
    """Return the ids of the channels whose subscriptions somebody sees from here: the server's, or this talk's."""
    guild = interaction.guild
    if guild is None:
        return {str(interaction.channel_id)}
    return {str(place.id) for place in (*guild.channels, *guild.threads)}


def mine(found: Collection[Subscription], places: Collection[str]) -> list[Subscription]:
    """Return the subscriptions that go to these Discord channels and nowhere else."""
    return [one for one in found if one.channels and all(_is_in(to, places) for to in one.channels)]


async def belonging(interaction: Interaction, desk: Desk, id: str = "") -> Subscription:
    """Return a subscription of this place: of that id, or the only one; raises Mistake where there is none."""
    lang = lang_of(interaction)
    found = mine(await desk.do(desk.subscriptions.all), here(interaction))
    chosen = [one for one in found if one.id == id] if id else found
    if len(chosen) == 1:
        return chosen[0]
    if not found:
        raise Mistake(t(lang, "Nothing is subscribed here yet: `/subscribe` does it."))
    names = ", ".join(f"`{one.id}`" for one in found[:10])
    raise Mistake(t(lang, "Say which subscription is meant: {names}.", names=names))


def check_takes_posts(interaction: Interaction, place: Any) -> None:
    """Raise Mistake, with what to click, where the bot could not post in a channel of a server."""
    lang, guild = lang_of(interaction), interaction.guild
    found = guild.get_channel_or_thread(place.id) if guild else None
    if guild is None or found is None:
        raise Mistake(_click(lang, place.name, ["View Channels"]))
    if isinstance(found, discord.CategoryChannel):
        raise Mistake(t(lang, "A category takes no messages: choose a text channel, a thread or a forum."))
    missing = [name for name in lacking(found.permissions_for(guild.me)) if name != NOT_NEEDED]
    if missing:
        raise Mistake(_click(lang, found.name, missing))


def _click(lang: str, name: str, missing: list[str]) -> str:
    said = (
        "The bot may not post in #{name}. Open the channel's settings › Permissions, add the bot and allow: {missing}."
    )
    return t(lang, said, name=safe(name, 100), missing=", ".join(f"**{one}**" for one in missing))


def _is_in(to: Channel, places: Collection[str]) -> bool:
    return to.kind == "discord" and to.address in places
