"""Posts a digest to a Discord webhook. The webhook's URL is a secret: it is in no error, log or reference."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from digestbot.domain import Channel, ChannelKind, Digest
from digestbot.errors import DeliveryError
from digestbot.render.discord import digest_messages

TIMEOUT_S = 15.0
TRIES = 3
MAX_WAIT_S = 60.0
"""A longer Retry-After is left to the outbox, which waits without holding a worker."""

_HOSTS = frozenset({"discord.com", "discordapp.com", "canary.discord.com", "ptb.discord.com"})
_MAX_ANSWER_BYTES = 1_000_000


@dataclass(frozen=True)
class Answer:
    """What Discord answered. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unreachable(Exception):
    """No answer came; `taken` says that the request may have arrived all the same. Its text holds no URL."""

    def __init__(self, message: str, *, taken: bool) -> None:
        super().__init__(message)
        self.taken = taken


Post = Callable[[str, Mapping[str, object]], Awaitable[Answer]]
"""Posts JSON to an address and returns the answer, redirects not followed; raises Unreachable."""


class DiscordWebhookSender:
    """A Sender whose channel address is a webhook's URL; the reference is the messages' ids, with commas.

    A webhook cannot be asked what it has posted. `hosts` are further hosts to post to, over http too: for tests.
    """

    kind: ChannelKind = "discord_webhook"

    def __init__(
        self,
        post: Post | None = None,
        hosts: Collection[str] = (),
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._post = post or post_json
        self._hosts = frozenset(hosts)
        self._sleep = sleep

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Post the parts in order and return their message ids."""
        if not channel.address:
            raise DeliveryError("no Discord webhook is set up: set DIGESTBOT_DISCORD_WEBHOOK_URL")
        url = _endpoint(channel.address, self._hosts)
        messages = digest_messages(digest)
        ids: list[str] = []
        for number, message in enumerate(messages, 1):
            part = f"part {number} of {len(messages)} of digest {digest.id!r}"
            ids.append(await self._part(url, message, part, after_first=number > 1))
        return ",".join(ids)

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        """Return None."""
        return None

    def close(self) -> None:
        """Keep nothing."""

    async def _part(self, url: str, message: Mapping[str, object], part: str, *, after_first: bool) -> str:
        for attempt in range(1, TRIES + 1):
            try:
                answer = await self._post(url, message)
            except Unreachable as error:
                text = f"no answer from Discord to {part}: {error}"
                raise DeliveryError(text, in_doubt=after_first or error.taken) from None
            wait_s = _retry_after_s(answer)
            if answer.status != 429 or attempt == TRIES or wait_s > MAX_WAIT_S:
                break
            await self._sleep(wait_s)
        _check(answer, part, after_first)
        return _message_id(answer.body)


async def post_json(url: str, payload: Mapping[str, object]) -> Answer:
    """Post over a session of its own, without proxies or credentials from the environment; raises Unreachable."""
    # Late: aiohttp takes a while to import, and most runs post nothing.
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.post(url, json=payload, allow_redirects=False) as response,
        ):
            body = await response.content.read(_MAX_ANSWER_BYTES)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, headers, body)
    # aiohttp's own words may hold the address, so only the kind of failure is passed on.
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise Unreachable(f"no connection ({type(error).__name__})", taken=False) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unreachable(f"the connection failed ({type(error).__name__})", taken=True) from None


def _endpoint(url: str, hosts: frozenset[str]) -> str:
    """Return where to post, asking for an answer that names the message; raises DeliveryError for any other place."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or not (host in hosts or (host in _HOSTS and parts.scheme == "https" and parts.port in (None, 443))):
        text = "the Discord webhook's URL must begin with https://discord.com/api/webhooks/; copy it from the channel"
        raise DeliveryError(text, permanent=True)
    query = urlencode({**dict(parse_qsl(parts.query)), "wait": "true"})
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _check(answer: Answer, part: str, after_first: bool) -> None:
    """Raise DeliveryError unless the part was taken; in doubt where a retry could repeat what has been posted."""
    if answer.status in (200, 204):
        return
    if answer.status == 429:
        raise DeliveryError(f"Discord asks to slow down and did not take {part}", in_doubt=after_first)
    if answer.status in (401, 403, 404):
        text = f"Discord refused {part} ({answer.status}): the webhook is gone or its URL is wrong; make a new one"
        raise DeliveryError(text, permanent=True)
    if 300 <= answer.status < 500:
        raise DeliveryError(f"Discord refused {part} ({answer.status}{_reason(answer.body)})", permanent=True)
    raise DeliveryError(f"Discord failed on {part} ({answer.status}); it may have been posted", in_doubt=True)


def _reason(body: bytes) -> str:
    """Return Discord's error code, a number, since its words may repeat what was sent."""
    code = _json_field(body, "code")
    return f", code {code}" if isinstance(code, int) else ""


def _retry_after_s(answer: Answer) -> float:
    """Return how long Discord asks to wait, by the header or else the body; one second when it does not say."""
    given = answer.headers.get("retry-after") or _json_field(answer.body, "retry_after")
    try:
        wait_s = float(str(given))
    except ValueError:
        return 1.0
    return max(wait_s, 0.0) if math.isfinite(wait_s) else 1.0


def _message_id(body: bytes) -> str:
    found = _json_field(body, "id")
    return found if isinstance(found, str) and found.isdigit() else ""


def _json_field(body: bytes, name: str) -> object:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value.get(name) if isinstance(value, dict) else None
