"""The bot's own sender, over discord.py as it is, against the double of Discord."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import digests
import pytest
from discord_wire.server import TOKEN, Discord, Fault, contents
from discord_wire.server import discord as double_of
from discord_wire.state import FORUM, Json

from digestbot.adapters.discord_chat import DiscordChatSender, Lookups
from digestbot.domain import Channel, Digest, DigestId, DigestSection
from digestbot.errors import DeliveryError
from digestbot.render.discord_post import digest_post, part_of

KEY = "d-1-discord-0a1b2c3d"
NOW = datetime.now(UTC)
SHORT = replace(digests.realistic(), created_at=NOW)
LONG = replace(digests.long(40), created_at=NOW)
LATER_S = 600.0
"""Longer than Discord remembers a nonce."""


class Scene:
    """A double with a guild, and a sender that posts there."""

    def __init__(self, double: Discord, lookups: Lookups) -> None:
        self.double, self.late_s = double, 0.0
        double.world.clock = lambda: time.time() + self.late_s
        self.guild = double.world.guild()
        self.sender = DiscordChatSender(TOKEN, lookups, double.connector, per_second=10_000)

    def channel(self, **more: Any) -> Json:
        """Add a channel."""
        return self.double.world.channel(self.guild, **more)

    async def send(self, place: Json, digest: Digest = SHORT, key: str = KEY) -> str:
        """Send a digest."""
        return await self.sender.send(digest, Channel("discord", place["id"]), key)

    def parts(self, place: Json, key: str = KEY) -> list[int | None]:
        """Return the numbers of a channel's messages, in the order in which they stand there."""
        return [part_of(message["content"], key) for message in contents(self.double, place["id"])]

    def thread(self) -> Json:
        """Return the one thread there is."""
        (found,) = (one for one in self.double.world.channels.values() if one.get("thread_metadata"))
        return found


def on_discord(scenario: Callable[[Scene], Awaitable[Any]], lookups: Lookups | None = None) -> Any:
    """Run a scenario; whatever happens in it, Discord refuses no request as malformed."""

    async def run() -> Any:
        async with double_of() as double:
            scene = Scene(double, lookups or Lookups())
            try:
                result = await scenario(scene)
            finally:
                await asyncio.to_thread(scene.sender.close)
            assert double.refused == []
            return result

    return asyncio.run(asyncio.wait_for(run(), 30))


def failure(scenario: Callable[[Scene], Awaitable[Any]]) -> DeliveryError:
    """Return how a scenario fails."""
    with pytest.raises(DeliveryError) as raised:
        on_discord(scenario)
    assert "t0ken" not in str(raised.value)
    return raised.value


def test_a_short_digest_is_posted_whole_and_pings_nobody() -> None:
    """Its messages stand in the channel in order, as rendered; the reference names them."""

    async def scenario(scene: Scene) -> None:
        place = scene.channel()

        reference = await scene.send(place)

        posted = list(contents(scene.double, place["id"]))
        assert [message["content"] for message in posted] == [m["content"] for m in digest_post(SHORT, KEY).messages]
        assert reference == ",".join(f"{place['id']}/{message['id']}" for message in posted)
        assert [message["mention_roles"] for message in posted] == [[], []]

    on_discord(scenario)


def test_a_long_digest_goes_on_in_a_thread() -> None:
    """The channel gets one message, its thread the others in order."""

    async def scenario(scene: Scene) -> None:
        place = scene.channel()

        reference = await scene.send(place, LONG)

        count = len(digest_post(LONG, KEY).messages)
        assert scene.parts(place) == [1]
        assert scene.parts(scene.thread()) == list(range(2, count + 1))
        assert len(reference.split(",")) == count

    on_discord(scenario)


def test_where_no_thread_may_be_made_the_channel_takes_it_all() -> None:
    """Missing the right to make threads costs the thread, not the digest."""

    async def scenario(scene: Scene) -> None:
        place = scene.channel()
        scene.double.world.denied[place["id"]] = {"threads"}

        await scene.send(place, LONG)
        await scene.send(place, LONG)

        assert scene.parts(place) == list(range(1, len(digest_post(LONG, KEY).messages) + 1))

    on_discord(scenario)


