"""A Discord server inside the process, with the bot on it and people who use it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import discord
import simcord
from fakes import NOW, article, item, summary, verdict
from scenes import desk

from digestbot.adapters.discord_chat.posting import arguments
from digestbot.adapters.ledger import Ledger
from digestbot.bot.client import Bot
from digestbot.bot.faults import Mistake, Refusal
from digestbot.bot.groups import GROUPS
from digestbot.domain import Digest, FeedState, Group, Item, Sighting, StoryId, Subscription
from digestbot.render.discord_post import digest_post

MAY_POST = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    embed_links=True,
    read_message_history=True,
    use_application_commands=True,
)


class Server:
    """A server with a channel, somebody who manages it (Ada) and somebody who does not (Bob)."""

    def __init__(self, env: simcord.Env, ledger: Ledger, make: Callable[[], Bot], lines: list[str]) -> None:
        self.env, self.ledger, self.make, self.lines = env, ledger, make, lines
        self.guild = env.create_guild("Readers")
        managers = self.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
        self.papers = self.guild.create_text_channel("papers")
        self.ada = self.guild.add_member(env.create_user("ada"), roles=[managers])
        self.bob = self.guild.add_member(env.create_user("bob"))

    def subscriptions(self) -> list[Subscription]:
        """Return what is subscribed."""
        return self.ledger.subscriptions.all()

    async def post(self, digest: Digest) -> list[discord.Message]:
        """Record a digest and post it into the channel as deliveries do, with its buttons."""
        self.ledger.publications.record_digests([(digest, [], {})])
        place: Any = self.env.bot.get_channel(self.papers.id)
        post = digest_post(digest, "key", buttons=True)
        return [await place.send(**arguments(message)) for message in post.messages]

    async def restart(self) -> None:
        """Let a new process be the bot."""
        await self.env.restart_bot(self.make())


def story(ledger: Ledger, name: str, section: str = "I", **changes: Any) -> Item:
    """Record a story that has everything, in a section of the shipped roadmap."""
    told, id = item(name, **changes), StoryId(f"s-{name}")
    ledger.intake.record(told.feed, [Sighting(told, "")], FeedState(last_success_at=NOW), NOW)
    ledger.stories.record([], [Group(id, told.id, (told.id,))], NOW)
    judged = verdict(id, roadmap="genai", section=section, chapter="")
    ledger.filings.record_verdicts([(judged, "filed", "it fits")], NOW)
    ledger.filings.record_articles([article(id)], NOW)
    ledger.filings.record_summaries([summary(id)], NOW)
    return told


def message_of(result: Any) -> Any:
    """Return the message that answers, the last where there are several."""
    return [result.response, *result.followups][-1]


def text_of(result: Any) -> str:
    """Return all that was said in answer, ephemeral or not."""
    said = [result.response, *result.followups] if result.response else list(result.followups)
    return "\n".join(_text(message) for message in said)


def _text(message: Any) -> str:
    embeds = "\n".join(f"{embed.title or ''}\n{embed.description or ''}" for embed in message.embeds)
    return f"{message.content or ''}{embeds}"


def on_discord(
    ledger: Ledger,
    scenario: Callable[[Server], Awaitable[None]],
    *,
    locale: str = "en-US",
    home: Path = Path("/nowhere"),
    **asking: Any,
) -> None:
    """Run a scenario on a server whose people have their Discord in a language."""
    lines: list[str] = []

    async def run() -> None:
        with ThreadPoolExecutor(2) as threads:

            def make() -> Bot:
                bot = Bot(desk(ledger, lines.append, threads, home, **asking), GROUPS, settle_s=0.01)
                heard: Any = bot._connection.parsers["INTERACTION_CREATE"]
                bot._connection.parsers["INTERACTION_CREATE"] = lambda data: heard({**data, "locale": locale})
                return bot

            async with simcord.run(make(), settle_timeout=60) as env:
                await scenario(Server(env, ledger, make, lines))
                faults = [error for error in env.errors if not isinstance(error.__cause__, Mistake | Refusal)]
                assert faults == []

    asyncio.run(asyncio.wait_for(run(), 120))
