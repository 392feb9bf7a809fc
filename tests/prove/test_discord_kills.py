"""The proof that what the bot posts survives its worker: killed at random moments, each message stands there once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import digests
import pytest
from discord_wire.server import Discord, Fault, certificate_pem, contents, served
from discord_wire.state import FORUM, TEXT, World
from fakes import NOW

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.domain import Channel, Digest, StoryId
from digestbot.render.discord_post import digest_post, part_of

pytestmark = pytest.mark.prove

KILLS = 30
CHANNELS = 60
SEED = 20261122
LONGEST_S = 400
SLOW_S = 0.03
"""How long Discord takes for a request, half of it after it has done what was asked."""
COURIER = Path(__file__).with_name("discord_courier.py")


def fill(database: str, double: Discord, digest: Digest) -> dict[str, str]:
    """Record one digest on its way into channels, threads and forums; return the key of each by its channel's id."""
    world, guild = double.world, double.world.guild()
    found = {}
    for number in range(CHANNELS):
        place = world.channel(guild, f"c{number}", FORUM if number % 3 == 1 else TEXT)
        if number % 3 == 2:
            place = world.thread(place, world.post(place, {"content": "x"}, [])["id"], "talk")
        found[place["id"]] = f"key-{number:03}"
    ledger = Ledger(database)
    keys = {key: Channel("discord", id) for id, key in found.items()}
    ledger.publications.record_digests([(digest, [StoryId("s1")], keys)])
    ledger.close()
    return found


def start(database: str, double: Discord, certificate: Path) -> subprocess.Popen[bytes]:
    """Start a worker."""
    paths = os.pathsep.join([str(COURIER.parent.parent), os.environ.get("PYTHONPATH", "")])
    words = [database, str(double.port), str(certificate), "1000", "4"]
    environment = os.environ | {"PYTHONPATH": paths}
    return subprocess.Popen([sys.executable, str(COURIER), *words], env=environment, stderr=subprocess.PIPE)


def besiege(database: str, double: Discord, certificate: Path) -> int:
    """Kill the worker at random moments while it has deliveries in hand; then let it finish. Return the kills."""
    chance, kills, until = random.Random(SEED), 0, time.monotonic() + LONGEST_S
    ledger, worker = Ledger(database), start(database, double, certificate)
    posted = 0
    while kills < KILLS and time.monotonic() < until and worker.poll() is None:
        time.sleep(0.005)
        if len(double.requests) < posted + 4:  # it is still on its way to the first request of its life
            continue
        time.sleep(chance.uniform(0.0, 0.4))
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        kills, posted = kills + 1, len(double.requests)
        worker = start(database, double, certificate)
    ledger.close()
    _, talk = worker.communicate(timeout=LONGEST_S)
    assert worker.returncode == 0, talk.decode()[-2000:]
    return kills


def parts(double: Discord, id: str, key: str) -> list[int | None]:
    """Return the numbers of a delivery's messages in order of posting, those in threads after those before them."""
    threads = [one["id"] for one in double.world.channels.values() if one.get("parent_id") == id]
    messages = [message for place in (id, *threads) for message in contents(double, place)]
    return [part_of(message["content"], key) for message in messages if message["content"] != "x"]


def test_every_channel_has_each_message_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A long digest for sixty places, its worker killed thirty times, by a Discord that forgets nonces at once."""
    database, certificate = sqlite_url(tmp_path / "ledger.db"), tmp_path / "cert.pem"
    certificate.write_text(certificate_pem())
    digest = replace(digests.long(40), created_at=NOW)
    with served(world=World(nonce_s=0)) as double:
        double.faults = [Fault("slow", times=10**9, wait_s=SLOW_S)]
        keys = fill(database, double, digest)

        kills = besiege(database, double, certificate)

        found = {id: parts(double, id, key) for id, key in keys.items()}
    ledger = Ledger(database)
    states = Counter(str(row["state"]) for row in ledger.outbox.deliveries())
    ledger.close()
    wanted = list(range(1, len(digest_post(digest, "k").messages) + 1))
    with capsys.disabled():
        total = sum(map(len, found.values()))
        sys.stdout.write(f"\n{kills} kills, {total} messages in {len(found)} places, {dict(states)}")
    assert kills == KILLS
    assert states == {"sent": CHANNELS}
    assert [parts for parts in found.values() if parts != wanted] == []
    assert double.refused == []
