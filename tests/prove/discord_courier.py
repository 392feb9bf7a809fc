"""A worker on an outbox for Discord: posts what is due until nothing is left, and tells what that took.

python discord_courier.py DATABASE PORT CERTIFICATE PER-SECOND AT-ONCE
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from discord_wire.server import TOKEN, connector, trusting
from fakes import NOW, silent

from digestbot.adapters.discord_chat import DiscordChatSender
from digestbot.adapters.ledger import Ledger
from digestbot.pipeline.deliver import deliver
from digestbot.ports import Route
from digestbot.processes import me


def main(database: str, port: str, certificate: str, per_second: str, at_once: str) -> None:
    """Work until every delivery is settled."""
    ledger, trusted = Ledger(database), trusting(Path(certificate).read_text())
    sender = DiscordChatSender(TOKEN, None, lambda: connector(int(port), trusted), float(per_second))
    routes = {sender.kind: Route(sender, at_once=int(at_once))}
    begun, busy = time.perf_counter(), time.process_time()
    now = NOW
    while ledger.outbox.deliveries(states=["pending", "sending"], limit=1):
        asyncio.run(deliver(ledger.outbox, routes, me(), now, lambda: datetime.now(UTC), silent))
        now += timedelta(hours=1)  # what was put off for minutes is due at once
        time.sleep(0.05)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = {"seconds": time.perf_counter() - begun, "processor_s": time.process_time() - busy, "peak_mb": peak_mb}
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
