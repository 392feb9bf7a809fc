"""Servers and channels that come and go: what is recorded of them, and who is told; it knows nothing of discord.py."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from digestbot.bot.desk import Desk, subscribed
from digestbot.domain import Channel, Guild

LEFT = "the bot was removed from its Discord server; 'digestbot bot invite' invites it again, and that resumes it"
DELETED = "the Discord channel was deleted; subscribe another one"


def arrived(desk: Desk, id: str, name: str, channels: Collection[str]) -> int:
    """Record that the bot is on a server, and resume what was shut when it left; return how many channels that is."""
    known = desk.guilds.get(id)
    if known.joined_at is None or known.left_at is not None or known.name != name:
        joined_at = known.joined_at if known.joined_at and not known.left_at else desk.clock()
        desk.guilds.save(replace(known, name=name, joined_at=joined_at, left_at=None))
    shut = {one.channel.address for one in desk.outbox.suspensions() if one.reason == LEFT}
    return sum(desk.outbox.resume(address) for address in sorted(shut & set(channels)))


def left(desk: Desk, id: str, name: str, channels: Collection[str]) -> int:
    """Record that the bot was removed from a server, and shut its channels; return how many of them got something."""
    desk.guilds.save(replace(desk.guilds.get(id), name=name, left_at=desk.clock()))
    return gone(desk, channels, LEFT)


def gone(desk: Desk, channels: Collection[str], reason: str) -> int:
    """Shut channels that got something; return how many those are."""
    found = subscribed(desk.subscriptions.all()) & set(channels)
    for id in sorted(found):
        desk.outbox.suspend(Channel("discord", id), desk.clock(), reason)
    return len(found)


def missed(desk: Desk, present: Collection[str]) -> list[Guild]:
    """Return the servers that the bot was removed from while it was away."""
    return [guild for guild in desk.guilds.all() if guild.id not in present and guild.left_at is None]
