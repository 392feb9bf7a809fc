"""The proof that deliveries survive their workers: killed at random, everything arrives, and nothing twice."""

from __future__ import annotations

import asyncio
import email
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import Envelope, Session
from fakes import digest

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.domain import Channel, StoryId

pytestmark = pytest.mark.prove

DELIVERIES = 1_000
KILLS = 50
WORKERS = 2
SEED = 20260413
LONGEST_S = 600
PAUSE_S = 0.02
"""How long the mail server takes for a mail, half of it after it has remembered it."""
COURIER = Path(__file__).with_name("courier.py")


def fill(database: str, channels: list[Channel]) -> None:
    """Record one digest on its way over every channel."""
    ledger = Ledger(database)
    keys = {f"key-{number:04}": channel for number, channel in enumerate(channels)}
    ledger.publications.record_digests([(digest("d1"), [StoryId("s1")], keys)])
    ledger.close()


def states(database: str) -> Counter[str]:
    """Count the outbox by state."""
    ledger = Ledger(database)
    found = Counter(str(row["state"]) for row in ledger.outbox.deliveries())
    ledger.close()
    return found


def start(database: str, smtp: str, policy: str) -> subprocess.Popen[bytes]:
    """Start a worker."""
    paths = os.pathsep.join([str(COURIER.parent.parent), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, str(COURIER), database, smtp, policy],
        env=os.environ | {"PYTHONPATH": paths},
        stderr=subprocess.PIPE,
    )


def in_hand(ledger: Ledger, worker: subprocess.Popen[bytes]) -> bool:
    """Tell whether a worker has deliveries in hand."""
    rows = ledger.outbox.deliveries(states=["pending", "sending"])
    return any(f":{worker.pid}:" in str(row["owner"]) for row in rows)


def besiege(database: str, smtp: str = "smtp+plain://127.0.0.1:1", policy: str = "hold") -> int:
    """Keep two workers at work and kill one of them at random fifty times, each while it had deliveries in hand.

    Then let them finish, and return the kills. A worker is stopped before it is looked at, so that it stays as it was.
    """
    chance, kills, until = random.Random(SEED), 0, time.monotonic() + LONGEST_S
    ledger = Ledger(database)
    workers = [start(database, smtp, policy) for _ in range(WORKERS)]
    while kills < KILLS and time.monotonic() < until and ledger.outbox.deliveries(states=["pending"], limit=1):
        time.sleep(chance.uniform(0.02, 0.3))
        at = chance.randrange(WORKERS)
        workers[at].send_signal(signal.SIGSTOP)
        if workers[at].poll() is None and in_hand(ledger, workers[at]):
            workers[at].send_signal(signal.SIGKILL)
            workers[at].communicate()
            workers[at] = start(database, smtp, policy)
            kills += 1
        else:
            workers[at].send_signal(signal.SIGCONT)
    ledger.close()
    for worker in workers:
        _, talk = worker.communicate(timeout=LONGEST_S)
        assert worker.returncode == 0, talk.decode()[-2000:]
    return kills


class _Mailbox:
    """A mail server that takes its time and remembers who got what."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str]] = []

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(PAUSE_S / 2)
        message = email.message_from_bytes(envelope.content or b"")  # type: ignore[arg-type]  # bytes unless asked for
        self.received.append((envelope.rcpt_tos[0], str(message["Message-ID"])))
        await asyncio.sleep(PAUSE_S / 2)
        return "250 OK"


@contextmanager
def serving(mailbox: _Mailbox) -> Iterator[str]:
    """Give the URL of a mail server on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp+plain://127.0.0.1:{port}"
    finally:
        controller.stop()


def test_every_maildir_has_its_mail_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A thousand deliveries by two workers, one of them killed fifty times: a thousand mails, none of them twice."""
    database = sqlite_url(tmp_path / "ledger.db")
    fill(database, [Channel("maildir", str(tmp_path / "mail" / str(n))) for n in range(DELIVERIES)])

    kills = besiege(database)

    mails = Counter(path.parent.parent.name for path in (tmp_path / "mail").glob("*/new/*"))
    with capsys.disabled():
        sys.stdout.write(
            f"\n{kills} kills, {sum(mails.values())} mails in {len(mails)} maildirs, {dict(states(database))}"
        )
    assert kills == KILLS
    assert mails == Counter({str(n): 1 for n in range(DELIVERIES)})
    assert states(database) == {"sent": DELIVERIES}


@pytest.mark.parametrize("policy", ["hold", "resend"])
def test_over_smtp_nothing_is_lost_and_a_doubt_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], policy: str
) -> None:
    """Each mail arrives or is in doubt, at most one a kill; sent again it has the Message-ID that it had."""
    database, mailbox = sqlite_url(tmp_path / "ledger.db"), _Mailbox()
    fill(database, [Channel("smtp", f"reader{n}@example.com") for n in range(DELIVERIES)])

    with serving(mailbox) as url:
        kills = besiege(database, url, policy)

    by_reader: dict[str, list[str]] = {}
    for reader, message_id in mailbox.received:
        by_reader.setdefault(reader, []).append(message_id)
    ended, twice = states(database), sum(len(ids) - 1 for ids in by_reader.values())
    with capsys.disabled():
        sys.stdout.write(f"\n{policy}: {kills} kills, {len(by_reader)} readers reached, {twice} twice, {dict(ended)}")
    assert kills == KILLS
    assert all(len(set(ids)) == 1 for ids in by_reader.values())
    assert ended["sent"] + ended["in_doubt"] == DELIVERIES
    assert ended["in_doubt"] <= (kills if policy == "hold" else 0)
    assert twice <= (0 if policy == "hold" else kills)
    assert len(by_reader) + ended["in_doubt"] >= DELIVERIES
