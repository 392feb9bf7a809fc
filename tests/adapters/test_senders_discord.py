"""The Discord webhook sender, against a fake post and against a web server on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from aiohttp import web

from digestbot.adapters.discord_webhook import Answer, DiscordWebhookSender, Unreachable
from digestbot.domain import Channel, Digest, DigestId, DigestSection, Entry, Foot, StoryId
from digestbot.errors import DeliveryError
from digestbot.render.discord import digest_messages

SECRET = "https://discord.com/api/webhooks/123/t0ken-of-the-webhook"
CHANNEL = Channel("discord_webhook", SECRET)

_ENTRIES = tuple(
    Entry(StoryId(f"url:{i}"), f"Story {i}", f"https://example.org/{i}", "post", "Short.", (), "", 0.5, "full text")
    for i in range(25)
)
DIGEST = Digest(
    DigestId("d-1"),
    "daily",
    "Roadmap",
    datetime(2026, 4, 12, tzinfo=UTC),
    "",
    (DigestSection("I", "One", _ENTRIES),),
    (),
    Foot(),
)


class _Discord:
    """Answers posts from a list of answers and remembers what was posted and slept."""

    def __init__(self, *answers: Answer | Unreachable) -> None:
        self.answers = list(answers)
        self.posts: list[tuple[str, Mapping[str, object]]] = []
        self.slept: list[float] = []

    async def post(self, url: str, payload: Mapping[str, object]) -> Answer:
        self.posts.append((url, payload))
        answer = self.answers.pop(0) if self.answers else _posted(len(self.posts))
        if isinstance(answer, Unreachable):
            raise answer
        return answer

    async def sleep(self, wait_s: float) -> None:
        self.slept.append(wait_s)


def _posted(number: int) -> Answer:
    return Answer(200, {}, json.dumps({"id": str(number)}).encode())


def _answer(status: int, body: object = None, **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode())


def _send(discord: _Discord, channel: Channel = CHANNEL) -> str:
    return asyncio.run(DiscordWebhookSender(discord.post, sleep=discord.sleep).send(DIGEST, channel, "k"))


def _failure(discord: _Discord, channel: Channel = CHANNEL) -> DeliveryError:
    with pytest.raises(DeliveryError) as raised:
        _send(discord, channel)
    assert "t0ken" not in str(raised.value)
    assert raised.value.__cause__ is None
    return raised.value


def test_parts_are_posted_in_order() -> None:
    """Each part waits for its answer, and the reference names all messages."""
    discord = _Discord()

    reference = _send(discord)

    assert [payload for _, payload in discord.posts] == list(digest_messages(DIGEST))
    assert reference == "1,2,3"
    assert {url for url, _ in discord.posts} == {f"{SECRET}?wait=true"}


def test_a_thread_in_the_address_is_kept() -> None:
    """What the address asks for besides, a thread say, goes along."""
    discord = _Discord()

    _send(discord, Channel("discord_webhook", f"{SECRET}?thread_id=9"))

    assert discord.posts[0][0] == f"{SECRET}?thread_id=9&wait=true"


def test_a_webhook_cannot_be_asked() -> None:
    """There is no way to learn what a webhook posted."""
    assert asyncio.run(DiscordWebhookSender().find(DIGEST, CHANNEL, "k")) is None


def test_the_wait_that_discord_asks_for_is_waited() -> None:
    """A 429 is tried again after the seconds of its header or else of its body."""
    discord = _Discord(_answer(429, retry_after="1.5"), _answer(429, {"retry_after": 0.25}), _posted(1))

    _send(discord)

    assert discord.slept == [1.5, 0.25]
    assert len(discord.posts) == 5


@pytest.mark.parametrize(
    ("header", "waits"), [("3600", 0), ("nan", 2), ("-1", 2), ("soon", 2)], ids=["long", "nan", "negative", "word"]
)
def test_no_more_than_three_tries_and_no_long_wait(header: str, waits: int) -> None:
    """After three refusals, or when the wait is long, it is left to the outbox, in no doubt while nothing is posted."""
    discord = _Discord(*[_answer(429, retry_after=header)] * 4)

    error = _failure(discord)

    assert len(discord.slept) == waits
    assert all(0 <= wait_s <= 1 for wait_s in discord.slept)
    assert (error.permanent, error.in_doubt) == (False, False)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_webhook_that_is_gone_is_permanent(status: int) -> None:
    """A deleted webhook is told as such and not tried again."""
    error = _failure(_Discord(_answer(status, {"code": 10015, "message": "Unknown Webhook"})))

    assert error.permanent
    assert "the webhook is gone or its URL is wrong" in str(error)


def test_a_refused_message_is_permanent_and_shows_only_discord_s_code() -> None:
    """A 400 names Discord's error code; a redirect is not followed but refused alike."""
    refused = _failure(_Discord(_answer(400, {"code": 50035, "message": "t0ken"})))
    redirected = _failure(_Discord(_answer(302, location="https://evil.example")))

    assert refused.permanent
    assert "(400, code 50035)" in str(refused)
    assert redirected.permanent


