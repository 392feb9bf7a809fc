"""A digest of 40 stories for 500 channels in 100 Discord servers, through discord.py as it is.

Against the tests' double of Discord on loopback, in another process than the worker: each request takes as long as
over the internet, 50 a second are let through and five messages in five seconds to a channel. The second pass begins
every message with a storm of refusals. Prints what arrived, in which order, and what it took.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import digests  # noqa: E402  # the tests' own, after their folder is known
from discord_wire.server import Discord, Fault, Pace, certificate_pem, contents, served  # noqa: E402
from fakes import NOW  # noqa: E402

from digestbot.adapters.ledger import Ledger, sqlite_url  # noqa: E402
from digestbot.domain import Channel, StoryId  # noqa: E402
from digestbot.render.discord_post import digest_post, part_of  # noqa: E402

STORIES = 40
COURIER = ROOT / "tests" / "prove" / "discord_courier.py"


@dataclass(frozen=True)
class Passed:
    """What came of a pass."""

    name: str
    right: int
    messages: int
    refusals: int
    states: str
    seconds: float
    processor_s: float
    peak_mb: float


def main() -> None:
    """Print a row for each pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=500)
    parser.add_argument("--guilds", type=int, default=100)
    parser.add_argument("--latency", type=float, default=0.1, metavar="SECONDS")
    parser.add_argument("--at-once", type=int, default=40)
    parser.add_argument("--per-second", type=float, default=40)
    options = parser.parse_args()
    print(f"{'':<8}{'whole, in order':>16}{'messages':>10}{'429s':>7}{'s':>8}{'cpu s':>8}{'RSS MB':>8}  outbox")
    for name, storm in (("calm", 0), ("storm", options.channels)):
        row = deliver(options, name, storm)
        print(
            f"{row.name:<8}{row.right:>16}{row.messages:>10}{row.refusals:>7}{row.seconds:>8.1f}"
            f"{row.processor_s:>8.1f}{row.peak_mb:>8.0f}  {row.states}"
        )


def deliver(options: argparse.Namespace, name: str, storm: int) -> Passed:
    """Deliver the digest everywhere and return what came of it; `storm` is how many messages are refused first."""
    with tempfile.TemporaryDirectory() as folder, served(pace=Pace()) as double:
        keys, database = filled(options, double, Path(folder)), sqlite_url(Path(folder, "ledger.db"))
        refusals = [
            Fault(kind, "POST .*/messages", times=storm // 2, retry_after_s=0.3) for kind in ("scoped", "global")
        ]
        slow = Fault("slow", times=10**9, wait_s=options.latency)
        double.faults = [*(refusals if storm else ()), slow]
        certificate = Path(folder, "cert.pem")
        certificate.write_text(certificate_pem())
        words = [database, str(double.port), str(certificate), str(options.per_second), str(options.at_once)]
        paths = os.pathsep.join([str(ROOT / "tests"), str(ROOT / "src")])
        environment = os.environ | {"PYTHONPATH": paths}
        done = subprocess.run(
            [sys.executable, str(COURIER), *words], env=environment, check=True, capture_output=True, text=True
        )
        found = {id: list(parts(double, id, key)) for id, key in keys.items()}
        wanted = list(range(1, len(digest_post(digests.long(STORIES), "k").messages) + 1))
        assert double.refused == [], double.refused[:3]
        ledger = Ledger(database)
        states = Counter(str(row["state"]) for row in ledger.outbox.deliveries())
        ledger.close()
        right = sum(numbers == wanted for numbers in found.values())
        messages = sum(map(len, found.values()))
        return Passed(name, right, messages, double.statuses[429], str(dict(states)), **json.loads(done.stdout))


def filled(options: argparse.Namespace, double: Discord, folder: Path) -> dict[str, str]:
    """Make the servers and channels, record the digest for each, and return the keys by the channels' ids."""
    guilds = [double.world.guild(f"guild {n}") for n in range(options.guilds)]
    places = [double.world.channel(guilds[n % len(guilds)], f"papers-{n}") for n in range(options.channels)]
    keys = {place["id"]: f"key-{n:04}" for n, place in enumerate(places)}
    ledger = Ledger(sqlite_url(folder / "ledger.db"))
    digest = replace(digests.long(STORIES), created_at=NOW)
    channels = {key: Channel("discord", id) for id, key in keys.items()}
    ledger.publications.record_digests([(digest, [StoryId("s1")], channels)])
    ledger.close()
    return keys


def parts(double: Discord, id: str, key: str) -> Iterator[int | None]:
    """Yield the numbers of a channel's messages in order of posting, then those of its thread."""
    for place in (id, *(one["id"] for one in double.world.channels.values() if one.get("parent_id") == id)):
        yield from (part_of(message["content"], key) for message in contents(double, place))


if __name__ == "__main__":
    main()
