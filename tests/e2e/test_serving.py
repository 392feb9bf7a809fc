"""`digestbot tick` and `serve` as processes: what is due is done, and being stopped loses nothing."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import hostile
import httpx
import pytest

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.domain import FeedId

pytestmark = pytest.mark.slow

GOOD, GONE = FeedId("wrong-charset"), FeedId("says-410")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data folder whose feeds are one that is read and one that is gone."""
    with hostile.serve() as addresses:
        rows = [{"id": name, "kind": "feed", "url": addresses[name]} for name in (GOOD, GONE)]
        (tmp_path / "feeds.yaml").write_text(json.dumps({"feeds": rows}))
        yield tmp_path


def start(home: Path, *words: str, **own: str) -> subprocess.Popen[str]:
    """Start a command."""
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "DIGESTBOT_HOME": str(home)}
    return subprocess.Popen(
        [sys.executable, "-m", "digestbot", *words],
        env=env | {"DIGESTBOT_ALLOW_NETS": "127.0.0.0/8"} | own,
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def tick(home: Path, now: str) -> dict[str, Any]:
    """Tick once and return the report."""
    process = start(home, "tick", "--now", now, "--json")
    answer: dict[str, Any] = json.loads(process.communicate(timeout=120)[0])
    return answer


def test_a_tick_asks_whose_time_has_come(home: Path) -> None:
    """Every feed at first, none right after, the one that is not gone a day later; a digest once a day."""
    reports = [
        tick(home, now)
        for now in ("2026-04-12T18:00:00+00:00", "2026-04-12T18:00:30+00:00", "2026-04-13T18:30:00+00:00")
    ]

    assert [{feed["id"] for feed in report["feeds"]} for report in reports] == [{GOOD, GONE}, set(), {GOOD}]
    assert [len(report["digests"]) for report in reports] == [1, 0, 0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_stopped_ends_its_tick(home: Path, number: signal.Signals) -> None:
    """It ticks at once and, asked to stop meanwhile, ends what it began: nothing is left claimed or half done."""
    process = start(home, "serve", DIGESTBOT_NOW="2026-04-12T18:00:00+00:00", DIGESTBOT_LOG="json")
    assert process.stderr
    told = [process.stderr.readline() for _ in range(2)]  # that it leads, and that its first tick is under way
    process.send_signal(number)
    told += process.communicate(timeout=120)[1].splitlines()

    ledger = Ledger(sqlite_url(home / "ledger.db"))
    states = ledger.intake.states()
    waiting = [row["state"] for row in ledger.outbox.deliveries()]
    ledger.close()
    log = [json.loads(line) for line in told]
    assert process.returncode == 0
    assert [line["event"] for line in log[:3]] == ["leading", "started", "stopping"]
    assert [line["event"] for line in log[-3:]] == ["tick", "alert raised", "stopped"]
    assert "feed says-410 was given up" in log[-2]["note"]
    (failed,) = (line for line in log if line["event"] == "feed failed")
    assert failed["feed"] == GONE
    assert failed["reason"].startswith("http-410")
    assert [line["outcome"] for line in log if line["event"] == "item"]
    assert [line["state"] for line in log if line["event"] == "delivery"] == ["sent", "sent"]
    assert (log[-3]["feeds"], log[-3]["failed"]) == (2, [GONE])
    assert states[GONE].paused_why == "gone"
    assert states[GOOD].next_check_at
    assert waiting == ["sent", "sent"]


def test_a_server_answers_monitoring_and_readers(home: Path) -> None:
    """Pages and monitoring stand on their own ports beside the ticks, and go with the process."""
    ports = [free_port(), free_port()]
    pages, monitoring = (f"127.0.0.1:{port}" for port in ports)
    process = start(
        home,
        "serve",
        DIGESTBOT_WEB_LISTEN=pages,
        DIGESTBOT_WATCH_LISTEN=monitoring,
        DIGESTBOT_PUBLIC_URL=f"http://{pages}",
        DIGESTBOT_SIGN_UP="open",
    )
    assert process.stderr
    while "started" not in process.stderr.readline():
        pass

    answers = [
        httpx.get(f"http://{pages}/subscribe"),
        *(httpx.get(f"http://{monitoring}{path}") for path in ("/healthz", "/readyz", "/metrics")),
    ]
    process.terminate()
    process.communicate(timeout=120)

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200]
    assert "digestbot_feeds{" in answers[3].text
    assert process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_leaves_no_process_behind(home: Path, number: signal.Signals) -> None:
    """Whoever answers questions ends with the server, whether that one is asked to stop or dies on the spot."""
    listen = f"127.0.0.1:{free_port()}"
    process = start(
        home,
        "serve",
        DIGESTBOT_LOG="json",
        DIGESTBOT_WEB_LISTEN=listen,
        DIGESTBOT_PUBLIC_URL=f"http://{listen}",
    )
    assert process.stderr
    until(process.stderr, "tick")
    page = httpx.post(f"http://{listen}/explain", data={"question": "speculative decoding"}, timeout=60)
    children = {pid: os.pidfd_open(pid) for pid in children_of(process.pid)}
    process.send_signal(number)
    process.communicate(timeout=120)
    left = [pid for pid, end in children.items() if not select.select([end], [], [], 30)[0]]
    for end in children.values():
        os.close(end)

    assert page.status_code == 200
    assert children
    assert left == []


def children_of(parent: int) -> list[int]:
    """Return the processes that a process has started and that live."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            state, ppid, *_ = file.read_text().rpartition(")")[2].split()
            if int(ppid) == parent and state != "Z":
                found.append(int(file.parent.name))
    return found


def test_a_port_that_is_taken_is_told_at_the_start(home: Path) -> None:
    """A server that could not be watched does not run as if it were."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(home, "serve", DIGESTBOT_WATCH_LISTEN=f"127.0.0.1:{taken.getsockname()[1]}")
        told = process.communicate(timeout=120)[1]

    assert process.returncode == 2
    assert "is another program there?" in told


def test_a_changed_file_is_taken_or_refused_by_a_running_server(home: Path) -> None:
    """On SIGHUP what changed is told at once; a mistake is refused, and the server goes on and stops as ever."""
    process = start(home, "serve", DIGESTBOT_NOW="2026-04-12T18:00:00+00:00", DIGESTBOT_LOG="json")
    assert process.stderr
    until(process.stderr, "tick")
    (home / "settings.toml").write_text("full_texts = 3\nwatch_listen = '127.0.0.1:9'\n")
    (home / "feeds.yaml").write_text("feeds: 3\n")
    process.send_signal(signal.SIGHUP)
    told = [until(process.stderr, event) for event in ("reloaded", "restart needed", "refused")]
    raised = [until(process.stderr, "alert raised")["note"] for _ in range(2)]
    process.terminate()
    process.communicate(timeout=120)

    assert [line.get("settings") for line in told] == [["DIGESTBOT_FULL_TEXTS"], ["DIGESTBOT_WATCH_LISTEN"], None]
    assert [told[2]["part"], process.returncode] == ["feeds", 0]
    assert any("the feeds that stand now are refused" in note for note in raised)
    assert any("not in force: DIGESTBOT_WATCH_LISTEN" in note for note in raised)


def test_a_ledger_that_is_moved_away_is_not_replaced(home: Path) -> None:
    """A server tells that it is gone and makes no empty one; when it is back, the operators hear of that as well."""
    operators = f"file:{home / 'operators'}"
    process = start(
        home, "serve", DIGESTBOT_OPERATORS=operators, DIGESTBOT_NOW="2026-04-12T18:00:00+00:00", DIGESTBOT_LOG="json"
    )
    assert process.stderr
    until(process.stderr, "alert raised")
    until(process.stderr, "delivery")
    away = [home / f"ledger.db{end}" for end in ("", "-wal", "-shm") if (home / f"ledger.db{end}").exists()]
    for file in away:
        file.rename(file.with_name(f"moved-{file.name}"))
    process.send_signal(signal.SIGHUP)
    failed = until(process.stderr, "ledger away")
    made = (home / "ledger.db").exists()
    for file in away:
        file.with_name(f"moved-{file.name}").rename(file)
    process.send_signal(signal.SIGHUP)
    until(process.stderr, "delivery")
    process.terminate()
    process.communicate(timeout=120)

    told = sorted(file.read_text() for file in (home / "operators").glob("*.md"))
    assert "unable to open database file" in failed["reason"]
    assert not made
    assert sum("unable to open database file" in text and "Wants looking at" in text for text in told) == 1
    assert sum("unable to open database file" in text and "Over" in text for text in told) == 1


def until(stream: IO[str], event: str) -> dict[str, Any]:
    """Read the log up to an event and return its line."""
    for text in stream:
        line: dict[str, Any] = json.loads(text)
        if line["event"] == event:
            return line
    raise AssertionError(f"the server ended before {event!r}")


def test_a_worker_outlives_a_hang_up(home: Path) -> None:
    """What takes files anew in a server ends no send of a worker; it stops when it is asked to."""
    process = start(home, "worker", DIGESTBOT_LOG="json")
    assert process.stderr
    until(process.stderr, "started")
    process.send_signal(signal.SIGHUP)
    process.terminate()
    told = process.communicate(timeout=120)[1]

    assert process.returncode == 0
    assert "stopped" in told
