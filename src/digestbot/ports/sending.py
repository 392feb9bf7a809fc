"""How digests are sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from digestbot.domain import Channel, ChannelKind, Digest


class Sender(Protocol):
    """Sends digests over one kind of channel."""

    @property
    def kind(self) -> ChannelKind:
        """The kind of channel it serves."""
        ...

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Send and return the channel's own reference; `key` is the same at every try of this digest and channel.

        Raises DeliveryError: `permanent` when a retry cannot help, `in_doubt` when it may have been taken.
        """
        ...

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        """Return the reference of an earlier send, "" if there was none, None if this channel cannot be asked."""
        ...

    def close(self) -> None:
        """Let go of what is kept between sends, such as a connection; a later send opens it anew."""
        ...


@dataclass(frozen=True)
class Route:
    """A sender, and where it sends what is for a channel without an address of its own.

    Secret addresses and those that depend on the machine stand here, out of the ledger. `resend` sends what may have
    arrived once more, under the same key, where the channel cannot be asked. `at_once` sends so many at the same time:
    more than one only where the sender can tell after a crash what arrived.
    """

    sender: Sender
    address: str = ""
    resend: bool = False
    at_once: int = 1
