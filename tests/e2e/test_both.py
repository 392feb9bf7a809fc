"""The whole line on both kinds of keeping: SQLite with Chroma embedded, and PostgreSQL with a Chroma server.

Commands run in this process, as people call them, over the sample week on loopback.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from calling import Called, call
from dumps import lines
from fakes import NOW
from services import run_sql

from digestbot.adapters.ledger import Ledger
from digestbot.domain import FeedId, FeedState
from digestbot.sample import world

pytestmark = pytest.mark.slow

NOON, LATER = "2026-04-12T18:00:00+00:00", "2026-04-13T18:00:00+00:00"
KINDS = ("sqlite", "postgres")


@dataclass(frozen=True)
class Place:
    """Where a bot keeps what it knows, as the settings name it."""

    home: Path
    settings: dict[str, str]

    def __call__(self, *words: object) -> Called:
        """Call a command here."""
        return call(*words, env={**self.settings, "DIGESTBOT_HOME": str(self.home)})

    def json(self, *words: object) -> Any:
        """Return what a command answers for machines: a value, or a list of its lines."""
        done = self(*words, "--json")
        assert done.exception is None, done.exception
        values = [json.loads(line) for line in done.stdout.splitlines()]
        return values[0] if len(values) == 1 else values

    def ledger_url(self) -> str:
        """Return the URL of its database."""
        return self.settings.get("DIGESTBOT_DATABASE_URL", f"sqlite:///{self.home / 'ledger.db'}")


@pytest.fixture(scope="module")
def week() -> Iterator[str]:
    """The feeds of the sample week, served as long as the tests run."""
    with world.serve() as sample:
        yield sample.feeds_yaml


@pytest.fixture(scope="module")
def new_place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, week: str
) -> Callable[[str], Place]:
    """A maker of places of a kind: empty, with the sample week's feeds."""

    def make(kind: str) -> Place:
        home = tmp_path_factory.mktemp(kind)
        settings = {"DIGESTBOT_ALLOW_NETS": "127.0.0.0/8", "DIGESTBOT_FULL_TEXTS": "0", "DIGESTBOT_NOW": NOON}
        if kind == "postgres":
            server: sa.URL = request.getfixturevalue("postgres_server")
            name = f"both_{uuid4().hex}"
            run_sql(server, f"CREATE DATABASE {name}")
            settings["DIGESTBOT_DATABASE_URL"] = server.set(database=name).render_as_string(hide_password=False)
            settings["DIGESTBOT_CHROMA_URL"] = f"{request.getfixturevalue('chroma_url')}/{name}"
        (home / "feeds.yaml").write_text(week, encoding="utf-8")
        return Place(home, settings)

    return make


@pytest.fixture(scope="module", params=KINDS)
def place(request: pytest.FixtureRequest, new_place: Callable[[str], Place]) -> Place:
    """A place of each kind whose bot has read the week, with a subscription that was sent nothing yet."""
    for name in [name for name in os.environ if name.startswith(("DIGESTBOT_", "OPENAI_"))]:
        pytest.skip(f"{name} is set")
    found = new_place(request.param)
    assert (
        found(
            "subscribe",
            "--to",
            f"file:{found.home / 'papers'}",
            "--id",
            "papers",
            "--cadence",
            "daily 08:00",
            "--since",
            "30d",
        ).exit_code
        == 0
    )
    found.json("run")
    return found


def test_the_week_is_read_and_told(place: Place) -> None:
    """Every entry ends somewhere, works are brought together, and one digest goes to files and a mailbox."""
    again = place.json("run")
    digests = place.json("digest", "list")
    sent = place.json("outbox", "list", "--state", "sent")

    assert again["outcomes"]["known"] == sum(again["outcomes"].values()) > 30
    assert again["digests"] == []
    assert digests["subscription"] == "default"
    assert {row["kind"] for row in sent} >= {"file", "maildir"}
    assert len(list((place.home / "maildir" / "new").iterdir())) == 1


def test_both_read_the_same(place: Place, new_place: Callable[[str], Place]) -> None:
    """What was filed where does not depend on where it is kept."""
    rows = {row["id"]: (row["outcome"], row["section"]) for row in place.json("items", "--limit", "200")}

    beside = new_place("sqlite")
    beside.json("run")

    assert rows == {row["id"]: (row["outcome"], row["section"]) for row in beside.json("items", "--limit", "200")}


