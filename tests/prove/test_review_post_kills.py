"""The proof that a proposal stands once in every reviewers' channel: the bot is killed at random moments."""

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

import pytest
from discord_wire.server import Discord, Fault, certificate_pem, contents, served
from discord_wire.state import Json, World
from fakes import NOW
from reviewing import DOCUMENT, proposed

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.domain import Act, Guild

pytestmark = pytest.mark.prove

KILLS, GUILDS, PROPOSALS = 30, 4, 60
SEED = 20261122
LONGEST_S = 900
SLOW_S = 0.03
"""How long Discord takes for a request, half of it after it has done what was asked."""
BOT = Path(__file__).with_name("discord_reviewer.py")


def fill(home: Path, ledger: Ledger, double: Discord) -> list[Json]:
    """Record proposals and servers that want them; return the channels, in order of servers."""
    (home / "roadmaps").mkdir()
    (home / "roadmaps" / "map.md").write_text(DOCUMENT, encoding="utf-8")
    for n in range(PROPOSALS):
        ledger.publications.record_proposals([replace(proposed(f"p{n:07}"), subject=str(n))])
    found = []
    for n in range(GUILDS):
        guild = double.world.guild(f"g{n}")
        found.append(double.world.channel(guild, "reviews"))
        ledger.guilds.save(Guild(guild["id"], f"g{n}", review_channel=found[-1]["id"], joined_at=NOW))
    return found


def decide(ledger: Ledger, number: int) -> None:
    """Reject a proposal, as a terminal beside the bot does."""
    (one,) = ledger.reviews.proposal(f"p{number:07}")
    after = replace(one, state="rejected", decided_at=NOW, decided_by="ada", steps=one.steps + 1)
    ledger.reviews.advance(after, Act(one.id, after.steps, NOW, "ada", "reject", "rejected"))


def start(home: Path, double: Discord, certificate: Path, guilds: str) -> subprocess.Popen[bytes]:
    """Start a bot."""
    paths = os.pathsep.join([str(BOT.parent.parent), str(BOT.parent.parent / "bot"), os.environ.get("PYTHONPATH", "")])
    words = [str(home), str(double.port), str(certificate), guilds]
    environment = os.environ | {"PYTHONPATH": paths}
    return subprocess.Popen([sys.executable, str(BOT), *words], env=environment, stderr=subprocess.DEVNULL)


def posts(double: Discord) -> int:
    """Return how many messages were asked to be posted or edited."""
    return sum(request.startswith(("POST /channels", "PATCH /channels")) for request in double.requests)


def is_done(ledger: Ledger) -> bool:
    """Tell whether every message stands where it should and shows what it should."""
    found = ledger.review_posts.all()
    states = {one.id: one.state for one in ledger.reviews.proposals()}
    waiting = Counter(post.proposal for post in found if states[post.proposal] == "open")
    shown = [post.shown.startswith(states[post.proposal]) for post in found if post.state == "sent"]
    settled = all(shown) and all(post.state != "sending" for post in found)
    return settled and all(waiting[id] == GUILDS for id, state in states.items() if state == "open")


def test_every_proposal_stands_once_in_every_channel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sixty proposals for four servers, some decided meanwhile, by a Discord that forgets nonces at once."""
    certificate, chance, kills = tmp_path / "cert.pem", random.Random(SEED), 0
    certificate.write_text(certificate_pem())
    ledger = Ledger(sqlite_url(tmp_path / "ledger.db"))
    with served(world=World(nonce_s=0)) as double:
        double.faults = [Fault("slow", "/messages", times=10**9, wait_s=SLOW_S)]
        channels = fill(tmp_path, ledger, double)
        guilds = ",".join(channel["guild_id"] for channel in channels)
        until, bot = time.monotonic() + LONGEST_S, start(tmp_path, double, certificate, guilds)
        posted = 0
        while time.monotonic() < until and not (kills >= KILLS and is_done(ledger)):
            time.sleep(0.01 if kills < KILLS else 0.5)
            if kills < KILLS and posts(double) >= posted + 2:
                time.sleep(chance.uniform(0.0, 0.25))
                bot.send_signal(signal.SIGKILL)
                bot.wait()
                decide(ledger, kills)
                kills, posted = kills + 1, posts(double)
                bot = start(tmp_path, double, certificate, guilds)
        bot.kill()
        bot.wait()
        found = {channel["id"]: list(contents(double, channel["id"])) for channel in channels}

    titles = {id: Counter(message["embeds"][0]["footer"]["text"] for message in some) for id, some in found.items()}
    decided = {f"p{n:07} · 1" for n in range(KILLS)}
    open_ones = [
        message["embeds"][0]["footer"]["text"] for some in found.values() for message in some if message["components"]
    ]
    total = sum(map(len, found.values()))
    with capsys.disabled():
        sys.stdout.write(f"\n{kills} kills, {total} messages in {len(found)} channels, {len(open_ones)} open")
    assert kills == KILLS
    assert is_done(ledger)
    ledger.close()
    assert {count for counts in titles.values() for count in counts.values()} == {1}
    assert not set(open_ones) & decided
    assert len(open_ones) == GUILDS * (PROPOSALS - KILLS)
    assert double.refused == []