def test_a_forum_gets_a_post_with_the_sections_as_tags() -> None:
    """The post has the tags that name the digest's sections; a forum that wants a tag gets one in any case."""

    async def scenario(scene: Scene) -> None:
        tag = {"moderated": False, "emoji_id": None, "emoji_name": None}
        tags = [{"id": "1", "name": "VI", **tag}, {"id": "2", "name": "off topic", **tag}]
        place = scene.channel(kind=FORUM, available_tags=tags)
        strict = scene.channel(kind=FORUM, available_tags=tags[1:], flags=1 << 4)

        await scene.send(place, LONG)
        await scene.send(place, LONG)

        assert scene.thread()["applied_tags"] == ["1"]
        assert scene.parts(scene.thread()) == list(range(1, len(digest_post(LONG, KEY).messages) + 1))
        await scene.send(strict)
        assert list(scene.double.world.channels.values())[-1]["applied_tags"] == ["2"]

    on_discord(scenario)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["drop after", "status after"])
def test_a_forum_s_post_is_made_once(kind: Any) -> None:
    """An answer that is lost or an error is no reason to repeat it: the next try asks the forum first."""

    async def scenario(scene: Scene) -> None:
        place = scene.channel(kind=FORUM)
        scene.double.faults = [Fault(kind, f"POST /channels/{place['id']}/threads", times=1, status=500)]

        with pytest.raises(DeliveryError) as raised:
            await scene.send(place)
        await scene.send(place)

        assert not raised.value.permanent
        assert scene.parts(scene.thread()) == [1, 2]

    on_discord(scenario)


def test_a_forum_s_post_waits_for_its_turn() -> None:
    """A 429 says that nothing was done: discord.py sends it again by itself."""

    async def scenario(scene: Scene) -> None:
        place = scene.channel(kind=FORUM)
        scene.double.faults = [Fault("scoped", f"POST /channels/{place['id']}/threads", times=2)]

        await scene.send(place)

        assert scene.parts(scene.thread()) == [1, 2]

    on_discord(scenario)


@pytest.mark.parametrize("kind", [11, 1], ids=["thread", "direct messages"])
def test_threads_and_direct_messages_take_all_messages_in_a_row(kind: int) -> None:
    """There is no thread within a thread."""

    async def scenario(scene: Scene) -> None:
        world = scene.double.world
        if kind == 1:
            other = {"id": "42", "username": "ada", "discriminator": "0", "avatar": None, "global_name": None}
            id = world.snowflake()
            place: Json = {"id": id, "type": 1, "recipients": [other], "last_message_id": None, "flags": 0}
            world.channels[id], world.messages[id] = place, {}
        else:
            parent = scene.channel()
            place = world.thread(parent, world.post(parent, {"content": "x"}, [])["id"], "talk")

        await scene.send(place, LONG)
        await scene.send(place, LONG)

        assert scene.parts(place) == list(range(1, len(digest_post(LONG, KEY).messages) + 1))

    on_discord(scenario)


@pytest.mark.slow
@pytest.mark.parametrize("forum", [False, True], ids=["channel", "forum"])
@pytest.mark.parametrize("kind", ["drop before", "drop after"])
def test_whichever_request_is_lost_each_message_stands_there_once(kind: Any, forum: bool) -> None:
    """A digest cut off at any of its requests is finished by the next try, long after nonces are forgotten."""

    async def scenario(scene: Scene) -> int:
        number = 0
        while True:
            place = scene.channel(kind=FORUM if forum else 0)
            key = f"{KEY}-{number}"
            fault = Fault(kind, f"(POST|GET) .*/channels/{place['id']}|POST .*/messages", times=1)
            scene.double.faults = [Fault("slow", fault.match, times=number), fault]
            with suppress(DeliveryError):
                await scene.send(place, LONG, key)
            if fault.times:
                return number
            scene.late_s += LATER_S
            await scene.send(place, LONG, key)
            threads = [one for one in scene.double.world.channels.values() if one.get("parent_id") == place["id"]]
            count = len(digest_post(LONG, key).messages)
            assert [len(threads), *scene.parts(place, key), *scene.parts(threads[0], key)] == [1, *range(1, count + 1)]
            number += 1

    assert on_discord(scenario) >= len(digest_post(LONG, KEY).messages)


