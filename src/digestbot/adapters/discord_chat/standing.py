"""What Discord says of the bot and of the channels that it posts to; it sends nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import aiohttp
import discord

from digestbot.adapters.discord_chat.failures import told
from digestbot.adapters.discord_chat.link import ANSWER_S, quiet
from digestbot.errors import DeliveryError


@dataclass(frozen=True)
class Standing:
    """The bot as Discord knows it. `public` says whether anybody may invite it."""

    application: int
    name: str
    public: bool
    guilds: int
    channels: dict[str, discord.Permissions | str]
    """By id what it may do in each channel that was asked for, or why that cannot be told."""
    privileged: tuple[str, ...] = ()
    """Intents that are switched on, by the names in Discord's portal, and which no digestbot uses."""


async def standing(
    token: str, channels: Sequence[str] = (), connector: Callable[[], aiohttp.BaseConnector] | None = None
) -> Standing:
    """Return what Discord says; raises DeliveryError where it refuses the token or cannot be reached."""
    quiet()
    client = discord.Client(intents=discord.Intents(guilds=True), connector=connector() if connector else None)
    with told("of the bot"):
        async with client, asyncio.timeout(ANSWER_S):
            await client.login(token)
            application = await client.application_info()
            guilds = [guild async for guild in client.fetch_guilds(limit=None, with_counts=False)]
            found = {id: await _permissions(client, id) for id in channels}
            name = str(client.user)
            privileged = _privileged(application.flags)
            return Standing(application.id, name, application.bot_public, len(guilds), found, privileged)


def _privileged(flags: discord.ApplicationFlags) -> tuple[str, ...]:
    named = {
        "Presence": flags.gateway_presence or flags.gateway_presence_limited,
        "Server Members": flags.gateway_guild_members or flags.gateway_guild_members_limited,
        "Message Content": flags.gateway_message_content or flags.gateway_message_content_limited,
    }
    return tuple(name for name, is_on in named.items() if is_on)


async def _permissions(client: discord.Client, id: str) -> discord.Permissions | str:
    """Return what the bot may do in a channel, by its server's roles and the channel's own rules."""
    try:
        with told(id):
            place = await client.fetch_channel(int(id))
            if isinstance(place, discord.abc.PrivateChannel):
                return discord.Permissions.all()
            guild = await client.fetch_guild(place.guild.id, with_counts=False)
            assert client.user is not None
            member = await guild.fetch_member(client.user.id)
            parent = place.parent_id if isinstance(place, discord.Thread) else place.id
            places = {one.id: one for one in await guild.fetch_channels()}
            return places[parent or 0].permissions_for(member)
    except DeliveryError as error:
        return str(error)
    except KeyError:
        return f"Discord channel {id} cannot be seen"
