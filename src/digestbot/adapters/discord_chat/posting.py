"""Posts a digest's messages into one place, those that are not there yet: the place itself says which are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import discord

from digestbot.adapters.discord_chat.failures import MISSING_PERMISSIONS
from digestbot.adapters.discord_chat.link import ANSWER_S, Link
from digestbot.adapters.discord_chat.once import once
from digestbot.errors import DeliveryError
from digestbot.render.discord_post import Post, nonce_of, part_of, tags_for

MAX_READ = 5_000
"""Messages of a channel that are read to find ours; more since the digest was made cannot be told apart in time."""
Threaded = discord.TextChannel
Line = discord.TextChannel | discord.Thread | discord.DMChannel | discord.VoiceChannel | discord.StageChannel
Found = dict[int, discord.Message]


@dataclass
class Posting:
    """One digest on its way into one place. `since` is an instant before which none of it can have been posted."""

    link: Link
    client: discord.Client
    post: Post
    key: str
    since: datetime
    ids: list[str] = field(default_factory=list)

    async def into(self, place: Any) -> str:
        """Post what is missing and return the reference: for each message its place and id, as `1/2,1/3`."""
        if isinstance(place, discord.ForumChannel):
            await self._as_forum_post(place)
        elif self.post.threaded and isinstance(place, Threaded):
            await self._with_thread(place)
        elif isinstance(place, Line):
            await self._in_line(place, 1, await self._found(place))
        else:
            text = f"Discord channel {place.id} takes no messages: subscribe a text channel, a thread or a forum"
            raise DeliveryError(text, nobody=True)
        return ",".join(self.ids)

    async def _with_thread(self, place: discord.TextChannel) -> None:
        found = await self._found(place)
        first = await self._said(place, 1, found)
        thread = await self._thread_of(place, first)
        rest = await self._found(thread) if thread and 1 in found else {}
        await self._in_line(thread or place, 2, rest if thread else found)

    async def _thread_of(self, place: discord.TextChannel, first: discord.Message) -> discord.Thread | None:
        """Return the thread of a message, made if need be; None where the bot may make none."""
        await self.link.turn()
        if first.flags.has_thread:
            async with asyncio.timeout(ANSWER_S):
                return cast(discord.Thread, await self.client.fetch_channel(first.id))
        try:
            async with asyncio.timeout(ANSWER_S):
                return await place.create_thread(name=self.post.name, message=discord.Object(first.id))
        except discord.Forbidden as error:
            if error.code == MISSING_PERMISSIONS:
                return None
            raise

    async def _as_forum_post(self, place: discord.ForumChannel) -> None:
        thread = await self._forum_post_of(place)
        if thread is None:
            made = await self._made(place)
            self._note(made.message)
            await self._in_line(made.thread, 2, {})
        else:
            await self._in_line(thread, 1, await self._found(thread, thread.id))

    async def _made(self, place: discord.ForumChannel) -> Any:
        tags = {str(tag.id): tag for tag in place.available_tags}
        chosen = tags_for(self.post, [(id, tag.name) for id, tag in tags.items()])
        if not chosen and place.flags.require_tag:
            chosen = list(tags)[:1]
        await self.link.turn()
        message = self.post.messages[0]
        with once():
            async with asyncio.timeout(ANSWER_S):
                return await place.create_thread(
                    name=self.post.name, applied_tags=[tags[id] for id in chosen], **arguments(message)
                )

    async def _forum_post_of(self, place: discord.ForumChannel) -> discord.Thread | None:
        """Return the post of an earlier try."""
        if not _is_newer(place.last_message_id, self.since):
            return None
        await self.link.turn()
        threads = [thread for thread in await place.guild.active_threads() if thread.parent_id == place.id]
        threads += [thread async for thread in place.archived_threads(limit=50)]
        # By its mark alone: Discord trims names, and moderators change them.
        for thread in (one for one in threads if one.owner_id == self._me and _is_newer(one.id, self.since)):
            if 1 in await self._found(thread, thread.id):
                return thread
        return None

    async def _in_line(self, place: Line, first: int, found: Found) -> None:
        for number in range(first, len(self.post.messages) + 1):
            await self._said(place, number, found)

    async def _said(self, place: Line, number: int, found: Mapping[int, discord.Message]) -> discord.Message:
        """Return a message of ours in a place: the one that stands there, or else a new one."""
        message = found.get(number)
        if message is None:
            await self.link.turn()
            nonce, given = nonce_of(self.key, number), self.post.messages[number - 1]
            async with asyncio.timeout(ANSWER_S):
                message = await place.send(nonce=nonce, **arguments(given))
        self._note(message)
        return message

    async def _found(self, place: Line, latest: int | None = None) -> Found:
        """Return our messages in a place by their number; raises DeliveryError where it cannot be read.

        `latest` is its last message where it does not say: that of a forum post has the id of the thread.
        """
        if not isinstance(place, discord.DMChannel):
            latest = place.last_message_id or latest
            if not _is_newer(latest, self.since):
                return {}
        await self.link.turn()
        found: Found = {}
        read = 0
        async for message in place.history(limit=MAX_READ, after=self.since, oldest_first=True):
            read += 1
            number = part_of(message.content, self.key) if message.author.id == self._me else None
            if number is not None:
                found.setdefault(number, message)
        if read == MAX_READ:
            text = f"too much was said in Discord channel {place.id} to find what of the digest arrived"
            raise DeliveryError(text, in_doubt=True)
        if not read and not isinstance(place, discord.DMChannel):
            await self._check_readable(place)
        return found

    async def _check_readable(self, place: Line) -> None:
        """Raise DeliveryError where nothing at all can be read: Discord shows an empty history to whoever may not."""
        await self.link.turn()
        if [message async for message in place.history(limit=1)]:
            return
        text = (
            f"Discord channel {place.id}: the bot may not read what it posted: in Discord open the channel's settings"
        )
        advice = (
            f"› Permissions, add digestbot and allow Read Message History; then 'digestbot outbox resume {place.id}'"
        )
        raise DeliveryError(f"{text} {advice}", nobody=True)

    @property
    def _me(self) -> int:
        return self.client.user.id if self.client.user else 0

    def _note(self, message: discord.Message) -> None:
        self.ids.append(f"{message.channel.id}/{message.id}")


def arguments(message: Mapping[str, object]) -> dict[str, Any]:
    """Return a payload as discord.py takes it."""
    mentions = cast(Mapping[str, Sequence[str]], message["allowed_mentions"])
    roles = [discord.Object(int(role)) for role in mentions.get("roles", ())]
    embeds = [discord.Embed.from_dict(embed) for embed in cast(Sequence[Any], message.get("embeds", ()))]
    allowed = discord.AllowedMentions(everyone=False, users=False, replied_user=False, roles=roles or False)
    given: dict[str, Any] = {"content": message["content"], "embeds": embeds, "allowed_mentions": allowed}
    return {**given, "view": _view(message["components"])} if "components" in message else given


def _view(rows: Any) -> discord.ui.View:
    """Return a payload's buttons; stopped, so that discord.py keeps nothing of them in memory."""
    view = discord.ui.View(timeout=None)
    for part in (part for row in rows for part in row["components"]):
        emoji = part.get("emoji", {}).get("name")
        style = discord.ButtonStyle(part["style"])
        view.add_item(discord.ui.Button(custom_id=part["custom_id"], label=part.get("label"), emoji=emoji, style=style))
    view.stop()
    return view


def _is_newer(id: int | None, since: datetime) -> bool:
    """Tell whether something with this id was made after an instant."""
    return id is not None and discord.utils.snowflake_time(id) >= since
