"""A worker on an outbox: sends what is due until nothing is left. Started and killed by test_outbox_kills."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime

from fakes import NOW, silent

from digestbot.adapters.ledger import Ledger
from digestbot.adapters.maildir_sender import MaildirSender
from digestbot.adapters.smtp_sender import SmtpSender
from digestbot.domain import Channel, ChannelKind, Digest
from digestbot.pipeline.deliver import deliver
from digestbot.ports import Route
from digestbot.processes import me

FROM = "digestbot <digest@example.org>"
PAUSE_S = 0.02
"""How long each mail takes here at least, so that a thousand of them last longer than fifty kills."""


class SlowMaildir(MaildirSender):
    """A maildir on a slow disk."""

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Take a moment before and after."""
        await asyncio.sleep(PAUSE_S / 2)
        reference = await super().send(digest, channel, key)
        await asyncio.sleep(PAUSE_S / 2)
        return reference


def main(database: str, smtp: str, resend: str) -> None:
    """Work until every delivery is settled."""
    ledger = Ledger(database)
    routes: dict[ChannelKind, Route] = {
        "maildir": Route(SlowMaildir(FROM)),
        "smtp": Route(SmtpSender(smtp, FROM), resend=resend == "resend"),
    }
    while ledger.outbox.deliveries(states=["pending", "sending"], limit=1):
        asyncio.run(deliver(ledger.outbox, routes, me(), NOW, lambda: datetime.now(UTC), silent))
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
