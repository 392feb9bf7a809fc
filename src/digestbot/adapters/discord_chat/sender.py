"""The Sender for channels that the bot itself posts to; a channel's address is its id on Discord.

Every try begins with a look at what stands in the channel already, so that each message is posted once however often a
process dies, and a digest of several messages goes on where it stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord

from digestbot.adapters.discord_chat.failures import ARCHIVED, told
from digestbot.adapters.discord_chat.link import ANSWER_S, PER_SECOND, Link
from digestbot.adapters.discord_chat.posting import Posting
from digestbot.domain import Channel, ChannelKind, Digest, DigestId, Entry
from digestbot.errors import DeliveryError
from digestbot.render.discord_post import corrected, corrections, digest_post
from digestbot.render.words import Words, words_of

_SLACK = timedelta(hours=1)
"""How far our clock and Discord's may be apart."""


@dataclass(frozen=True)
class Lookups:
    """What the sender asks of the ledger.

    `role_of` gives the role to ping in a guild, by ids, or ""; `hears` whether a bot hears buttons there ("" for direct
    messages); `references` what earlier digests became in a channel.
    """

    role_of: Callable[[str], str] = lambda guild: ""
    hears: Callable[[str], bool] = lambda guild: False
    references: Callable[[Sequence[DigestId], Channel], Sequence[str]] = lambda digests, channel: ()


class DiscordChatSender:
    """A Sender whose reference names every message as `place/id`, with commas.

    `connector` makes the connection, for tests; `wall` is the real clock.
    """

    kind: ChannelKind = "discord"

    def __init__(
        self,
        token: str,
        lookups: Lookups | None = None,
        connector: Callable[[], aiohttp.BaseConnector] | None = None,
        per_second: float = PER_SECOND,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._token, self._lookups, self._wall = token, lookups or Lookups(), wall
        self._link = Link(token, connector, per_second)

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Post what the channel does not have yet, correct what earlier digests told of the same stories."""
        if not self._token:
            raise DeliveryError("no Discord bot is set up: set DIGESTBOT_DISCORD_TOKEN", unreachable=True)
        if not channel.address.isdigit():
            text = f"{channel.address!r} is no id of a Discord channel: a number, by 'Copy Channel ID' in its menu"
            raise DeliveryError(text, nobody=True)
        with told(channel.address):
            client = await self._link.client()
            await self._link.turn()
            async with asyncio.timeout(ANSWER_S):
                place = await client.fetch_channel(int(channel.address))
            guild = getattr(place, "guild", None)
            role, hears = await self._manners(digest, guild)
            # The digest's clock may be set ahead of the real one; what Discord stamps is the real one.
            since = min(digest.created_at, self._wall()) - _SLACK
            posting = Posting(self._link, client, digest_post(digest, key, role, buttons=hears), key, since)
            reference = await posting.into(place)
            await self._correct(client, digest, channel)
            return reference

    async def _manners(self, digest: Digest, guild: discord.Guild | None) -> tuple[str, bool]:
        """Return whom to ping and whether buttons are heard; a word to the operators has neither, and no lookup."""
        if digest.subject:
            return "", False
        role = await asyncio.to_thread(self._lookups.role_of, str(guild.id)) if guild else ""
        return role, await asyncio.to_thread(self._lookups.hears, str(guild.id) if guild else "")

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        """Return "": `send` itself asks the channel and posts only what is missing."""
        return ""

    def close(self) -> None:
        """Close the connection."""
        self._link.close()

    async def _correct(self, client: discord.Client, digest: Digest, channel: Channel) -> None:
        entries, words = corrections(digest), words_of(digest.lang)
        if not entries or not digest.earlier:
            return
        for reference in await asyncio.to_thread(self._lookups.references, digest.earlier, channel):
            for place, _, id in (pair.partition("/") for pair in reference.split(",")):
                if place.isdigit() and id.isdigit():
                    await self._correct_message(client, int(place), int(id), entries, words)

    async def _correct_message(
        self, client: discord.Client, place: int, id: int, entries: Sequence[Entry], words: Words
    ) -> None:
        await self._link.turn()
        try:
            async with asyncio.timeout(ANSWER_S):
                message = await client.get_partial_messageable(place).fetch_message(id)
        except (discord.NotFound, discord.Forbidden):
            return  # what is gone needs no correction
        found = corrected([dict(embed.to_dict()) for embed in message.embeds], entries, words)
        if found is None:
            return
        embeds: list[discord.Embed] = [discord.Embed.from_dict(embed) for embed in found]
        await self._link.turn()
        async with asyncio.timeout(ANSWER_S):
            await _edit(client, message, embeds)


async def _edit(client: discord.Client, message: Any, embeds: list[discord.Embed]) -> None:
    """Edit a message of ours; a thread that Discord put away meanwhile is taken out again, unless it is locked."""
    try:
        await message.edit(embeds=embeds)
    except discord.HTTPException as error:
        if error.code != ARCHIVED:
            raise
        thread: Any = await client.fetch_channel(message.channel.id)
        if not thread.locked:
            await thread.edit(archived=False)
            await message.edit(embeds=embeds)
