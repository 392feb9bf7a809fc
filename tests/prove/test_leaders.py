"""Three servers on one PostgreSQL: one leads, and when it is killed another takes over; jobs are done once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any, TextIO

import hostile
import pytest

from digestbot.adapters.ledger import Ledger

pytestmark = pytest.mark.prove

TAKEN_OVER_S = 30.0


class Server:
    """A `digestbot serve`, and what it logged so far."""

    def __init__(self, home: Path, url: str) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),
            "HOME": str(home),
            "DIGESTBOT_HOME": str(home),
            "DIGESTBOT_DATABASE_URL": url,
            "DIGESTBOT_ALLOW_NETS": "127.0.0.0/8",
            "DIGESTBOT_LOG": "json",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "digestbot", "serve"], env=environment, cwd=home, stderr=subprocess.PIPE, text=True
        )
        self.lines: list[dict[str, Any]] = []
        self._queue: Queue[str] = Queue()
        assert self.process.stderr
        self._pumping = Thread(target=self._pump, args=(self.process.stderr,), daemon=True)
        self._pumping.start()

    def _pump(self, stream: TextIO) -> None:
        with stream:
            for line in stream:
                self._queue.put(line)

    def events(self) -> list[str]:
        """Return the names of everything logged so far."""
        while True:
            try:
                self.lines.append(json.loads(self._queue.get_nowait()))
            except Empty:
                return [line["event"] for line in self.lines]

    def kill(self, number: signal.Signals) -> None:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        self.process.wait(timeout=120)
        self._pumping.join(timeout=10)


@pytest.fixture
def servers(tmp_path: Path, postgres_url: str) -> Iterator[list[Server]]:
    """Three servers with a data folder each, as on three machines, and one ledger."""
    with hostile.serve() as addresses, ExitStack() as stack:
        rows = [{"id": "blog", "kind": "feed", "url": addresses["wrong-charset"]}]
        found = []
        for number in range(3):
            home = tmp_path / f"machine{number}"
            home.mkdir()
            (home / "feeds.yaml").write_text(json.dumps({"feeds": rows}))
            found.append(Server(home, postgres_url))
            stack.callback(found[-1].kill, signal.SIGKILL)
        yield found


def wait_for(servers: list[Server], event: str, patience_s: float) -> Server | None:
    """Return the first server that logs an event, None when nobody did in time."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        for server in servers:
            if event in server.events():
                return server
        time.sleep(0.1)
    return None


def test_another_takes_over_within_half_a_minute(servers: list[Server], postgres_url: str) -> None:
    """One of three leads; killed, it is followed by exactly one; what was read and sent, was read and sent once."""
    first = wait_for(servers, "leading", 120)
    assert first
    assert wait_for([first], "tick", 240)
    others = [server for server in servers if server is not first]
    assert not any("leading" in server.events() for server in others)

    first.kill(signal.SIGKILL)
    second = wait_for(others, "leading", TAKEN_OVER_S)

    assert second, f"nobody led within {TAKEN_OVER_S} s"
    assert wait_for([second], "tick", 240)
    time.sleep(2)
    last = next(server for server in others if server is not second)
    assert "leading" not in last.events()
    for server in others:
        server.kill(signal.SIGTERM)
    ledger = Ledger(postgres_url)
    digests = ledger.publications.digests(100)
    items = Counter(row["id"] for row in ledger.history.items("genai", limit=1000))
    ledger.close()
    assert len({digest.id for digest in digests}) == len(digests) <= 1
    assert items
    assert set(items.values()) == {1}
