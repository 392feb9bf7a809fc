"""Reviews over the wire, by discord.py as it is: two who press at once, and posts whose answers are lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from discord_wire.server import TOKEN, Discord, Fault, contents
from discord_wire.server import discord as double_of
from discord_wire.state import Json
from fakes import NOW
from reviewers import propose, shelve
from reviewing import LINE
from scenes import desk

from digestbot.adapters.ledger import Ledger
from digestbot.bot.client import Bot
from digestbot.bot.groups import GROUPS
from digestbot.domain import Guild, ProposalId

pytestmark = pytest.mark.slow
ID, ROLE = ProposalId("p12345678"), "777"


class Scene:
    """A double with a reviewers' channel, and a bot that looks after it when it is asked to."""

    def __init__(self, double: Discord, bot: Bot, guild: Json, channel: Json) -> None:
        self.double, self.bot, self.guild, self.channel = double, bot, guild, channel

    def messages(self) -> list[Json]:
        """Return what stands in the channel."""
        return list(contents(self.double, self.channel["id"]))

    async def press(self, user: str, act: str) -> Any:
        """Press a button as somebody with the role."""
        (message,) = self.messages()
        data = {"component_type": 2, "custom_id": f"p:review-{act}:{ID}#1"}
        person = {"id": user, "username": f"u{user}", "discriminator": "0", "avatar": None, "global_name": None}
        member = {
            "user": person,
            "roles": [ROLE],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
        }
        more = {"message": message, "member": {**member, "flags": 0, "permissions": "0"}}
        return await self.double.interact(3, data, self.channel, person, **more)


def on_the_wire(ledger: Ledger, home: Path, scenario: Callable[[Scene], Awaitable[None]]) -> list[str]:
    """Run a scenario with a bot that is ready; return what the operator was told."""
    lines: list[str] = []

    async def run() -> None:
        with ThreadPoolExecutor(4) as threads:
            async with double_of() as double:
                guild = double.world.guild("Readers")
                guild["roles"].append({**guild["roles"][0], "id": ROLE, "name": "Reviewers"})
                channel = double.world.channel(guild)
                known = Guild(guild["id"], "Readers", reviewers=ROLE, review_channel=channel["id"], joined_at=NOW)
                ledger.guilds.save(known)
                bot = Bot(desk(ledger, lines.append, threads, home), GROUPS, double.connector(), 0.02)
                async with bot:
                    running = asyncio.create_task(bot.start(TOKEN))
                    await bot.wait_until_ready()
                    object.__setattr__(bot.application, "bot_public", False)
                    await scenario(Scene(double, bot, guild, channel))
                    await bot.close()
                    await running
                assert double.refused == []

    asyncio.run(asyncio.wait_for(run(), 60))
    return lines


async def said(exchange: Any) -> str:
    """Wait for what somebody is answered."""
    while not exchange.replies:
        exchange.changed.clear()
        await exchange.changed.wait()
    return str(exchange.replies[-1]["embeds"][0]["description"])


def test_of_two_at_once_one_decides_and_the_other_is_told(ledger: Ledger, tmp_path: Path) -> None:
    """One decision in the log and one line in the roadmap; whoever came second learns who was first."""
    file = shelve(tmp_path)
    propose(ledger)

    async def scenario(scene: Scene) -> None:
        await scene.bot.look_after()
        pressed = await asyncio.gather(*(scene.press(str(41 + n), "accept") for n in range(6)))

        answers = [await said(exchange) for exchange in pressed]

        votes = [act.by for act in ledger.reviews.acts([ID]) if act.kind == "accept"]
        assert len(votes) == 1
        assert len([text for text in answers if "in the roadmap now" in text]) == 1
        late = [text for text in answers if "decided already" in text]
        assert len(late) == 5
        assert all(f"<@{votes[0].removeprefix('discord:')}>" in text for text in late)
        assert file.read_text("utf-8").count(LINE) == 1
        await scene.bot.look_after()
        assert scene.messages()[0]["components"] == []

    on_the_wire(ledger, tmp_path, scenario)


@pytest.mark.parametrize("kind", ["drop after", "drop before", "status after"])
def test_a_lost_answer_leaves_one_message(ledger: Ledger, tmp_path: Path, kind: Any) -> None:
    """Whether it was posted is asked by the next round; nobody is pinged, and the wire refuses nothing."""
    shelve(tmp_path)
    propose(ledger)

    async def scenario(scene: Scene) -> None:
        scene.double.world.nonce_s = 0  # Discord forgets nonces after minutes, as a round may come hours later
        scene.double.faults.append(Fault(kind, f"POST /channels/{scene.channel['id']}/messages", times=1, status=403))
        for _ in range(3):
            try:
                await scene.bot.look_after()
            except aiohttp.ClientError:
                continue
            scene.bot.board._shut.clear()

        (message,) = scene.messages()
        assert len(message["components"][0]["components"]) == 4
        assert (message["mentions"], message["mention_roles"], message["mention_everyone"]) == ([], [], False)

    on_the_wire(ledger, tmp_path, scenario)
