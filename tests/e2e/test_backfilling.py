"""`digestbot backfill` as a process: killed and called again, on Ray, and from arXiv by date; the ledger ends alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dumps import lines

from digestbot.adapters.ledger import sqlite_url
from digestbot.adapters.ray_batches import is_installed
from digestbot.sample.world import serve

pytestmark = pytest.mark.slow

NOW = "2026-05-01T00:00:00+00:00"
TABLES = {
    "items": "id, title, story, first_seen_at",
    "sightings": "item, feed, version, outcome, reason",
    "verdicts": "story, section, chapter, confidence, relevance, history",
    "stories": "id, lead",
    "links": "a, b, score",
    "documents": "id, title, date",
    "passages": "id, text, head, body",
    "vectors": "subject, space",
    "term_counts": "term, passages",
}


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump of two chunks."""
    file = tmp_path_factory.mktemp("dump") / "dump.jsonl"
    file.write_text("\n".join(lines(1_100)))
    return file


def command(home: Path, *words: object) -> tuple[list[str], dict[str, str]]:
    """Return the words of a call, and its environment."""
    quiet = {"DIGESTBOT_HOME": str(home), "DIGESTBOT_ALLOW_NETS": "127.0.0.0/8", "OMP_NUM_THREADS": "1"}
    words = ("backfill", "--now", NOW, "--json", *words)
    return [sys.executable, "-m", "digestbot", *map(str, words)], os.environ | quiet


def call(home: Path, *words: object) -> dict[str, Any]:
    """Call it and return what it tells."""
    told, env = command(home, *words)
    done = subprocess.run(told, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"status": done.returncode, "talk": done.stderr}


def rows(home: Path) -> dict[str, list[str]]:
    """Return what a backfill writes, in order, but for instants of the real clock."""
    engine = sa.create_engine(sqlite_url(home / "ledger.db"))
    with engine.connect() as connection:
        found = {
            name: sorted(str(tuple(row)) for row in connection.execute(sa.text(f"SELECT {columns} FROM {name}")))
            for name, columns in TABLES.items()
        }
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def whole(dump: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A data folder that the dump was loaded into at once, in one process, and what was told of it."""
    home = tmp_path_factory.mktemp("whole")
    return home, call(home, dump, "--workers", 0)


def test_a_dump_is_loaded_and_its_bad_lines_are_told(whole: tuple[Path, dict[str, Any]]) -> None:
    """Every good line is a paper with an outcome; the bad ones make the status 1 and are named."""
    _, told = whole

    assert told["new"] == 1_098
    assert told["outcomes"]["refused"] == 2
    assert told["outcomes"]["duplicate"] > 0
    assert told["status"] == 1
    assert "Refused line 8: it is not JSON." in told["talk"]
    assert "Refused line 1006: it is not JSON." in told["talk"]


def test_killed_and_called_again_it_ends_alike(dump: Path, whole: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """A kill -9 after the first chunk: what the next call adds makes the ledger of a call that was not killed."""
    told, env = command(tmp_path, dump, "--workers", 0)
    with subprocess.Popen(told, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not chunks_done(tmp_path):
            time.sleep(0.05)
        process.kill()

    again = call(tmp_path, dump, "--workers", 0)
    third = call(tmp_path, dump, "--workers", 0)

    assert 0 < again["new"] < 1_098
    assert third["new"] == 0
    assert rows(tmp_path) == rows(whole[0])


def chunks_done(home: Path) -> int:
    """Return how many chunks are recorded as done."""
    if not (home / "ledger.db").exists():
        return 0
    engine = sa.create_engine(sqlite_url(home / "ledger.db"))
    try:
        with engine.connect() as connection:
            query = "SELECT count(*) FROM steps WHERE step = 'backfill' AND input_hash <> 'begun'"
            return int(connection.execute(sa.text(query)).scalar_one())
    except sa.exc.OperationalError:
        return 0  # it is only being made
    finally:
        engine.dispose()


@pytest.mark.skipif(not is_installed(), reason="Ray is not installed: pip install digestbot[ray]")
def test_on_ray_it_ends_alike(dump: Path, whole: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """Two processes of Ray prepare and compare; the ledger is that of one process, to the last row."""
    told = call(tmp_path, dump, "--workers", 2)

    assert told["outcomes"] == whole[1]["outcomes"]
    assert rows(tmp_path) == rows(whole[0])


def test_days_are_asked_of_arxiv_where_the_feeds_say(tmp_path: Path) -> None:
    """The papers of a span come from the arXiv feeds' address, and the next run's feeds know them."""
    with serve() as sample:
        (tmp_path / "feeds.yaml").write_text(sample.feeds_yaml)
        days = ("--since", "2026-04-08", "--until", "2026-04-10", "--workers", 0)
        first, again = call(tmp_path, *days), call(tmp_path, *days)

    assert first["new"] >= 10
    assert first["status"] == again["status"] == 0
    assert again["new"] == 0
    assert again["outcomes"]["known"] >= first["new"]


def test_without_days_there_is_nothing_to_ask(tmp_path: Path) -> None:
    """It says what to name, and that the youngest papers are the feeds'."""
    told, env = command(tmp_path)

    done = subprocess.run(told, env=env, capture_output=True, text=True, timeout=100, check=False)

    assert done.returncode == 2
    assert "name --since" in done.stderr