def test_what_others_say_between_does_not_matter() -> None:
    """Messages of other people, and other digests of ours, are no part of this one; copies of its line neither."""

    async def scenario(scene: Scene) -> None:
        place = scene.channel()
        person = {**scene.double.world.bot, "id": "42", "username": "ada", "bot": False}
        await scene.send(place, key="another")
        for message in digest_post(SHORT, KEY).messages:
            scene.double.world.post(place, dict(message), [], author=person)

        await scene.send(place)

        assert scene.parts(place)[-2:] == [1, 2]
        assert len(scene.parts(place)) == 6

    on_discord(scenario)


@pytest.mark.parametrize("heard", [True, False])
def test_buttons_stand_where_a_bot_hears_them(heard: bool) -> None:
    """Below the opening and the last message of a long digest; where nobody would answer there are none."""

    async def scenario(scene: Scene) -> None:
        place = scene.channel()
        await scene.send(place, LONG)
        posted = [*contents(scene.double, place["id"]), *contents(scene.double, scene.thread()["id"])]

        rows = [[part["custom_id"] for row in one["components"] for part in row["components"]] for one in posted]
        acts = [f"{act}:{LONG.id}" for act in ("save", "explain", "up", "down")]
        below = [f"p:{what}" for what in (f"more:{LONG.id}#0", *acts)]
        assert rows == ([below, *[[]] * (len(posted) - 2), below] if heard else [[]] * len(posted))

    on_discord(scenario, Lookups(hears=lambda guild: heard))


def test_the_role_that_a_guild_chose_is_pinged() -> None:
    """The ping is in the first message alone."""

    async def scenario(scene: Scene) -> None:
        place = scene.channel()

        await scene.send(place)

        assert [message["mention_roles"] for message in contents(scene.double, place["id"])] == [["77"], []]

    on_discord(scenario, Lookups(role_of=lambda guild: "77"))


@pytest.mark.parametrize(
    ("denied", "advice"),
    [({"view"}, "allow View Channel"), ({"send"}, "allow View Channel, Send Messages"), ({"embed"}, "Embed Links")],
    ids=["view", "send", "embed"],
)  # fmt: skip
def test_a_missing_permission_shuts_the_channel_and_says_what_to_click(denied: set[str], advice: str) -> None:
    """Nothing is tried again until a person has acted."""

    async def scenario(scene: Scene) -> None:
        place = scene.channel()
        scene.double.world.denied[place["id"]] = denied
        await scene.send(place)

    error = failure(scenario)

    assert error.nobody
    assert advice in str(error)
    assert "digestbot outbox resume" in str(error)


def test_a_channel_that_is_gone_is_shut() -> None:
    """So is an address that is no channel's id."""

    async def scenario(scene: Scene) -> None:
        await scene.send({"id": "99"})

    async def words(scene: Scene) -> None:
        await scene.send({"id": "papers"})

    assert failure(scenario).nobody
    assert "is gone" in str(failure(scenario))
    assert failure(words).nobody


def test_a_channel_whose_history_is_closed_is_shut() -> None:
    """Without its history nobody can tell what was posted: that is a permission to give, not a doubt to live with."""

    async def scenario(scene: Scene) -> None:
        place = scene.channel()
        await scene.send(place, key="another")
        scene.double.world.denied[place["id"]] = {"history"}
        await scene.send(place)

    error = failure(scenario)

    assert error.nobody
    assert "Read Message History" in str(error)


