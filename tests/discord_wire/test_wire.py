"""The double of Discord against discord.py as it is: what it takes, what it refuses, and how it fails on request."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
import pytest

from discord_wire import gateway, limits
from discord_wire.server import TOKEN, Discord, Fault, Pace, contents
from discord_wire.server import discord as double_of
from discord_wire.spec import spec
from discord_wire.state import FORUM

USER = {"id": "42", "username": "ada", "discriminator": "0", "avatar": None, "global_name": "Ada"}


def rest(scenario: Callable[[Discord, discord.Client], Awaitable[Any]], **options: Any) -> Any:
    """Run a scenario with a client that is logged in and has no gateway."""

    async def run() -> Any:
        async with double_of(**options) as double:
            client = discord.Client(intents=discord.Intents.none(), connector=double.connector())
            async with client:
                await client.login(TOKEN)
                return await scenario(double, client)

    return asyncio.run(asyncio.wait_for(run(), 20))


class _Bot(discord.Client):
    """A client with a command, that notes what reached it."""

    def __init__(self, double: Discord, **options: Any) -> None:
        super().__init__(intents=discord.Intents(guilds=True), connector=double.connector(), **options)
        self.seen: list[str] = []
        self.tree = discord.app_commands.CommandTree(self)
        self.happened = asyncio.Event()

        @self.tree.command(name="hello", description="Say hello")
        async def hello(interaction: discord.Interaction) -> None:
            await interaction.response.defer(ephemeral=True)
            await interaction.followup.send("hi", ephemeral=True)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.seen.append(event)
        self.happened.set()
        super().dispatch(event, *args, **kwargs)

    async def until(self, event: str, count: int = 1) -> None:
        """Wait until an event came so often."""
        while self.seen.count(event) < count:
            self.happened.clear()
            await self.happened.wait()


def online(scenario: Callable[[Discord, _Bot], Awaitable[Any]], **options: Any) -> Any:
    """Run a scenario with a bot that is connected to the gateway."""

    async def run() -> Any:
        async with double_of(**options) as double:
            double.world.channel(double.world.guild())
            bot = _Bot(double, guild_ready_timeout=0.05)
            async with bot:
                running = asyncio.create_task(bot.start(TOKEN))
                await bot.until("ready")
                try:
                    return await scenario(double, bot)
                finally:
                    await bot.close()
                    await running

    return asyncio.run(asyncio.wait_for(run(), 20))


def test_a_message_is_posted_once_under_its_nonce() -> None:
    """The same nonce gives the same message, and the history does not tell the nonce."""

    async def scenario(double: Discord, client: discord.Client) -> None:
        channel = double.world.channel(double.world.guild())
        place = client.get_partial_messageable(int(channel["id"]))

        first = await place.send("hello", nonce="n-1")
        again = await place.send("hello", nonce="n-1")

        assert first.id == again.id
        assert [message["content"] for message in contents(double, channel["id"])] == ["hello"]
        found = [message async for message in place.history(limit=5)]
        assert [(message.id, message.nonce) for message in found] == [(first.id, None)]

    rest(scenario)


def test_files_threads_forums_and_edits_go_over_the_wire() -> None:
    """Multipart, a thread of a message, a tagged forum post and an edit are taken as discord.py sends them."""

    async def scenario(double: Discord, client: discord.Client) -> None:
        guild = double.world.guild()
        text = double.world.channel(guild)
        tag = {"id": "7", "name": "III", "moderated": False, "emoji_id": None, "emoji_name": None}
        forum = double.world.channel(guild, "reading", FORUM, available_tags=[tag])
        place: Any = await client.fetch_channel(int(text["id"]))
        board: Any = await client.fetch_channel(int(forum["id"]))

        message = await place.send("starter", file=discord.File(io.BytesIO(b"abc"), "a.txt"))
        thread = await message.create_thread(name="more")
        await thread.send(embed=discord.Embed(title="T", description="D"))
        await message.edit(content="changed")
        post = await board.create_thread(name="Post", content="first", applied_tags=[board.available_tags[0]])

        assert double.refused == []
        assert thread.id == message.id
        assert double.world.messages[text["id"]][str(message.id)]["content"] == "changed"
        assert double.world.channels[str(post.thread.id)]["applied_tags"] == ["7"]
        assert message.attachments[0].size == 3

    rest(scenario)


@pytest.mark.parametrize("kind", ["global", "scoped"])
def test_a_429_is_waited_for(kind: Any) -> None:
    """A 429 of either scope is sent again after its time, by discord.py itself."""

    async def scenario(double: Discord, client: discord.Client) -> None:
        channel = double.world.channel(double.world.guild())
        double.faults.append(Fault(kind, "POST .*/messages", times=2))

        await client.get_partial_messageable(int(channel["id"])).send("hello")

        assert double.statuses[429] == 2
        assert len(list(contents(double, channel["id"]))) == 1

    rest(scenario)


def test_a_ban_by_cloudflare_is_an_error() -> None:
    """A 429 that no API server signed is not waited for."""

    async def scenario(double: Discord, client: discord.Client) -> None:
        channel = double.world.channel(double.world.guild())
        double.faults.append(Fault("cloudflare", "POST .*/messages"))

        with pytest.raises(discord.HTTPException) as raised:
            await client.get_partial_messageable(int(channel["id"])).send("hello")

        assert raised.value.status == 429

    rest(scenario)


@pytest.mark.parametrize(("kind", "posted"), [("drop before", 0), ("drop after", 1)])
def test_a_lost_connection_leaves_what_was_done(kind: Any, posted: int) -> None:
    """A request whose answer is lost may have been done; only the double knows."""

    async def scenario(double: Discord, client: discord.Client) -> None:
        channel = double.world.channel(double.world.guild())
        double.faults.append(Fault(kind, "POST .*/messages"))

        with pytest.raises(aiohttp.ClientError):
            await client.get_partial_messageable(int(channel["id"])).send("hello")

        assert len(list(contents(double, channel["id"]))) == posted

    rest(scenario)


@pytest.mark.parametrize(
    ("denied", "code"), [({"view"}, 50001), ({"send"}, 50013)], ids=["not seen", "not allowed to post"]
)
def test_missing_permissions_are_refused(denied: set[str], code: int) -> None:
    """What the bot may not do is a 403 with Discord's own code, an unknown channel a 404."""

    async def scenario(double: Discord, client: discord.Client) -> None:
        channel = double.world.channel(double.world.guild())
        double.world.denied[channel["id"]] = denied

        with pytest.raises(discord.Forbidden) as refused:
            await client.get_partial_messageable(int(channel["id"])).send("hello")
        with pytest.raises(discord.NotFound):
            await client.get_partial_messageable(99).send("hello")

        assert refused.value.code == code

    rest(scenario)


