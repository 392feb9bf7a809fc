"""Measures what one more item costs as the ledger grows, and whether planted near-duplicates are still found.

Usage: python bench/growth.py --data DIR [--sizes 1000 10000 100000]. At each size, 1,000 real papers that the ledger
has not seen go through `dedupe`, with Chroma as the index; the rest of the ledger is filled in bulk (keys, vectors,
index, a story each, nothing judged). Its first 20,480 items are real papers, all beyond are synthetic: phrases of two
or three words from three papers of one category, under ids that arXiv never gave, with real embeddings of those words.
Then altered copies of items of the ledger, under ids of their own, show how many of them join their original.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import arguments
import numpy as np
from altered import copies_of
from arxiv_items import papers

from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.index import ChromaIndex, ChromaStore, LedgerIndex
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.catalogue import items_space, update_index
from digestbot.domain import FeedId, FeedState, Group, Item, ItemId, Sighting, StoryId
from digestbot.pipeline.dedupe import dedupe, keys_of, words_of
from digestbot.ports import Index

NEW = 1000
CHUNK = 2000
PLANTED = 500
QUERIES = 200
SEED = 5
NOW = datetime(2026, 5, 4, tzinfo=UTC)
EMBEDDER = ConceptEmbedder()
SPACE = items_space(EMBEDDER)


def main() -> None:
    """Print a row for each size, then the recall of planted copies at the largest."""
    parser = argparse.ArgumentParser(description=__doc__)
    arguments.add_data(parser)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    options = parser.parse_args()
    chance = random.Random(SEED)
    real = papers(options.data)
    chance.shuffle(real)
    fresh, stock = real[: NEW * len(options.sizes)], stocked(real[5000:], chance)
    print(f"{'items':>8}{'s/1,000 new':>13}{'CPU s':>7}  {'seconds by part':70}{'pairs a new item':>24}", end="")
    print(f"{'Chroma p50/p95 ms':>20}{'scan p50/p95 ms':>18}{'RSS MB':>8}{'disk MB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(sqlite_url(Path(folder) / "ledger.db"))
        store = ChromaStore(Path(folder) / "chroma")
        index, filled = ChromaIndex(store, SPACE), 0
        known: list[Item] = []
        for number, size in enumerate(options.sizes):
            while filled < size:
                chunk = [next(stock) for _ in range(min(CHUNK, size - filled))]
                fill(ledger, index, chunk)
                known += chunk[:PLANTED]
                filled += len(chunk)
            report(size, ledger, index, fresh[number * NEW : (number + 1) * NEW], Path(folder))
            plant(ledger, index, chance.sample(known, min(PLANTED, len(known))), size, chance)
            filled += NEW + PLANTED
        store.close()
        ledger.close()


def stocked(real: Sequence[Item], chance: random.Random) -> Iterator[Item]:
    """Yield real papers, then synthetic ones without end."""
    yield from real
    alike: defaultdict[str, list[Item]] = defaultdict(list)
    for item in real:
        alike[item.categories[0] if item.categories else ""].append(item)
    pools = [pool for pool in alike.values() if len(pool) >= 50]
    sizes = [len(pool) for pool in pools]
    number = 0
    while True:
        number += 1
        sources = chance.sample(chance.choices(pools, sizes)[0], 3)
        title = recombined([item.title for item in sources], chance)
        text = recombined([item.text for item in sources], chance)
        id = f"arxiv:9{number // 10_000:03d}.{number % 10_000:05d}"
        url = f"https://arxiv.org/abs/{id.removeprefix('arxiv:')}"
        yield replace(sources[0], id=ItemId(id), url=url, title=title, text=text, authors=sources[1].authors[:5])


def recombined(texts: Sequence[str], chance: random.Random) -> str:
    """Return phrases of two or three words from the texts in turn, as long as the first text."""
    words, made = [text.split() or [""] for text in texts], list[str]()
    while len(made) < len(words[0]):
        source = chance.choice(words)
        start = chance.randrange(len(source))
        made += source[start : start + chance.randint(2, 3)]
    return " ".join(made)


def fill(ledger: Ledger, index: Index, items: Sequence[Item]) -> None:
    """Put items into the ledger and the index, each in a story of its own, without looking for any other."""
    ledger.intake.record(FeedId("stock"), [Sighting(item, "baseline") for item in items], FeedState(), NOW)
    ledger.stories.add_keys({item.id: keys_of(item) for item in items})
    table = EMBEDDER.embed([words_of(item) for item in items])
    ledger.stories.add_vectors(SPACE, {item.id: row for item, row in zip(items, table, strict=True)})
    update_index(ledger.stories, index, SPACE, NOW)
    ledger.stories.record([], [Group(StoryId(f"s-{item.id}"), item.id, (item.id,)) for item in items], NOW)


def report(size: int, ledger: Ledger, index: Index, fresh: Sequence[Item], folder: Path) -> None:
    """Ingest new items and print what it took."""
    spent, counts = defaultdict[str, float](float), Counter[str]()
    wall, cpu = time.perf_counter(), time.process_time()
    join(Watched(ledger.stories, spent, counts), Watched(index, spent, counts), ledger, fresh)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    spent["keys, judging, the rest"] = wall - sum(spent.values())
    parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in sorted(spent.items(), key=lambda part: -part[1])[:5])
    pairs = f"{counts['resembling'] / NEW:.1f} found, {counts['items'] / NEW:.1f} read"
    probes = EMBEDDER.embed([words_of(item) for item in fresh[:QUERIES]])
    near = milliseconds(index, probes)
    scan = milliseconds(LedgerIndex(lambda: ledger.stories.vectors(SPACE)), probes[: QUERIES // 10])
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    print(
        f"{size:8}{wall:13.1f}{cpu:7.1f}  {parts:70}{pairs:>24}{near:>20}{scan:>18}{rss_mb():8.0f}{disk:9.0f}",
        flush=True,
    )


class Watched:
    """Passes every call on, and adds up how long each method took and how many things it gave."""

    def __init__(self, inner: Any, spent: defaultdict[str, float], counts: Counter[str]) -> None:
        self._inner, self._spent, self._counts = inner, spent, counts

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._inner, name)

        def call(*arguments: Any) -> Any:
            started = time.perf_counter()
            found = method(*arguments)
            self._spent[name] += time.perf_counter() - started
            self._counts[name] += len(found) if hasattr(found, "__len__") else 0
            return found

        return call


def join(stories: Any, index: Any, ledger: Ledger, items: Sequence[Item]) -> None:
    """Let a feed show items and put them into stories."""
    ledger.intake.record(FeedId("new"), [Sighting(item, "") for item in items], FeedState(last_success_at=NOW), NOW)
    asyncio.run(dedupe(stories, index, EMBEDDER, NOW, lambda step, done, total: None))


def milliseconds(index: Index, probes: np.ndarray[Any, np.dtype[np.float32]]) -> str:
    """Return the median and the 95th percentile of asking for one vector's six nearest."""
    taken = []
    for row in range(len(probes)):
        started = time.perf_counter()
        index.near(probes[row : row + 1], 6)
        taken.append(1000 * (time.perf_counter() - started))
    return f"{np.quantile(taken, 0.5):.1f} / {np.quantile(taken, 0.95):.1f}"


def rss_mb() -> float:
    """Return this process's resident memory now; the corpus of the measurement is part of it."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


def plant(ledger: Ledger, index: Index, originals: Sequence[Item], size: int, chance: random.Random) -> None:
    """Ingest an altered copy of each item, and print how many joined their original, by kind of change."""
    copies = copies_of(originals, str(size), chance)
    join(ledger.stories, index, ledger, [copy for copy, _, _ in copies])
    found, total = Counter[str](), Counter[str]()
    story = ledger.stories.linked([item.id for copy, original, _ in copies for item in (copy, original)])
    for copy, original, kind in copies:
        total[kind] += 1
        found[kind] += story[copy.id] == story[original.id]
        if story[copy.id] != story[original.id]:
            print(f"  missed, {kind}: {copy.title!r}")
    parts = ", ".join(f"{kind} {found[kind]}/{total[kind]}" for kind in total)
    print(f"{size:8} planted copies found: {found.total()} of {total.total()} ({parts})", flush=True)


if __name__ == "__main__":
    main()