@pytest.mark.parametrize(
    ("answer", "in_doubt"),
    [
        (_answer(500), True),
        (_answer(502), True),
        (Unreachable("timeout", taken=True), True),
        (Unreachable("no connection", taken=False), False),
    ],
)
def test_a_first_part_that_may_have_been_taken_is_in_doubt(answer: Answer | Unreachable, in_doubt: bool) -> None:
    """Only a connection that never stood leaves no doubt."""
    error = _failure(_Discord(answer))

    assert error.in_doubt is in_doubt
    assert not error.permanent


@pytest.mark.parametrize("answer", [Unreachable("no connection", taken=False), *[_answer(429, retry_after="999")]])
def test_once_a_part_is_posted_every_failure_that_passes_is_in_doubt(answer: Answer | Unreachable) -> None:
    """A retry of the whole would repeat the first part."""
    error = _failure(_Discord(_posted(1), answer))

    assert error.in_doubt
    assert "part 2 of 3 of digest 'd-1'" in str(error)


def test_without_a_webhook_it_waits_until_one_is_set() -> None:
    """An absent setting is no refusal: the delivery is tried again, and its reason names the setting."""
    with pytest.raises(DeliveryError, match="set DIGESTBOT_DISCORD_WEBHOOK_URL") as caught:
        asyncio.run(DiscordWebhookSender().send(DIGEST, Channel("discord_webhook"), "k"))

    assert not caught.value.permanent


@pytest.mark.parametrize(
    "url",
    [
        *("http://discord.com/api/webhooks/1/t0ken", "https://evil.example/api/webhooks/1/t0ken", "t0ken", " "),
        *("https://discord.com.evil.example/t0ken", "https://discord.com@evil.example/t0ken", "https://[t0ken"),
        *("https://discord.com:8443/t0ken", "file:///t0ken"),
    ],
)
def test_only_discord_itself_is_posted_to(url: str) -> None:
    """Any other scheme, host or port is refused before anything leaves, and the address is not repeated."""
    discord = _Discord()

    error = _failure(discord, Channel("discord_webhook", url))

    assert error.permanent
    assert not discord.posts


def test_over_the_wire_the_payload_is_json_and_redirects_stay_unfollowed() -> None:
    """The default post reaches a server, sends the payload, and treats a redirect as a refusal."""
    got: list[tuple[str, object]] = []

    async def hook(request: web.Request) -> web.Response:
        got.append((request.query_string, await request.json()))
        if len(got) > 3:
            raise web.HTTPFound("/elsewhere")
        return web.json_response({"id": str(len(got))})

    async def scenario() -> tuple[str, DeliveryError]:
        app = web.Application()
        app.router.add_post("/api/webhooks/1/t0ken", hook)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        channel = Channel("discord_webhook", f"http://127.0.0.1:{runner.addresses[0][1]}/api/webhooks/1/t0ken")
        sender = DiscordWebhookSender(hosts=["127.0.0.1"])
        reference = await sender.send(DIGEST, channel, "k")
        with pytest.raises(DeliveryError) as raised:
            await sender.send(DIGEST, channel, "k")
        await runner.cleanup()
        return reference, raised.value

    reference, error = asyncio.run(scenario())

    assert reference == "1,2,3"
    assert [body for _, body in got[:3]] == list(digest_messages(DIGEST))
    assert got[0][0] == "wait=true"
    assert error.permanent


def test_a_server_that_hangs_up_leaves_doubt_and_one_that_is_not_there_none() -> None:
    """The default post tells a lost answer from a connection that never stood, without naming the address."""

    async def scenario() -> tuple[DeliveryError, DeliveryError]:
        async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        channel = Channel("discord_webhook", f"http://127.0.0.1:{port}/t0ken")
        sender = DiscordWebhookSender(hosts=["127.0.0.1"])
        with pytest.raises(DeliveryError) as lost:
            await sender.send(DIGEST, channel, "k")
        server.close()
        await server.wait_closed()
        with pytest.raises(DeliveryError) as absent:
            await sender.send(DIGEST, channel, "k")
        return lost.value, absent.value

    lost, absent = asyncio.run(scenario())

    assert lost.in_doubt
    assert not absent.in_doubt
    assert "t0ken" not in f"{lost}{absent}"
