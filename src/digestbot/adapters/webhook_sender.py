"""Posts a digest as signed JSON to an address of the reader's own (Standard Webhooks 1.0).

`webhook-id` is the same at every try, so that a receiver can leave out what it has; the address is a secret and stands
in no error.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from digestbot.domain import Channel, ChannelKind, Digest
from digestbot.errors import DeliveryError

TIMEOUT_S = 15.0

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[int]]
"""Posts a body with headers and returns the status, redirects not followed; raises DeliveryError."""


class WebhookSender:
    """A Sender whose channel address is a URL; it cannot be asked what it has taken."""

    kind: ChannelKind = "webhook"

    def __init__(
        self, secret: str = "", post: Post | None = None, wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Take the secret that signs, none for unsigned posts, and the clock that dates them."""
        self._secret = secret
        self._post = post or _post
        self._wall = wall

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Post the digest and return its `webhook-id`."""
        values = {"type": "digest", "timestamp": digest.created_at.isoformat(), "data": asdict(digest)}
        body = json.dumps(values, ensure_ascii=False, default=str).encode()
        status = await self._post(channel.address, self.headers(key, body), body)
        if 200 <= status < 300:
            return key
        text = f"the webhook answered {status} to digest {digest.id!r}"
        raise DeliveryError(text, permanent=300 <= status < 500 and status not in (408, 425, 429))

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        """Return None."""
        return None

    def close(self) -> None:
        """Keep nothing."""

    def headers(self, key: str, body: bytes) -> dict[str, str]:
        """Return the headers of a post, with its signature where there is a secret."""
        stamp = str(int(self._wall().timestamp()))
        found = {"Content-Type": "application/json", "webhook-id": key, "webhook-timestamp": stamp}
        if self._secret:
            signed = hmac.new(self._secret.encode(), f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
            found["webhook-signature"] = f"v1,{base64.b64encode(signed).decode()}"
        return found


async def _post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    # Late: aiohttp takes a while to import, and most runs post nothing.
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as response,
        ):
            return response.status
    # aiohttp's own words may hold the address, so only the kind of failure is passed on.
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise DeliveryError(f"no connection to the webhook ({type(error).__name__})") from None
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        text = f"no answer from the webhook ({type(error).__name__}); it may have taken the digest"
        raise DeliveryError(text, in_doubt=True) from None
