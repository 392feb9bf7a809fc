"""Shows a digest in the terminal."""

from __future__ import annotations

from collections.abc import Callable

from digestbot.domain import Channel, ChannelKind, Digest
from digestbot.errors import DeliveryError
from digestbot.render.text import digest_text


class TerminalSender:
    """A Sender that writes to whatever it is given, standard output as a rule; what it showed cannot be found again."""

    kind: ChannelKind = "terminal"

    def __init__(self, write: Callable[[str], object], width: int = 80, colour: bool = False) -> None:
        self._write = write
        self._width = width
        self._colour = colour

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Write the digest and return `terminal`."""
        try:
            self._write(digest_text(digest, self._width, self._colour))
        except (OSError, UnicodeError) as error:
            raise DeliveryError(f"cannot write digest {digest.id!r} to the terminal: {error}") from error
        return "terminal"

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        """Return "": what scrolled by cannot be found, and showing it again harms nobody."""
        return ""

    def close(self) -> None:
        """Keep nothing."""
