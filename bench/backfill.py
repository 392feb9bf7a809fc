"""Loads thousands of papers as history with one and with two processes of Ray, and says what a million would take.

The papers are the recorded ones, then copies of them with other ids, words in another order and sentences left out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from arguments import add_data
from sameness_data import rows

from digestbot.adapters.ledger import sqlite_url

FILES = ("arxiv-month/items", "selection/pool_2025-08")
NOW = "2026-06-01T00:00:00+00:00"
WRITING = ("announce", "candidates", "group", "record", "index")
"""What the process that writes does alone; all else runs wherever there is a core."""
ALL, NODES, CORES = 2_500_000, 8, 16
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Write the dump, load it in every way, print the table and the projection."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_data(parser)
    parser.add_argument("--items", type=int, default=10_000, metavar="N", help="papers of the dump")
    parser.add_argument(
        "--killed", type=int, default=2_000, metavar="N", help="papers of the dump that a kill is tried on"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        dump, small = folder / "dump.jsonl", folder / "small.jsonl"
        write_dump(asked.data, dump, asked.items)
        write_dump(asked.data, small, asked.killed)
        found = [load(folder / f"home-{workers}", dump, workers) for workers in (1, 2)]
        show(found, asked.items)
        project(found[0], asked.items)
        show_kill(folder, small)


def write_dump(data: Path, file: Path, count: int) -> None:
    """Write so many lines of a snapshot, the recorded papers first."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(line) + "\n" for line in islice(lines(data), count))


def lines(data: Path) -> Iterator[dict[str, Any]]:
    """Yield papers without end, from the second round on as altered copies."""
    originals = list({row["id"]: row for name in FILES for row in rows(data / f"{name}.jsonl.gz")}.values())
    round_ = 0
    while True:
        for place, row in enumerate(originals):
            yield line_of(row) if round_ == 0 else line_of(altered(row, round_ * len(originals) + place))
        round_ += 1


