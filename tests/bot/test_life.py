"""The bot on the gateway of the double: what it asks for, what it records, and how it begins, goes on and ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import digests
import pytest
from discord_wire import gateway
from discord_wire.server import TOKEN, Discord
from discord_wire.server import discord as double_of
from discord_wire.state import Json
from fakes import NOW
from scenes import desk

from digestbot.adapters.ledger import Ledger
from digestbot.bot.client import Bot
from digestbot.bot.groups import GROUPS
from digestbot.bot.life import live
from digestbot.bot.places import DELETED, LEFT
from digestbot.bot.status import told
from digestbot.domain import Channel, Guild, Subscription
from digestbot.errors import ConfigError

USER = {"id": "42", "username": "ada", "discriminator": "0", "avatar": None, "global_name": "Ada"}


class Scene:
    """A double, a ledger and a bot between them."""

    def __init__(self, double: Discord, ledger: Ledger, threads: ThreadPoolExecutor, **asking: Any) -> None:
        self.double, self.ledger, self.lines, self.heard = double, ledger, list[str](), asyncio.Event()
        self.guild = double.world.guild("Readers")
        self.channel = double.world.channel(self.guild)
        self.stop = asyncio.Event()
        self.desk = desk(ledger, self.tell, threads, **asking)

    def tell(self, line: str) -> None:
        """Hear what the operator is told."""
        self.lines.append(line)
        self.heard.set()

    async def until(self, words: str) -> None:
        """Wait until the operator was told something."""
        while not any(words in line for line in self.lines):
            self.heard.clear()
            await self.heard.wait()

    def subscribe(self, *channels: Json) -> None:
        """Subscribe channels."""
        places = tuple(Channel("discord", one["id"]) for one in channels)
        self.ledger.subscriptions.save([Subscription("readers", places, created_at=NOW)])

    def shut(self) -> dict[str, str]:
        """Return the channels that are shut, and why."""
        return {one.channel.address: one.reason for one in self.ledger.outbox.suspensions()}

    def start(self, token: str = TOKEN) -> asyncio.Task[None]:
        """Start the bot."""
        return asyncio.ensure_future(
            live(lambda: Bot(self.desk, GROUPS, self.double.connector(), 0.02), token, self.stop, self.tell, _at_once)
        )


async def _at_once(wait_s: float) -> None:
    await asyncio.sleep(0.01)


def alive(ledger: Ledger, scenario: Callable[[Scene], Awaitable[Any]], **asking: Any) -> None:
    """Run a scenario with a bot that is ready, and stop the bot; it has to end by itself.

    `asking` changes what questions are answered with.
    """

    async def run() -> None:
        with ThreadPoolExecutor(2) as threads:
            async with double_of() as double:
                scene = Scene(double, ledger, threads, **asking)
                running = scene.start()
                await scene.until("on Discord as digestbot")
                await scenario(scene)
                scene.stop.set()
                await running
                assert double.refused == []

    asyncio.run(asyncio.wait_for(run(), 20))


def test_it_wants_nothing_privileged_and_says_what_it_can(ledger: Ledger) -> None:
    """One connection with the one intent, the commands told once, the server recorded."""

    async def scenario(scene: Scene) -> None:
        assert scene.double.gateway.session.intents == 1 | 1 << 9
        assert [command["name"] for command in scene.double.world.commands][:1] == ["subscribe"]
        assert ledger.guilds.all() == [Guild(scene.guild["id"], "Readers", joined_at=NOW)]

    alive(ledger, scenario)


def test_a_stopped_bot_says_goodbye(ledger: Ledger) -> None:
    """Its connection is closed, so that Discord shows it offline at once."""
    sockets: list[Any] = []

    async def scenario(scene: Scene) -> None:
        sockets.append(scene.double.gateway.session.socket)

    alive(ledger, scenario)

    assert sockets[0].closed


def test_a_cut_connection_is_resumed(ledger: Ledger) -> None:
    """What happened meanwhile is not missed."""

    async def scenario(scene: Scene) -> None:
        await scene.double.gateway.cut()
        await scene.double.gateway.join(scene.double.world.guild("Others"))
        await scene.until("added to the Discord server 'Others'")

        assert scene.double.gateway.count(gateway.IDENTIFY) == 1
        assert len(ledger.guilds.all()) == 2

    alive(ledger, scenario)


def test_a_server_that_removes_the_bot_shuts_its_channels_until_it_comes_back(ledger: Ledger) -> None:
    """Only subscribed channels are shut, with the way back; a new invitation resumes them."""

    async def scenario(scene: Scene) -> None:
        scene.subscribe(scene.channel)
        await scene.double.gateway.tell("GUILD_DELETE", {"id": scene.guild["id"]})
        await scene.until("removed from the Discord server 'Readers'; 1 subscribed channels are shut")
        assert scene.shut() == {scene.channel["id"]: LEFT}
        assert ledger.guilds.get(scene.guild["id"]).left_at == NOW

        await scene.double.gateway.join(scene.guild)
        await scene.until("1 channels resumed")

        assert scene.shut() == {}
        assert ledger.guilds.get(scene.guild["id"]).left_at is None

    alive(ledger, scenario)


def test_a_server_that_is_only_down_shuts_nothing(ledger: Ledger) -> None:
    """An outage at Discord is no removal."""

    async def scenario(scene: Scene) -> None:
        scene.subscribe(scene.channel)
        await scene.double.gateway.tell("GUILD_DELETE", {"id": scene.guild["id"], "unavailable": True})
        await scene.double.gateway.join(scene.double.world.guild("Others"))
        await scene.until("'Others'")

        assert scene.shut() == {}

    alive(ledger, scenario)


def test_a_deleted_channel_is_shut_with_a_notice(ledger: Ledger) -> None:
    """The server's operations channel hears of it; a channel that got nothing is nobody's news."""

    async def scenario(scene: Scene) -> None:
        other = scene.double.world.channel(scene.guild, "talk")
        for place in (other, scene.double.world.channel(scene.guild, "operations")):
            await scene.double.gateway.tell("CHANNEL_CREATE", place)
        ledger.guilds.save(replace(ledger.guilds.get(scene.guild["id"]), operations_channel=place["id"]))
        scene.subscribe(scene.channel)

        await scene.double.gateway.tell("CHANNEL_DELETE", other)
        await scene.double.gateway.tell("CHANNEL_DELETE", scene.channel)
        await scene.until("is gone")

        (notice,) = scene.double.world.messages[place["id"]].values()
        assert scene.shut() == {scene.channel["id"]: DELETED}
        assert "#papers was deleted" in notice["content"]
        assert len([line for line in scene.lines if "is gone" in line]) == 1

    alive(ledger, scenario)


def test_removals_while_the_bot_was_away_are_recorded(ledger: Ledger) -> None:
    """Servers that are not among those that Discord names were left."""
    ledger.guilds.save(Guild("7", "Gone", joined_at=NOW))

    async def scenario(scene: Scene) -> None:
        assert ledger.guilds.get("7").left_at == NOW

    alive(ledger, scenario)


def test_status_is_answered_to_the_one_who_asked(ledger: Ledger) -> None:
    """It is acknowledged in time and for nobody else to see; it names channels that get something."""

    async def scenario(scene: Scene) -> None:
        scene.subscribe(scene.channel)
        id = next(one["id"] for one in scene.double.world.commands if one["name"] == "status")
        data = {"id": id, "name": "status", "type": 1}

        exchange = await scene.double.interact(2, data, scene.channel, USER)
        while not exchange.replies:
            exchange.changed.clear()
            await exchange.changed.wait()

        assert exchange.callback is not None
        assert exchange.callback["data"]["flags"] == 64
        assert exchange.acknowledged_s < 3
        assert exchange.replies[0]["embeds"][0]["description"] == f"- <#{scene.channel['id']}>: gets digests"

    alive(ledger, scenario)


@pytest.mark.slow
def test_what_is_pressed_is_answered_over_the_wire(ledger: Ledger) -> None:
    """A list leads on in the same message and a button opens a form, both as Discord takes them."""
    ledger.publications.record_digests([(digests.long(3), [], {})])

    async def scenario(scene: Scene) -> None:
        id = next(one["id"] for one in scene.double.world.commands if one["name"] == "roadmap")
        shown = await scene.double.interact(2, {"id": id, "name": "roadmap", "type": 1}, scene.channel, USER)
        while not shown.replies:
            shown.changed.clear()
            await shown.changed.wait()
        message = shown.replies[0]
        picked = {"component_type": 3, "custom_id": "s:map:section", "values": ["I"]}
        turned = await scene.double.interact(3, picked, scene.channel, USER, message=message)
        below = {**message, "components": [{"type": 1, "components": [_button(f"p:down:{digests.long(3).id}")]}]}
        pressed = {"component_type": 2, "custom_id": f"p:down:{digests.long(3).id}"}
        form = await scene.double.interact(3, pressed, scene.channel, USER, message=below)
        for exchange in (turned, form):
            while exchange.callback is None:
                exchange.changed.clear()
                await exchange.changed.wait()

        assert turned.callback is not None
        assert form.callback is not None
        assert turned.callback["type"] == 7
        assert "Section I" in turned.callback["data"]["embeds"][0]["title"]
        assert form.callback["type"] == 9
        assert len(form.callback["data"]["components"]) == 2

    alive(ledger, scenario)


def _button(id: str) -> Json:
    return {"type": 2, "style": 2, "custom_id": id, "label": "x"}


def test_status_of_many_channels_fits(ledger: Ledger) -> None:
    """However many channels and however long their reasons, the answer is within the limit."""
    ids = [str(10**17 + n) for n in range(200)]
    ledger.subscriptions.save([Subscription("all", tuple(Channel("discord", id) for id in ids), created_at=NOW)])
    for id in ids:
        ledger.outbox.suspend(Channel("discord", id), NOW, "@everyone *reason* " * 40)
    with ThreadPoolExecutor(1) as threads:
        asked = desk(ledger, print, threads)

        text = told(asked, ids)

    assert len(text) <= 4096
    assert "more" in text.splitlines()[-1]
    assert "@everyone" not in text
    assert told(asked, []) == "No channel of this server gets digests yet."


def test_a_refused_token_is_the_operator_s_to_mend(ledger: Ledger) -> None:
    """It is told without the token and not tried again."""

    async def run() -> None:
        with ThreadPoolExecutor(1) as threads:
            async with double_of() as double:
                scene = Scene(double, ledger, threads)
                with pytest.raises(ConfigError, match="DIGESTBOT_DISCORD_TOKEN") as raised:
                    await scene.start("secret-t0ken")
                assert "t0ken" not in f"{raised.value}{scene.lines}"

    asyncio.run(run())


@pytest.mark.parametrize("comes_back", [True, False])
def test_while_discord_is_away_it_tries_again(ledger: Ledger, comes_back: bool) -> None:
    """Each time after twice as long, until there is an answer, or until it is told to stop."""

    async def run() -> Scene:
        with ThreadPoolExecutor(1) as threads:
            async with double_of() as double:
                scene = Scene(double, ledger, threads)
                port, double.port = double.port, 1
                running = scene.start()
                await scene.until("trying again in 20 s")
                if comes_back:
                    double.port = port
                    await scene.until("on Discord as")
                scene.stop.set()
                await running
                return scene

    scene = asyncio.run(asyncio.wait_for(run(), 20))

    away = [line for line in scene.lines if "cannot be reached" in line]
    assert [line.rpartition(" in ")[2] for line in away[:3]] == ["5 s", "10 s", "20 s"]
    assert scene.double.gateway.count(gateway.IDENTIFY) == int(comes_back)
