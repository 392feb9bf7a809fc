"""A Discord server whose reviewers decide: a roadmap in a data folder, proposals, a channel, people with the role."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
from fakes import NOW
from reviewing import DOCUMENT, proposed
from server import Server

from digestbot.adapters.ledger import Ledger
from digestbot.domain import Guild, Proposal
from digestbot.roadmap import parse


def shelve(home: Path, text: str = DOCUMENT) -> Path:
    """Put a roadmap called `map` into a data folder and return its file."""
    file = home / "roadmaps" / "map.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def propose(ledger: Ledger, id: str = "p12345678", text: str = DOCUMENT, **changes: Any) -> Proposal:
    """Record an open proposal for the roadmap, in the section of its first chapter unless another is given."""
    section = parse(text, "map").sections[0].id
    words = {name: changes.pop(name) for name in ("title", "url") if name in changes}
    one = replace(proposed(id, text, **words), **({"section": section} | changes))
    ledger.publications.record_proposals([one])
    return one


class Reviewers:
    """A server with a reviewers' channel: Ada and Bob have the role, Eve has not."""

    def __init__(self, server: Server, **settings: Any) -> None:
        self.server, guild = server, server.guild
        self.role = guild.create_role("Reviewers")
        self.channel = guild.create_text_channel("reviews")
        self.ada = guild.add_member(server.env.create_user("ada-r"), roles=[self.role])
        self.bob = guild.add_member(server.env.create_user("bob-r"), roles=[self.role])
        self.eve = guild.add_member(server.env.create_user("eve"))
        chosen = {"reviewers": str(self.role.id), "review_channel": str(self.channel.id)} | settings
        server.ledger.guilds.save(Guild(str(guild.id), "Readers", joined_at=NOW, **chosen))
        self.trust()

    def trust(self) -> None:
        """Let the bot be one that only its owner invites."""
        bot: Any = self.server.env.bot
        bot.application.bot_public = False

    async def restart(self) -> None:
        """Let a new process be the bot."""
        await self.server.restart()
        self.trust()

    async def sync(self) -> list[discord.Message]:
        """Let the bot look after its channels, and return what stands in the reviewers'."""
        bot: Any = self.server.env.bot
        await bot.look_after()
        return list(self.channel.history())

    def card(self) -> Any:
        """Return the one message of the reviewers' channel."""
        (message,) = self.channel.history()
        return message


def shown(message: Any) -> str:
    """Return all the words of a message's embeds, with the names of its fields."""
    parts = []
    for embed in message.embeds:
        fields = [f"{field.name}: {field.value}" for field in embed.fields]
        author = embed.author.name if embed.author else ""
        parts += [author or "", embed.title or "", embed.description or "", *fields]
    return "\n".join(parts)


def ids(message: Any) -> list[str]:
    """Return the ids of a message's buttons."""
    return [part.custom_id for row in message.components for part in row.children]


def fields(form: Any) -> dict[str, str]:
    """Return what the fields of a form begin with, by their names."""
    found: dict[str, str] = {}
    parts = [form.modal]
    while parts:
        part = parts.pop()
        if part.get("custom_id") and "value" in part:
            found[part["custom_id"]] = part["value"]
        parts += [*part.get("components", ()), *filter(None, [part.get("component")])]
    return found
