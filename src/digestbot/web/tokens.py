"""Signed links: what a page may do, for whom and until when stands in its address and cannot be forged."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any, Literal

from itsdangerous import BadData, URLSafeSerializer

Purpose = Literal["confirm", "unsubscribe", "settings", "digest", "feed"]
_EXPIRES = "e"


class Tokens:
    """Signs and reads tokens; one made for a purpose is no token for another."""

    def __init__(self, secret: str) -> None:
        """Take what signs; whoever has it can act for every reader."""
        self._secret = secret

    def sign(self, purpose: Purpose, expires_at: datetime | None, **values: Any) -> str:
        """Return a token that holds these values, the same for the same ones; with None it never expires."""
        until = {_EXPIRES: int(expires_at.timestamp())} if expires_at else {}
        return str(self._serializer(purpose).dumps(values | until))

    def read(self, purpose: Purpose, token: str, now: datetime) -> dict[str, Any] | None:
        """Return what a token holds, None where it is forged, damaged or expired."""
        try:
            values = self._serializer(purpose).loads(token)
        except BadData:
            return None
        until = values.pop(_EXPIRES, None)
        return None if until is not None and now >= datetime.fromtimestamp(until, UTC) else dict(values)

    def name(self, text: str) -> str:
        """Return a name for a text that only we can make of it, so that the text itself need not be kept."""
        return hashlib.blake2b(text.encode(errors="replace"), key=self._key(), digest_size=16).hexdigest()

    def _key(self) -> bytes:
        return hashlib.sha256(self._secret.encode()).digest()

    def _serializer(self, purpose: Purpose) -> URLSafeSerializer:
        how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        return URLSafeSerializer(self._secret, salt=f"digestbot {purpose}", signer_kwargs=how)
