"""Workers as operators run them, killed at random beside each other on one PostgreSQL: nothing is sent twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import Envelope, Session
from test_outbox_kills import _Mailbox, fill, in_hand, serving, states

from digestbot.adapters.ledger import Ledger
from digestbot.domain import Channel

pytestmark = pytest.mark.prove

DELIVERIES, KILLS, WORKERS = 400, 10, 3
SEED = 20260414
LONGEST_S = 420


class Slow(_Mailbox):
    """A mail server that takes so long that workers are killed in the middle of their work."""

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        """Take a while before the mail is remembered."""
        await asyncio.sleep(0.1)
        return await super().handle_DATA(server, session, envelope)


def start(home: Path, database: str, smtp: str) -> subprocess.Popen[bytes]:
    """Start a worker with a data folder of its own, as on a machine of its own."""
    home.mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "HOME": str(home),
        "DIGESTBOT_HOME": str(home),
        "DIGESTBOT_DATABASE_URL": database,
        "DIGESTBOT_SMTP_URL": smtp,
        "DIGESTBOT_LOG": "json",
    }
    return subprocess.Popen([sys.executable, "-m", "digestbot", "worker"], env=environment, cwd=home)


def test_workers_that_are_killed_send_nothing_twice(
    tmp_path: Path, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each mail arrives once or is in doubt, at most one a kill; files wait for a server, and workers are seen."""
    mailbox, chance, kills, until = Slow(), random.Random(SEED), 0, time.monotonic() + LONGEST_S
    mails = [Channel("smtp", f"reader{n}@example.com") for n in range(DELIVERIES)]
    fill(postgres_url, [*mails, Channel("file", str(tmp_path / "files"))])
    ledger, seen = Ledger(postgres_url), 0

    def left() -> int:
        return sum(row["kind"] == "smtp" for row in ledger.outbox.deliveries(states=["pending", "sending"]))

    with serving(mailbox) as smtp:
        workers = [start(tmp_path / str(n), postgres_url, smtp) for n in range(WORKERS)]
        while left() and time.monotonic() < until:
            time.sleep(chance.uniform(0.02, 0.3))
            seen = max(seen, len(ledger.leases.living(datetime.now(UTC))))
            at = chance.randrange(WORKERS)
            if kills < KILLS and in_hand(ledger, workers[at]):
                workers[at].send_signal(signal.SIGKILL)
                workers[at].wait()
                workers[at] = start(tmp_path / str(at), postgres_url, smtp)
                kills += 1
        for worker in workers:
            worker.terminate()
        ended = [worker.wait(timeout=60) for worker in workers]

    files = [row["state"] for row in ledger.outbox.deliveries() if row["kind"] == "file"]
    living = ledger.leases.living(datetime.now(UTC))
    ledger.close()
    times, found = Counter(reader for reader, _ in mailbox.received), states(postgres_url)
    with capsys.disabled():
        sys.stdout.write(f"\n{kills} kills of {WORKERS} workers, {len(times)} readers reached, {dict(found)}")
    assert kills == KILLS
    assert set(times.values()) == {1}
    assert found["sent"] + found["in_doubt"] == DELIVERIES
    assert found["in_doubt"] <= kills
    assert len(times) + found["in_doubt"] >= DELIVERIES
    assert files == ["pending"]
    assert seen >= 2
    assert (ended, living) == ([0] * WORKERS, [])
