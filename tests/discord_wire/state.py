"""What the double remembers: guilds, channels, messages and threads, as the JSON that Discord's API shows of them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

EPOCH_MS = 1420070400000
"""The first instant of a snowflake (discord.com/developers/docs/reference, snowflakes)."""
TEXT, DM, NEWS, THREAD, FORUM = 0, 1, 5, 11, 15
HAS_THREAD = 1 << 5
Json = dict[str, Any]


@dataclass
class Refusal(Exception):
    """What is answered instead: a status with Discord's own error code."""

    status: int
    code: int
    message: str


@dataclass
class World:
    """Discord as it stands.

    `denied` holds what the bot may not do in a channel: view, send, history, embed, threads.
    """

    clock: Callable[[], float] = time.time
    nonce_s: float = 180.0
    """How long a nonce is remembered: Discord says "the past few minutes"."""
    bot: Json = field(default_factory=dict)
    guilds: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    messages: dict[str, dict[str, Json]] = field(default_factory=dict)
    denied: dict[str, set[str]] = field(default_factory=dict)
    commands: list[Json] = field(default_factory=list)
    nonces: dict[str, tuple[float, Json]] = field(default_factory=dict)
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.bot = {
            "id": self.snowflake(),
            "username": "digestbot",
            "discriminator": "0000",
            "global_name": None,
            "avatar": None,
            "bot": True,
        }

    def snowflake(self) -> str:
        """Return a new id, greater than all before it."""
        return str((int(self.clock() * 1000) - EPOCH_MS) << 22 | next(self._count) & 0x3FFFFF)

    def guild(self, name: str = "A guild") -> Json:
        """Add a guild with nothing in it but its role for everyone."""
        id = self.snowflake()
        everyone = {
            "id": id,
            "name": "@everyone",
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": 0,
            "permissions": "0",
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        member = {
            "user": self.bot,
            "roles": [],
            "joined_at": _at(self.clock()),
            "deaf": False,
            "mute": False,
            "flags": 0,
        }
        base = {"id": id, "name": name, "owner_id": self.snowflake(), "roles": [everyone], "emojis": [], "stickers": []}
        more = {"features": [], "member_count": 2, "joined_at": _at(self.clock()), "large": False, "unavailable": False}
        rules = {"verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0}
        limits = {"mfa_level": 0, "nsfw_level": 0, "premium_tier": 0, "preferred_locale": "en-US", "afk_timeout": 300}
        parts: Json = {"members": [member], "channels": [], "threads": [], "presences": [], "voice_states": []}
        rest: Json = {
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "system_channel_flags": 0,
        }
        self.guilds[id] = {**base, **more, **rules, **limits, **parts, **rest, "premium_progress_bar_enabled": False}
        return self.guilds[id]

    def channel(self, guild: Json, name: str = "papers", kind: int = TEXT, **more: Any) -> Json:
        """Add a channel to a guild; a forum may have `available_tags`."""
        base = {"id": self.snowflake(), "type": kind, "guild_id": guild["id"], "name": name, "position": 0, "flags": 0}
        rest = {"permission_overwrites": [], "nsfw": False, "parent_id": None, "topic": None, "last_message_id": None}
        made = {**base, **rest, **({"available_tags": []} if kind == FORUM else {}), **more}
        self.channels[made["id"]] = made
        self.messages[made["id"]] = {}
        guild["channels"].append(made)
        return made

    def thread(self, parent: Json, id: str, name: str, **more: Any) -> Json:
        """Add a thread; one that was made from a message has the message's id."""
        if id in self.channels:
            raise Refusal(400, 160004, "A thread has already been created for this message")
        at = _at(self.clock())
        meta = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": at, "locked": False}
        base = {"id": id, "type": THREAD, "guild_id": parent["guild_id"], "parent_id": parent["id"], "name": name}
        counts = {"message_count": 0, "member_count": 1, "total_message_sent": 0, "rate_limit_per_user": 0, "flags": 0}
        meta["create_timestamp"] = at
        mine = {"id": id, "user_id": self.bot["id"], "join_timestamp": at, "flags": 0}
        made = {**base, **counts, "owner_id": self.bot["id"], "thread_metadata": meta, "member": mine}
        self.channels[id] = {**made, "last_message_id": None, **more}
        self.messages[id] = {}
        if parent["type"] != FORUM:
            self.messages[parent["id"]][id]["flags"] |= HAS_THREAD
            self.messages[parent["id"]][id]["thread"] = self.channels[id]
        return self.channels[id]

    def post(self, channel: Json, payload: Json, files: list[Json], id: str = "", author: Json | None = None) -> Json:
        """Post a message, or return the one that was posted under the same nonce."""
        nonce = payload.get("nonce") if payload.get("enforce_nonce") else None
        earlier = self.nonces.get(str(nonce))
        if nonce and earlier and self.clock() - earlier[0] < self.nonce_s:
            return earlier[1]
        if channel.get("thread_metadata"):
            channel["thread_metadata"]["archived"] = False
        made = self.message(channel["id"], payload, files, id or self.snowflake(), author or self.bot)
        self.messages[channel["id"]][made["id"]] = made
        channel["last_message_id"] = made["id"]
        if nonce:
            self.nonces[str(nonce)] = (self.clock(), made)
            # The nonce is told to whoever posted, and never again.
            return {**made, "nonce": nonce}
        return made

    def message(self, channel: str, payload: Json, files: list[Json], id: str, author: Json) -> Json:
        """Return a message as the API shows it."""
        embeds = [{"type": "rich", **embed} for embed in payload.get("embeds") or ()]
        base = {"id": id, "channel_id": channel, "author": author, "content": payload.get("content") or ""}
        parts = {"embeds": embeds, "attachments": files, "components": payload.get("components") or []}
        pinged = (payload.get("allowed_mentions") or {}).get("roles") or ()
        rest = {
            "mentions": [],
            "mention_roles": [str(role) for role in pinged],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
        }
        when = {"timestamp": _at(self.clock()), "edited_timestamp": None, "type": 0, "flags": payload.get("flags") or 0}
        return {**base, **parts, **rest, **when}

    def edit(self, message: Json, payload: Json, files: list[Json]) -> Json:
        """Change what is given of a message and leave the rest."""
        given: Json = {name: payload[name] for name in ("content", "components", "flags") if name in payload}
        if "embeds" in payload:
            given["embeds"] = [{"type": "rich", **embed} for embed in payload["embeds"] or ()]
        message.update(given, edited_timestamp=_at(self.clock()))
        message["attachments"] = message["attachments"] + files
        return message

    def history(self, channel: Json, after: str, before: str, limit: int) -> list[Json]:
        """Return messages, newest first: the oldest beyond `after` where that is given, as Discord does."""
        if "history" in self.denied.get(channel["id"], ()):
            return []
        ids = sorted(int(id) for id in self.messages[channel["id"]])
        if after:
            ids = [id for id in ids if id > int(after)][:limit]
        elif before:
            ids = [id for id in ids if id < int(before)]
        return [self.messages[channel["id"]][str(id)] for id in reversed(ids[-limit:])]

    def allowed(self, channel_id: str, *needed: str) -> Json:
        """Return a channel in which the bot may do what it needs; raises what Discord answers where it may not."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise Refusal(404, 10003, "Unknown Channel")
        denied = self.denied.get(channel_id, set()) | self.denied.get(channel.get("parent_id") or "", set())
        if "view" in denied:
            raise Refusal(403, 50001, "Missing Access")
        if denied & set(needed):
            raise Refusal(403, 50013, "Missing Permissions")
        return channel


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