def test_the_buckets_hold_a_channel_back() -> None:
    """Where five messages a window are allowed, discord.py waits by itself and none is refused."""

    async def scenario(double: Discord, client: discord.Client) -> None:
        channel = double.world.channel(double.world.guild())
        place = client.get_partial_messageable(int(channel["id"]))

        for number in range(7):
            await place.send(str(number))

        assert double.statuses[429] == 0
        assert [message["content"] for message in contents(double, channel["id"])] == [str(n) for n in range(7)]

    rest(scenario, pace=Pace(window_s=0.2))


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ({"content": "x" * 2001}, "content: 2001"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds[0].title: 257"),
        ({"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]}, "6001 characters together"),
        ({"embeds": [{"fields": [{"name": "n", "value": ""}]}]}, "fields[0].value: empty"),
        ({"embeds": [{"title": "t", "url": "javascript:alert(1)"}]}, "not a web address"),
        ({"embeds": [{"title": "t"}] * 11}, "embeds: 11"),
        ({"content": "a\ud800"}, "lone surrogate"),
        ({"nonce": "n" * 26, "content": "x"}, "nonce: 26"),
        ({"components": [{"type": 1, "components": [{"type": 2, "custom_id": "a"}] * 2}]}, "more than once"),
    ],
)
def test_the_limits_that_no_document_states(payload: Any, problem: str) -> None:
    """Each of them is found and named."""
    assert any(problem in found for found in limits.problems(payload))


def test_what_is_within_the_limits_passes() -> None:
    """A message that is full to the brim is taken."""
    embeds = [{"title": "t" * 256, "description": "d" * 344} for _ in range(10)]

    assert limits.problems({"content": "x" * 2000, "embeds": embeds, "nonce": "n" * 25}) == []


@pytest.mark.skipif(spec() is None, reason="DIGESTBOT_BENCH_DATA does not lead to Discord's OpenAPI document")
def test_requests_are_held_against_discord_s_own_document() -> None:
    """A field of a wrong type, an unknown operation and an unknown parameter are found."""
    judge = spec()
    assert judge is not None
    place = "/channels/1/messages"

    assert judge.problems("POST", place, {}, {"content": "x"}, "application/json") == []
    assert judge.problems("POST", place, {}, {"embeds": [{"fields": [{"name": "n"}]}]}, "application/json")
    assert judge.problems("POST", "/nowhere", {}, {}, "application/json") == ["POST /nowhere: no such operation"]
    assert judge.problems("GET", place, {"limit": "500"}, None, "")
    assert judge.problems("GET", place, {"newest": "1"}, None, "")


def test_a_bot_identifies_and_answers_a_command() -> None:
    """The gateway's stream is compressed, no intent is privileged, a command is acknowledged and followed up."""

    async def scenario(double: Discord, bot: _Bot) -> None:
        await bot.tree.sync()
        command = {"id": double.world.commands[0]["id"], "name": "hello", "type": 1}
        channel = next(iter(double.world.channels.values()))

        exchange = await double.interact(2, command, channel, USER)
        while not exchange.replies:
            exchange.changed.clear()
            await exchange.changed.wait()

        assert double.refused == []
        assert exchange.callback is not None
        assert exchange.callback["type"] == 5
        assert exchange.replies[0]["content"] == "hi"
        assert exchange.acknowledged_s < 3
        assert "compress=z" in double.gateway.queries[0]

    online(scenario)


@pytest.mark.slow
def test_a_cut_connection_is_resumed_and_misses_nothing() -> None:
    """What happened while nobody was connected comes after the resume; the bot does not identify again."""

    async def scenario(double: Discord, bot: _Bot) -> None:
        await double.gateway.cut()
        await double.gateway.join(double.world.guild("Another"))

        await bot.until("resumed")
        await bot.until("guild_join")

        assert (double.gateway.count(gateway.IDENTIFY), double.gateway.count(gateway.RESUME)) == (1, 1)
        assert len(bot.guilds) == 2

    online(scenario)


@pytest.mark.slow
def test_a_session_that_is_gone_is_begun_anew() -> None:
    """After an invalid session the bot identifies again, which discord.py does five seconds later."""

    async def scenario(double: Discord, bot: _Bot) -> None:
        session = double.gateway.session
        del double.gateway.sessions[session.id]
        assert session.socket is not None
        await session.send({"op": gateway.RECONNECT, "d": None})

        await bot.until("ready", 2)

        assert double.gateway.count(gateway.IDENTIFY) == 2

    online(scenario)


@pytest.mark.parametrize("name", ["zlib-stream", "zstd-stream", ""])
def test_each_compression_is_spoken(name: str) -> None:
    """Hello can be read in the stream that was asked for."""

    async def hello() -> str:
        url = f"wss://gateway.discord.gg/?v=10&compress={name}"
        async with (
            double_of() as double,
            aiohttp.ClientSession(connector=double.connector()) as session,
            session.ws_connect(url) as socket,
        ):
            message = await socket.receive()
            return _read(name, message.data) if name else str(message.data)

    assert '"op": 10' in asyncio.run(hello())


def _read(name: str, data: bytes) -> str:
    import zlib

    from backports.zstd import ZstdDecompressor

    reader: Any = zlib.decompressobj() if name == "zlib-stream" else ZstdDecompressor()
    return str(reader.decompress(data).decode())


def test_a_wrong_token_is_told_as_such() -> None:
    """Neither REST nor the gateway takes it."""

    async def run() -> None:
        async with double_of() as double:
            client = discord.Client(intents=discord.Intents.none(), connector=double.connector())
            async with client:
                with pytest.raises(discord.LoginFailure):
                    await client.login("wrong")

    asyncio.run(run())