def test_a_refused_token_waits_for_the_operator() -> None:
    """Everything waits; no channel is blamed."""

    async def scenario(scene: Scene) -> None:
        scene.sender = DiscordChatSender("wrong", connector=scene.double.connector)
        await scene.send(scene.channel())

    error = failure(scenario)

    assert error.unreachable
    assert not error.permanent
    assert "DIGESTBOT_DISCORD_TOKEN" in str(error)


def test_without_a_token_or_a_network_it_waits() -> None:
    """Nothing is given up for want of a setting or a connection."""

    async def no_token(scene: Scene) -> None:
        await DiscordChatSender("").send(SHORT, Channel("discord", "1"), KEY)

    async def no_network(scene: Scene) -> None:
        scene.double.port = 1
        await scene.send(scene.channel())

    assert failure(no_token).unreachable
    assert failure(no_network).unreachable


@pytest.mark.parametrize("kind", ["global", "scoped"])
def test_a_storm_of_429s_loses_nothing(kind: Any) -> None:
    """Ten channels at once through thirty refusals: every message once and in order."""

    async def scenario(scene: Scene) -> None:
        places = [scene.channel() for _ in range(10)]
        scene.double.faults = [Fault(kind, "POST .*/messages", times=30, retry_after_s=0.02)]

        await asyncio.gather(*(scene.send(place, key=f"k{n}") for n, place in enumerate(places)))

        assert scene.double.statuses[429] == 30
        assert [scene.parts(place, f"k{n}") for n, place in enumerate(places)] == [[1, 2]] * 10

    on_discord(scenario)


def test_a_ban_by_cloudflare_and_a_failing_server_are_tried_later() -> None:
    """Neither is the channel's fault, and neither leaves a doubt."""

    async def scenario(scene: Scene) -> None:
        scene.double.faults = [Fault("cloudflare", "POST .*/messages")]
        await scene.send(scene.channel())

    async def failing(scene: Scene) -> None:
        scene.double.faults = [Fault("status", "POST .*/messages", status=503)]
        await scene.send(scene.channel())

    for error in (failure(scenario), failure(failing)):
        assert not error.permanent
        assert not error.in_doubt


def test_a_correction_is_written_into_what_was_posted() -> None:
    """The message of the earlier digest says that its paper was withdrawn; a second try changes nothing more."""
    references: list[str] = []
    told = LONG.sections[0].entries[1]
    news = replace(told, label="Withdrawn", change="It was withdrawn.", first_told_at=NOW)
    later = replace(digests.digest(DigestSection("III", "III", (news,))), created_at=NOW, earlier=(DigestId("d-0"),))

    async def scenario(scene: Scene) -> None:
        place = scene.channel()
        references.append(await scene.send(place, LONG))
        scene.thread()["thread_metadata"]["archived"] = True
        asked = len(scene.double.requests)

        await scene.send(place, later, "k2")
        await scene.send(place, later, "k2")

        patched = [one for one in scene.double.requests[asked:] if one.startswith("PATCH") and "/messages/" in one]
        told_of = [
            embed["description"]
            for message in contents(scene.double, scene.thread()["id"])
            for embed in message["embeds"]
            if embed.get("url") == told.url
        ]
        assert told_of
        assert all(text.startswith("**Withdrawn: It was withdrawn.") for text in told_of)
        assert len(set(patched)) <= len(digest_post(LONG, KEY).messages)
        assert not scene.thread()["thread_metadata"]["archived"]

    on_discord(scenario, Lookups(references=lambda ids, channel: references if ids == (DigestId("d-0"),) else []))


def test_a_clock_that_is_set_ahead_does_not_hide_what_was_posted() -> None:
    """A digest of tomorrow is found among the messages of today."""

    async def scenario(scene: Scene) -> None:
        place = scene.channel()
        tomorrow = replace(SHORT, created_at=NOW + timedelta(days=1))

        await scene.send(place, tomorrow)
        scene.late_s += LATER_S
        await scene.send(place, tomorrow)

        assert scene.parts(place) == [1, 2]

    on_discord(scenario)
