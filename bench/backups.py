"""Measures a backup under load and its restore: on SQLite, and between SQLite and PostgreSQL where that is installed.

Usage: python bench/backups.py --data DIR [--items 20000]. A ledger is filled with real papers, each with its vector,
each tenth with a text as long as a paper's. While it is backed up a thread records feeds' states as fast as it can. The
restored ledger must hold as many rows as the backup says.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import arguments
from arxiv_items import papers

from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.ledger import Ledger
from digestbot.app import back_up, database_url, restore
from digestbot.catalogue import items_space
from digestbot.domain import Article, FeedId, FeedState, Group, Sighting, StoryId
from digestbot.settings import Settings, load

NOW = datetime(2026, 5, 4, tzinfo=UTC)
CHUNK = 1000
TEXT_CHARS = 40_000
COLUMNS = ("rows", 9), ("backup s", 10), ("restore s", 11), ("file MB", 9), ("writes meanwhile", 18), ("peak MB", 9)


def main() -> None:
    """Print a row for each way that a backup may go."""
    parser = argparse.ArgumentParser(description=__doc__)
    arguments.add_data(parser)
    parser.add_argument("--items", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder, databases = Path(name), stack.enter_context(postgres_databases())
        lite = load(home=folder / "lite")
        fill(lite, options.data, options.items)
        print(f"{'from → into':24}" + "".join(f"{name:>{width}}" for name, width in COLUMNS))
        saved = row("SQLite → SQLite", lite, load(home=folder / "lite2"), folder)
        if databases is None:
            print("PostgreSQL is not installed", file=sys.stderr)
            return
        big = load(home=folder / "big", database_url=databases())
        restore(big, saved)
        row("PostgreSQL → PostgreSQL", big, load(home=folder / "big2", database_url=databases()), folder)
        row("PostgreSQL → SQLite", big, load(home=folder / "lite3"), folder)


@contextmanager
def postgres_databases() -> Iterator[Callable[[], str] | None]:
    """Give a maker of empty databases on a PostgreSQL of our own; None where there is none."""
    sys.path.append(str(Path(__file__).parent.parent / "tests"))
    from services import postgres, postgres_folder, run_sql

    programs = postgres_folder()
    if programs is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder, postgres(programs, Path(folder)) as server:
        names = iter(f"bench{number}" for number in range(9))

        def made() -> str:
            name = next(names)
            run_sql(server, f"CREATE DATABASE {name}")
            return server.set(database=name).render_as_string(hide_password=False)

        yield made


def fill(settings: Settings, data: Path, count: int) -> None:
    """Record that many papers as stories with vectors, and a text for each tenth."""
    settings.home.mkdir(parents=True)
    ledger, embedder = Ledger(database_url(settings)), ConceptEmbedder()
    found = papers(data)[:count]
    for start in range(0, len(found), CHUNK):
        chunk = found[start : start + CHUNK]
        ledger.intake.record(FeedId("arxiv"), [Sighting(one, "") for one in chunk], FeedState(), NOW)
        ledger.stories.record([], [Group(StoryId(one.id), one.id, (one.id,)) for one in chunk], NOW)
        table = embedder.embed([f"{one.title}\n{one.text}" for one in chunk])
        vectors = {str(one.id): row for one, row in zip(chunk, table, strict=True)}
        ledger.stories.add_vectors(items_space(embedder), vectors)
        texts = [(StoryId(one.id), (one.text * 40)[:TEXT_CHARS]) for one in chunk[::10]]
        ledger.filings.record_articles([Article(id, one, "full text") for id, one in texts], NOW)
    ledger.close()


def row(name: str, source: Settings, target: Settings, folder: Path) -> Path:
    """Back up and restore once, print what it took, and return the file."""
    file = folder / f"{name}.tar.gz".replace(" ", "")
    with writing(source) as written:
        began = time.perf_counter()
        before = written[0]
        made = back_up(source, file, NOW)
        backed, meanwhile = time.perf_counter() - began, written[0] - before
    began = time.perf_counter()
    found = restore(target, file)
    restored = time.perf_counter() - began
    assert found["rows"] == made["rows"]
    rows, size = sum(made["rows"].values()), made["bytes"] / (1 << 20)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:24}{rows:>9,}{backed:>10.1f}{restored:>11.1f}{size:>9.0f}{meanwhile:>18,}{peak:>9.0f}", flush=True)
    return file


@contextmanager
def writing(settings: Settings) -> Iterator[list[int]]:
    """Write to a ledger as fast as it goes for the length of a context; give the count of writes."""
    over, count = Event(), [0]

    def work() -> None:
        ledger = Ledger(database_url(settings))
        while not over.is_set():
            ledger.intake.record(FeedId(f"feed{count[0] % 500}"), [], FeedState(reason="x" * 200), NOW)
            count[0] += 1
        ledger.close()

    thread = Thread(target=work)
    thread.start()
    try:
        yield count
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    main()
