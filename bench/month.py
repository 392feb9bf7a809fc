"""Puts the arXiv month through the ingest: every repeated row and weekend, then the same papers in other orders.

Usage: python bench/month.py --data DIR [--orders 10]. Every day file is one reading of the feed `arxiv`, each of its
rows an entry, sorted by `fetch`'s own rule into a ledger on a temporary SQLite, put into stories by `dedupe` with a
Chroma index of its own. The orders are as many ledgers: all papers and altered copies of some (the month alone has
nothing to join), shuffled, cut into batches of random sizes (1 to 3,000), each batch shown by one of three feeds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import arguments
from altered import copies_of
from arxiv_items import item_of, month

from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.index import ChromaIndex, ChromaStore
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.catalogue import items_space
from digestbot.domain import Feed, FeedId, FeedState, Item, ItemId, StoryId
from digestbot.pipeline import dedupe as step
from digestbot.pipeline.fetch import sort, window_of
from digestbot.pipeline.pairs import judge_pair
from digestbot.ports import Index

Partition = frozenset[frozenset[ItemId]]
EMBEDDER = ConceptEmbedder()
SEED = 20260406
LARGEST_BATCH = 3000
COPIES = 400
HOUR = timedelta(hours=7)


def main() -> None:
    """Print what went in, what came out, every merge, and whether other orders agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    arguments.add_data(parser)
    parser.add_argument("--orders", type=int, default=10)
    options = parser.parse_args()
    rows = month(options.data)
    days = json.loads((options.data / "arxiv-month/days.json").read_text("utf-8"))
    with bench() as (ledger, index):
        ingest_days(ledger, index, rows, [day["day"] for day in days])
        report_merges(ledger, partition(ledger, [item_of(row) for row in rows]))
    if not options.orders:
        return
    papers = [item_of(row) for row in rows]
    chance = random.Random(SEED)
    # Some originals have several copies, so that copies meet before their original comes.
    copies = copies_of(chance.choices(papers, k=COPIES), "month", chance)
    found: Partition = frozenset()
    for number in range(options.orders):
        with bench() as (ledger, index):
            batches = ingest_shuffled(ledger, index, papers + [copy for copy, _, _ in copies], random.Random(number))
            before, found = found, partition(ledger, [*papers, *(copy for copy, _, _ in copies)])
        report_order(number, batches, found, before if number else found)
    story = {id: members for members in found for id in members}
    joined = sum(copy.id in story[original.id] for copy, original, _ in copies)
    wrong = sum(len({id for id in members if id.startswith("arxiv:")}) > 1 for members in found)
    print(f"{joined} of {COPIES} copies in their original's story, {wrong} stories of more than one paper")


@contextmanager
def bench() -> Iterator[tuple[Ledger, Index]]:
    """Give an empty ledger and an empty index in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(sqlite_url(Path(folder) / "ledger.db"))
        store = ChromaStore(Path(folder) / "chroma")
        try:
            yield ledger, ChromaIndex(store, items_space(EMBEDDER))
        finally:
            store.close()
            ledger.close()


def ingest_days(ledger: Ledger, index: Index, rows: Sequence[dict[str, Any]], days: Sequence[str]) -> None:
    """Read each day file as the feed showed it, a row an entry, and print the whole cost."""
    shown: dict[str, list[Item]] = {day: [] for day in days}
    for row in rows:
        for day, count in zip(row["days"], row["rows"], strict=True):
            shown[day] += [item_of(row)] * count
    started, outcomes = time.perf_counter(), Counter[str]()
    for day in days:
        outcomes += read(ledger, "arxiv", shown[day], datetime.fromisoformat(day).replace(tzinfo=UTC) + HOUR)
        join(ledger, index, datetime.fromisoformat(day).replace(tzinfo=UTC) + HOUR)
    seconds = time.perf_counter() - started
    entries = sum(map(len, shown.values()))
    print(f"{len(days)} day files, {entries} rows, of which {outcomes['known']} known already, {len(rows)} works in")
    print(f"{seconds:.1f} s, {1000 * seconds / len(rows):.2f} s per 1,000 works, embedding, index and judging included")


def read(ledger: Ledger, feed: str, entries: Sequence[Item], now: datetime) -> Counter[str]:
    """Record one reading of a feed as the step `fetch` does; return the outcomes, with those left out as `known`."""
    source = Feed(FeedId(feed), "arxiv", "https://export.arxiv.org/api/query")
    window = window_of(ledger.intake.state(source.id), now, None)
    seen = sort(source, entries, ledger.intake.known({item.id for item in entries}), window)
    ledger.intake.record(source.id, seen, FeedState(last_success_at=now), now)
    return Counter({"known": len(entries) - len(seen)}) + Counter(s.outcome or "new" for s in seen)


def join(ledger: Ledger, index: Index, now: datetime) -> None:
    """Put what is pending into stories."""
    asyncio.run(step.dedupe(ledger.stories, index, EMBEDDER, now, silent))


def silent(step: object, done: int, total: int) -> None:
    """Show no progress."""


def ingest_shuffled(ledger: Ledger, index: Index, items: Sequence[Item], chance: random.Random) -> int:
    """Ingest items in a random order and random batches; return how many batches."""
    order, batches = chance.sample(items, len(items)), 0
    now = datetime(2026, 5, 4, tzinfo=UTC)
    while order:
        size = round(LARGEST_BATCH ** chance.random())
        batch, order = order[:size], order[size:]
        feed = chance.choice(("arxiv", "arxiv-cs", "mirror"))
        read(ledger, feed, [replace(item, feed=FeedId(feed)) for item in batch], now)
        join(ledger, index, now)
        batches, now = batches + 1, now + HOUR
    return batches


def partition(ledger: Ledger, items: Sequence[Item]) -> Partition:
    """Return the items of each story; every one of them is in one."""
    stories: dict[StoryId, set[ItemId]] = {}
    for id, story in ledger.stories.linked([item.id for item in items]).items():
        stories.setdefault(story, set()).add(id)
    assert sum(map(len, stories.values())) == len(items)
    return frozenset(map(frozenset, stories.values()))


def report_merges(ledger: Ledger, stories: Partition) -> None:
    """Print every story of several papers, with the titles and what each was linked for."""
    merged = sorted(sorted(story) for story in stories if len(story) > 1)
    print(f"{len(stories)} stories out, {sum(len(story) - 1 for story in merged)} merges beyond ids:")
    for story in merged:
        items = ledger.stories.items(story)
        print()
        for id in story:
            print(f"  {id}  {items[id].title}  ({len(items[id].authors)} authors, {', '.join(items[id].authors[:3])})")
        for one, a in enumerate(story):
            for b in story[one + 1 :]:
                vectors = EMBEDDER.embed([step.words_of(items[id]) for id in (a, b)])
                link = judge_pair(items[a], items[b], float(vectors[0] @ vectors[1]))
                if link:
                    print(f"  {a} = {b}  {link.score:.3f}  {link.basis}")
    print("\nkept apart in doubt, for a person to decide:")
    for doubt in ledger.decisions.doubtful(100):
        print(f"  {doubt}")


def report_order(number: int, batches: int, found: Partition, before: Partition) -> None:
    """Print whether an order gave the same stories as the one before it, and what differs."""
    same = "the same stories" if found == before else "OTHER stories"
    print(f"order {number}: {batches} batches, {len(found)} stories, {same}", flush=True)
    for story in sorted(sorted(story) for story in found ^ before if len(story) > 1):
        print(f"  {'only here' if frozenset(story) in found else 'only before'}: {', '.join(story)}")


if __name__ == "__main__":
    main()
