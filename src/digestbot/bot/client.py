"""The bot on Discord's gateway: who it is, which servers it is on, and what happens when they come and go."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace

import aiohttp
import discord

from digestbot.bot import places
from digestbot.bot.board import Board
from digestbot.bot.desk import AddCommands, Desk
from digestbot.bot.outcomes import tell_suggesters
from digestbot.bot.tree import Interaction, Tree, give_back
from digestbot.bot.words import Translator, t
from digestbot.domain import Guild
from digestbot.languages import canonical

INTENTS = discord.Intents(guilds=True, guild_messages=True)
"""Servers, channels, roles, and messages, whose words are told only where they mention the bot; nothing privileged."""


class Bot(discord.Client):
    """The client with its commands; `groups` add them. Mentions are off whatever a message says.

    It is ready when for `settle_s` no further server has come. Every `rounds_s` it looks after the reviewers' channels
    and tells suggesters what is decided; 0 leaves that to whoever calls `look_after`.
    """

    def __init__(
        self,
        desk: Desk,
        groups: Sequence[AddCommands],
        connector: aiohttp.BaseConnector | None = None,
        settle_s: float = 1.0,
        rounds_s: float = 0.0,
    ) -> None:
        super().__init__(
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            connector=connector,
            guild_ready_timeout=settle_s,
        )
        self.desk, self.board = desk, Board(self, desk)
        self._rounds_s, self._rounds = rounds_s, list[asyncio.Task[None]]()
        self.tree = Tree(self, desk.library.explain_at_once if desk else 1)
        for add_commands in groups:
            add_commands(self.tree, desk)

    async def setup_hook(self) -> None:
        """Tell Discord which commands there are, in its users' languages."""
        await self.tree.set_translator(Translator())
        await self.tree.sync()

    async def on_error(self, event: str, /, *args: object, **named: object) -> None:
        """Tell the operator of a fault of ours; the bot goes on."""
        self.desk.tell(f"a fault of ours on {event}: {_said(sys.exc_info()[1])}")

    async def on_ready(self) -> None:
        """Record the servers it is on, and those that it was removed from meanwhile."""
        for guild in self.guilds:
            await self.desk.do(places.arrived, self.desk, str(guild.id), guild.name, _channels(guild))
        for known in await self.desk.do(places.missed, self.desk, {str(guild.id) for guild in self.guilds}):
            await self.desk.do(places.left, self.desk, known.id, known.name, ())
        self.desk.tell(f"on Discord as {self.user}, on {len(self.guilds)} servers")
        if self._rounds_s and not self._rounds:
            self._rounds.append(asyncio.create_task(self._go_round()))

    async def close(self) -> None:
        """Leave Discord; what is under way of a round is settled by the next one."""
        for task in self._rounds:
            task.cancel()
        await super().close()

    async def look_after(self) -> None:
        """Bring the reviewers' channels up to date, and tell suggesters what is decided."""
        await self.board.sync()
        if await self.desk.do(self.desk.reviews.leads):
            await tell_suggesters(self, self.desk)

    async def _go_round(self) -> None:
        while True:
            try:
                await self.look_after()
            except Exception as error:
                self.desk.tell(f"the reviewers' channels are behind: {_said(error)}")
            await asyncio.sleep(self._rounds_s)

    async def on_message(self, message: discord.Message) -> None:
        """Hear what mentions the bot."""
        if self.tree.heard and not message.author.bot and self.user in message.mentions:
            await self.tree.heard(self.tree, self.desk, message)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer a form that no form of this process takes; whichever does began with it before this."""
        if interaction.type is discord.InteractionType.modal_submit:
            await give_back(interaction)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Record a server, and go on where the bot was before."""
        count = await self.desk.do(places.arrived, self.desk, str(guild.id), guild.name, _channels(guild))
        self.desk.tell(f"added to the Discord server {guild.name!r}" + (f"; {count} channels resumed" if count else ""))

    async def on_guild_update(self, before: discord.Guild, after: discord.Guild) -> None:
        """Keep a server's name."""
        if before.name != after.name:
            await self.desk.do(places.arrived, self.desk, str(after.id), after.name, ())

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Shut the channels of a server that the bot was removed from."""
        count = await self.desk.do(places.left, self.desk, str(guild.id), guild.name, _channels(guild))
        self.desk.tell(f"removed from the Discord server {guild.name!r}; {count} subscribed channels are shut")

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Shut a channel that is gone, and say so where the server's operators look."""
        threads = [str(thread.id) for thread in getattr(channel, "threads", ())]
        await self._shut(channel.guild, [str(channel.id), *threads], f"#{channel.name}")

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Shut a thread that is gone."""
        guild = self.get_guild(payload.guild_id)
        if guild is not None:
            await self._shut(guild, [str(payload.thread_id)], "a thread")

    async def _shut(self, guild: discord.Guild, channels: list[str], name: str) -> None:
        known = await self.desk.do(self.desk.guilds.get, str(guild.id))
        if await self.desk.do(places.gone, self.desk, channels, places.DELETED):
            said = "{name} was deleted, so its digests are paused. Subscribe another channel."
            await self._notice(guild, known, t(canonical(known.lang), said, name=name))
            self.desk.tell(f"{name} of the Discord server {guild.name!r} is gone; its subscription is paused")
        if known.review_channel in channels:
            said = "{name} was deleted, so proposals are shown nowhere. Choose another channel: `/settings`."
            await self._notice(guild, known, t(canonical(known.lang), said, name=name))
            self.desk.tell(f"{name} of the Discord server {guild.name!r} is gone, where proposals were shown")
            await self.desk.do(self.desk.guilds.save, replace(known, review_channel=""))

    async def _notice(self, guild: discord.Guild, known: Guild, text: str) -> None:
        """Post a line in a server's operations channel, if it has one that takes it."""
        place = guild.get_channel_or_thread(int(known.operations_channel)) if known.operations_channel else None
        if isinstance(place, discord.abc.Messageable):
            try:
                await place.send(text)
            except discord.HTTPException as error:
                self.desk.tell(f"the operations channel of {guild.name!r} takes nothing ({error.status})")


def _said(error: BaseException | None) -> str:
    return f"{type(error).__name__}: {error}"


def _channels(guild: discord.Guild) -> list[str]:
    return [str(place.id) for place in (*guild.channels, *guild.threads)]
