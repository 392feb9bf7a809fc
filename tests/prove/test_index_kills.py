"""The proof that the ledger and its index agree whatever was killed: twenty kills in mid-write, then a run."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from indexing import SIZE, SPACE

from digestbot.adapters.index import ChromaIndex, ChromaStore
from digestbot.adapters.ledger import Ledger, sqlite_url

pytestmark = pytest.mark.prove

KILLS = 20
SEED = 20260412
LONGEST_S = 300
# What a child says before it writes, and the longest that the write takes, in seconds.
WRITES = {"add_keys": 0.1, "add_vectors": 0.02, "add": 0.3, "mark_indexed": 0.02, "record": 0.1}


def start(folder: Path, readings: int) -> subprocess.Popen[str]:
    """Start a child that ingests so many readings."""
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("indexing.py")), str(folder), str(readings)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(folder: Path, readings: int) -> None:
    """Ingest to the end."""
    child = start(folder, readings)
    _, talk = child.communicate(timeout=LONGEST_S)
    assert child.returncode == 0, talk


def kill_in(write: str, after_s: float, child: subprocess.Popen[str]) -> bool:
    """Kill a child so long after it began this kind of write; tell whether it was still there to be killed."""
    assert child.stdout is not None
    for line in child.stdout:
        if line.strip() == write:
            break
    threading.Event().wait(after_s)
    alive = child.poll() is None
    if alive:
        os.kill(child.pid, signal.SIGKILL)
    child.communicate(timeout=LONGEST_S)
    return alive


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    """Return what the ledger answers."""
    connection = sqlite3.connect(folder / "ledger.db")
    try:
        return sorted(connection.execute(query))
    finally:
        connection.close()


FACTS = {
    "items": "SELECT id, story, title, text FROM items",
    "sightings": "SELECT item, feed, version, outcome FROM sightings",
    "keys": "SELECT key, item FROM item_keys",
    "links": "SELECT a, b, score, basis FROM links",
    "stories": "SELECT id, lead FROM stories",
    "aliases": "SELECT alias, story FROM story_aliases",
    "vectors": "SELECT subject, space, vector FROM vectors",
    "unindexed": "SELECT subject FROM vectors WHERE indexed_at IS NULL",
}


def test_after_twenty_kills_in_mid_write_ledger_and_index_agree(tmp_path: Path) -> None:
    """One folder is killed in every kind of write in turn; the next run leaves what an undisturbed one would."""
    chance, home, undisturbed = random.Random(SEED), tmp_path / "home", tmp_path / "undisturbed"
    kinds = list(WRITES)
    killed = 0

    for number in range(KILLS * 2):
        write = kinds[number % len(kinds)]
        # Every child has a reading more to do than the one before, so that each has something to write.
        killed += kill_in(write, chance.uniform(0, WRITES[write]), start(home, number + 1))
        if killed == KILLS:
            break
    readings = number + 1
    finish(home, readings)
    finish(undisturbed, readings)

    assert killed == KILLS
    assert {name: rows(home, query) for name, query in FACTS.items()} == {
        name: rows(undisturbed, query) for name, query in FACTS.items()
    }
    assert len(rows(home, FACTS["items"])) == readings * SIZE
    assert rows(home, FACTS["unindexed"]) == []
    assert rows(home, "PRAGMA integrity_check") == [("ok",)]
    agree(home, readings * SIZE)


def agree(folder: Path, count: int) -> None:
    """The index has every vector of the ledger once and no other, and finds nearly all of them as it finds any."""
    ledger, store = Ledger(sqlite_url(folder / "ledger.db")), ChromaStore(folder / "chroma")
    subjects, table = ledger.stories.vectors(SPACE)
    index = ChromaIndex(store, SPACE)
    assert index.count() == len(subjects) == count
    (collection,) = store.client().list_collections()
    held = collection.get(include=["embeddings"])
    assert sorted(held["ids"]) == subjects
    order = np.argsort(held["ids"])
    np.testing.assert_allclose(np.asarray(held["embeddings"])[order], table, atol=1e-6)
    # A graph of neighbours never promises to find all: an undisturbed one is no better.
    assert sum(near[0][1] > 0.999 for near in index.near(table, 1)) >= 0.99 * count
    store.close()
    ledger.close()