def test_what_was_read_is_found_and_explained(place: Place) -> None:
    """Search finds by words and meaning from the index, rebuilt or not; an answer names its sources."""
    found = place.json("search", "key-value cache", "--limit", "5")
    rebuilt = place.json("reindex")
    after = place.json("search", "key-value cache", "--limit", "5")
    answer = place.json("explain", "KV cache quantization")

    assert len(found) == 5
    assert found == after
    assert all(space["ledger"] == space["index"] and not space["lost"] for space in rebuilt.values())
    assert answer["state"] == "answered"
    assert answer["sources"]


def test_history_is_loaded_alike(new_place: Callable[[str], Place], tmp_path: Path) -> None:
    """A backfill ends alike wherever it is kept, is done once, and what it loaded is found."""
    dump = tmp_path / "dump.jsonl"
    dump.write_text("\n".join(lines(1_100)))
    words = ("backfill", dump, "--workers", 0, "--now", "2026-05-01")
    asked = ("search", "language models in transformers", "--limit", "5")

    found = []
    for kind in KINDS:
        place = new_place(kind)
        first, again = (json.loads(place(*words, "--json").stdout) for _ in range(2))
        found.append((first["outcomes"], again["new"], rows_of(place), place.json(*asked)))

    assert found[0] == found[1]
    outcomes, new, rows, hits = found[0]
    assert outcomes["filed"] + outcomes["off_roadmap"] + outcomes["duplicate"] == 1_098
    assert outcomes["duplicate"] > 0
    assert new == 0
    assert len(rows) == 1_098
    assert len(hits) == 5


def rows_of(place: Place) -> list[tuple[Any, ...]]:
    """Return where each paper ended, and in which story."""
    engine = sa.create_engine(place.ledger_url(), poolclass=sa.NullPool)
    query = "SELECT i.id, i.story, s.outcome, s.reason FROM items i JOIN sightings s ON s.item = i.id ORDER BY i.id"
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_a_review_changes_the_roadmap(place: Place) -> None:
    """A proposal is accepted into the document, and taken back out of it."""
    waiting = place.json("review", "list")
    first = (waiting if isinstance(waiting, list) else [waiting])[0]["id"]
    roadmap = place.home / "roadmaps" / "genai.md"
    before = roadmap.read_text("utf-8")

    accepted = place("review", "accept", first, "--by", "ada")
    with_it = roadmap.read_text("utf-8")
    reverted = place("review", "revert", first, "--by", "ada", "--reason", "no")

    assert (accepted.exit_code, reverted.exit_code) == (0, 0), accepted.stderr + reverted.stderr
    assert with_it != before
    assert roadmap.read_text("utf-8") == before


def test_what_is_old_goes_and_the_reasons_stay(place: Place) -> None:
    """A tidying of years lets go of texts and reports; every item still says where it ended and why."""

    def why() -> dict[str, Any]:
        return {row["id"]: (row["outcome"], row["reason"]) for row in place.json("items", "--limit", "200")}

    before = why()

    told = place.json("tidy", "--dry-run", "--now", "2028-01-01")
    gone = place.json("tidy", "--now", "2028-01-01")

    assert told == gone
    assert gone["texts"] > 0
    assert gone["reports"] > 0
    assert place.json("tidy", "--now", "2028-01-01")["texts"] == 0
    assert why() == before


@pytest.mark.parametrize("into", KINDS)
def test_a_backup_under_load_gives_the_same_digests(
    place: Place, into: str, new_place: Callable[[str], Place], tmp_path: Path
) -> None:
    """Saved while others write and restored elsewhere: what was sent is there, and what comes next is the same."""
    over, counts = threading.Event(), [0]

    def write() -> None:
        ledger = Ledger(place.ledger_url())
        while not over.is_set():
            ledger.intake.record(FeedId(f"load{counts[0]}"), [], FeedState(reason="x" * 2000), NOW)
            counts[0] += 1
        ledger.close()

    writing = threading.Thread(target=write)
    writing.start()
    while counts[0] < 20:
        over.wait(0.01)
    began = counts[0]
    saved = place("backup", tmp_path / "saved.tar.gz")
    during = counts[0] - began
    over.set()
    writing.join()
    there = new_place(into)
    (there.home / "feeds.yaml").unlink()
    restored = there("restore", tmp_path / "saved.tar.gz")

    assert (saved.exit_code, restored.exit_code) == (0, 0), saved.stderr + restored.stderr
    assert during > 0
    assert there.json("digest", "list") == place.json("digest", "list")
    assert there.json("digest", "preview", "--subscription", "papers") == place.json(
        "digest", "preview", "--subscription", "papers"
    )
    later = replace(there, settings={**there.settings, "DIGESTBOT_NOW": LATER}).json("digest", "send")
    assert [digest["subscription"] for digest in later["digests"]].count("papers") == 1
    assert len(list((there.home / "papers").glob("*.md"))) <= 1
