"""Posts a digest as signed JSON to an address of the reader's own (Standard Webhooks 1.0).

`webhook-id` is the same at every try, so that a receiver can leave out what it has; the address is a secret and stands
in no error.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

from digestbot.domain import Channel, ChannelKind, Digest
from digestbot.errors import ConfigError, DeliveryError
from digestbot.wire.addresses import Network, is_allowed

TIMEOUT_S = 15.0

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[int]]
"""Posts a body with headers and returns the status, redirects not followed; raises DeliveryError."""


class WebhookSender:
    """A Sender whose channel address is a URL; it cannot be asked what it has taken."""

    kind: ChannelKind = "webhook"

    def __init__(
        self,
        secret: str = "",
        post: Post | None = None,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        allow_nets: Sequence[Network] = (),
    ) -> None:
        """Take the secret that signs, none for unsigned posts, the clock that dates them, and private nets to reach.

        Raises ConfigError for a secret that begins with `whsec_` and is not Base64 from there on.
        """
        self._key = signing_key(secret)
        self._post = post or partial(_post, allow_nets)
        self._wall = wall

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Post the digest and return its `webhook-id`."""
        values = {"type": "digest", "timestamp": digest.created_at.isoformat(), "data": asdict(digest)}
        body = json.dumps(values, ensure_ascii=False, default=str).encode()
        status = await self._post(channel.address, self.headers(key, body), body)
        if 200 <= status < 300:
            return key
        text = f"the webhook answered {status} to digest {digest.id!r}"
        permanent = 300 <= status < 500 and status not in (408, 425, 429)
        # 410 Gone is how a receiver says that it wants no more (Standard Webhooks).
        raise DeliveryError(text, permanent=permanent, nobody=status == 410)

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        """Return None."""
        return None

    def close(self) -> None:
        """Keep nothing."""

    def headers(self, key: str, body: bytes) -> dict[str, str]:
        """Return the headers of a post, with its signature where there is a secret."""
        stamp = str(int(self._wall().timestamp()))
        found = {"Content-Type": "application/json", "webhook-id": key, "webhook-timestamp": stamp}
        if self._key:
            signed = hmac.new(self._key, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
            found["webhook-signature"] = f"v1,{base64.b64encode(signed).decode()}"
        return found


def signing_key(secret: str) -> bytes:
    """Return the bytes that sign: what `whsec_` is followed by is Base64 (Standard Webhooks), other text is itself.

    Raises ConfigError where it is not.
    """
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        raise ConfigError("DIGESTBOT_WEBHOOK_SECRET begins with whsec_, and what follows is not Base64") from None


def _make_socket(allow_nets: Sequence[Network], refused: list[str], info: Any) -> socket.socket:
    """Make the socket for an address after it was resolved: no way of writing a host gets around this."""
    family, kind, protocol, _, address = info
    if not is_allowed(str(address[0]), allow_nets):
        # aiohttp tries a name's next address, and tells only the last failure or a mixture: so it is noted here.
        refused.append(str(address[0]))
        raise OSError("not a public address")
    made = socket.socket(family, kind, protocol)
    made.setblocking(False)
    return made


async def _post(allow_nets: Sequence[Network], url: str, headers: Mapping[str, str], body: bytes) -> int:
    # Late: aiohttp takes a while to import, and most runs post nothing.
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    refused: list[str] = []
    connector = aiohttp.TCPConnector(socket_factory=partial(_make_socket, allow_nets, refused))
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False, connector=connector) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as response,
        ):
            return response.status
    # aiohttp's own words may hold the address, so only the kind of failure is passed on.
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        if refused:
            text = "the webhook is at an address that is not public; see DIGESTBOT_ALLOW_NETS"
            raise DeliveryError(text, permanent=True) from None
        raise DeliveryError(f"no connection to the webhook ({type(error).__name__})") from None
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        text = f"no answer from the webhook ({type(error).__name__}); it may have taken the digest"
        raise DeliveryError(text, in_doubt=True) from None