def altered(row: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a paper that nobody wrote: another id, the title's words mixed, sentences mixed and the last left out."""
    chance = random.Random(number)
    words, sentences = row["title"].split(), row["abstract"].split(". ")
    chance.shuffle(words)
    chance.shuffle(sentences)
    month = f"{10 + number // 90_000 % 15:02}{1 + number // 1_000_000 % 12:02}"
    changed = {"id": f"{month}.{number % 90_000:05}", "title": " ".join(words)}
    return row | changed | {"abstract": ". ".join(sentences[:-1] or sentences)}


def line_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return a paper in the snapshot's own fields."""
    names = [name.split() or [""] for name in row.get("authors") or []]
    return {
        "id": row["id"],
        "title": row["title"],
        "abstract": row["abstract"],
        "comments": row.get("comment"),
        "categories": " ".join(row.get("categories") or []),
        "authors_parsed": [[parts[-1], " ".join(parts[:-1]), ""] for parts in names],
        "versions": [{"version": "v1", "created": f"{row['date']}T10:00:00Z"}],
    }


@dataclass
class Load:
    """What a call of `digestbot backfill` told and took; memory in bytes at its peak, processor time in seconds."""

    workers: int
    told: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    rss: dict[str, int] = field(default_factory=dict)


def load(home: Path, dump: Path, workers: int, kill_after: int = 0) -> Load:
    """Load a dump in a process of its own, which is killed when so many chunks are done; 0 lets it live."""
    found, begun = Load(workers), time.monotonic()
    words = [
        sys.executable,
        "-m",
        "digestbot",
        "backfill",
        str(dump),
        "--workers",
        str(workers),
        "--json",
        "--now",
        NOW,
    ]
    env = os.environ | {"DIGESTBOT_HOME": str(home), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            watch(process.pid, found)
            if kill_after and chunks_done(home) >= kill_after:
                process.kill()
            time.sleep(0.3)
        told = process.stdout.read() if process.stdout else ""
    found.seconds = time.monotonic() - begun
    found.told = json.loads(told) if told else {}
    return found


def watch(root: int, found: Load) -> None:
    """Note the memory and the processor time of a process and of those it began, by what they are."""
    processes = dict(stats())
    family, cpu, rss = {root}, dict.fromkeys(("writer", "workers", "ray"), 0.0), dict[str, list[int]]()
    for pid in sorted(processes):
        parent, name, ticks, pages = processes[pid]
        if parent in family:
            family.add(pid)
        if pid in family:
            kind = "writer" if pid == root else "workers" if name.startswith("ray::") else "ray"
            cpu[kind] += ticks / _TICK
            rss.setdefault(kind, []).append(pages * _PAGE)
    for kind, spent in cpu.items():
        found.cpu[kind] = max(found.cpu.get(kind, 0.0), spent)
    for kind, sizes in rss.items():
        most = sum(sizes) if kind == "ray" else max(sizes)
        found.rss[kind] = max(found.rss.get(kind, 0), most)


def stats() -> Iterator[tuple[int, tuple[int, str, int, int]]]:
    """Yield each process with its parent, its name, its processor time and its memory in pages."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                head, _, tail = (entry / "stat").read_text().rpartition(")")
            except OSError:
                continue  # it ended meanwhile
            values = tail.split()
            ticks = int(values[11]) + int(values[12])
            yield int(entry.name), (int(values[1]), head.partition("(")[2], ticks, int(values[21]))


def chunks_done(home: Path) -> int:
    """Return how many chunks are recorded as done."""
    if not (home / "ledger.db").exists():
        return 0
    query = "SELECT count(*) FROM steps WHERE step = 'backfill' AND input_hash <> 'begun'"
    try:
        return int(asked(home, query)[0][0])
    except sa.exc.OperationalError:
        return 0  # it is only being made


def asked(home: Path, query: str) -> list[tuple[Any, ...]]:
    """Return what a ledger answers."""
    engine = sa.create_engine(sqlite_url(home / "ledger.db"))
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]
    finally:
        engine.dispose()


def show(found: list[Load], items: int) -> None:
    """Print what each way took."""
    print(f"{items} papers; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| processes | seconds | papers/s | CPU s writer / workers / Ray | MB writer / a worker / Ray's own |")
    print("|---|---|---|---|---|")
    for one in found:
        cpu = " / ".join(f"{one.cpu.get(kind, 0):.0f}" for kind in ("writer", "workers", "ray"))
        rss = " / ".join(f"{one.rss.get(kind, 0) / 1e6:.0f}" for kind in ("writer", "workers", "ray"))
        spent = one.told["seconds"]
        print(f"| {one.workers} | {spent:.0f} | {one.told['new'] / spent:.0f} | {cpu} | {rss} |")
    print(f"\noutcomes: {found[0].told['outcomes']}; alike: {found[0].told['outcomes'] == found[1].told['outcomes']}")
    parts = ", ".join(f"{part} {1000 * spent / items:.2f}" for part, spent in found[0].told["parts"].items())
    print(f"ms of a core a paper: {parts}")


def project(alone: Load, items: int) -> None:
    """Print what the whole snapshot would take on a cluster, by the processor time of each part."""
    parts = {part: spent / items for part, spent in alone.told["parts"].items()}
    writing = sum(parts.get(part, 0.0) for part in WRITING)
    parallel = sum(parts.values()) - writing
    cores = NODES * CORES - 1
    hours = ALL * writing / 3600, ALL * parallel / cores / 3600
    print(f"\n{ALL:,} papers on {NODES} nodes of {CORES} cores:")
    print(f"  in parallel {1000 * parallel:.2f} ms a paper / {cores} cores: {hours[1]:.2f} h")
    print(f"  the writer  {1000 * writing:.2f} ms a paper, one process: {hours[0]:.2f} h, {1 / writing:.0f} papers/s")
    print(f"  times as fast as one core: {(parallel + writing) / max(writing, parallel / cores):.1f}")


def show_kill(folder: Path, dump: Path) -> None:
    """Print what is left of a call that was killed and called again, beside one that was not."""
    whole, killed = folder / "whole", folder / "killed"
    load(whole, dump, 2)
    load(killed, dump, 2, kill_after=1)
    before = chunks_done(killed)
    again = load(killed, dump, 2)
    queries = ("SELECT id, story FROM items", "SELECT item, feed, version, outcome, reason FROM sightings")
    same = all(sorted(asked(whole, query)) == sorted(asked(killed, query)) for query in queries)
    print(
        f"\nkilled after {before} chunks, called again: {again.told['outcomes']}; the same stories and outcomes: {same}"
    )


if __name__ == "__main__":
    main()
