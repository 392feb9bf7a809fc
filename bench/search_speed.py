"""Measures how long search takes over many documents: what loading costs, a question's time, and memory.

    python bench/search_speed.py --data DIR --documents 10000 [--home DIR]

Up to about 10,000 the texts are recorded abstracts; beyond, each is put together of sentences of several, so that texts
are synthetic, and their vectors the product's own of these. Questions are ours and titles of recorded papers. `--home`
keeps what was loaded: the next time it is only asked, by this script or by `explain.py`.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import cycle, islice
from pathlib import Path

import arguments
import numpy as np
from offline_corpus import Row, rows

from digestbot import catalogue
from digestbot.adapters.embedder import SearchEmbedder
from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.ledger import Ledger
from digestbot.app import indexes, ledger_of
from digestbot.domain import Document
from digestbot.offline.sentences import split
from digestbot.ports import Index
from digestbot.search import Filters, PassageLedger, documents_space, retrieve, search
from digestbot.settings import load

QUESTIONS = (
    "speculative decoding", "what is a mixture of experts", "difference between DPO and PPO", "为什么 MoE 训练不稳定",
    "latest work on diffusion language models", "language model", "大语言模型推理加速", "RAG", "video generation",
    "how do vision-language models hallucinate", "KV cache compression", "多模态大模型的幻觉", "agents with tools",
)  # fmt: skip


def main() -> None:
    """Print a line for loading, and one for each way of asking."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_data(parser)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--home", type=Path, help="where the documents are kept; a folder of its own if left out")
    options = parser.parse_args()
    recorded = [
        *rows(options.data / "arxiv-month/items.jsonl.gz"), *rows(options.data / "selection/pool_2025-08.jsonl.gz")
    ]  # fmt: skip
    embedder = SearchEmbedder()
    with tempfile.TemporaryDirectory() as folder:
        settings = load(home=options.home or Path(folder))
        with ledger_of(settings) as ledger, indexes(settings, ledger, embedder) as index_of:
            index = index_of(documents_space(embedder))
            if not ledger.corpus.count():
                fill(ledger, index, embedder, documents(recorded, options.documents))
            size = (settings.home / "ledger.db").stat().st_size / 1e6
            print(f"{ledger.corpus.count():,} documents, ledger {size:.0f} MB")
            questions = [*QUESTIONS, *(row["title"] for row in recorded[:: len(recorded) // 37])]
            papers = Filters(kinds=("paper",), since=date(2026, 4, 20))
            exact = LedgerIndex(lambda: ledger.stories.vectors(documents_space(embedder)))
            for name, where, filters in (
                ("with Chroma", index, Filters()),
                ("with Chroma, papers since 2026-04-20", index, papers),
                ("without (vectors of the ledger)", exact, Filters()),
            ):
                asked = Asked(ledger.corpus, where, embedder, filters)
                measure(f"passages {name}", asked.passages, questions)
                measure(f"documents {name}", asked.documents, questions)


@dataclass(frozen=True)
class Asked:
    """The two ways of asking: passages are what `explain` reads, documents what `digestbot search` shows."""

    ledger: PassageLedger
    index: Index
    embedder: SearchEmbedder
    filters: Filters

    def passages(self, question: str) -> None:
        """Look for passages."""
        retrieve(self.ledger, self.index, self.embedder, question, self.filters, 12, today=date(2026, 5, 4))

    def documents(self, question: str) -> None:
        """Look for documents."""
        search(self.ledger, self.index, self.embedder, question, 20, self.filters)


def fill(ledger: Ledger, index: Index, embedder: SearchEmbedder, found: Iterator[catalogue.Piece]) -> None:
    """Load the documents as the command does, and print what it cost."""
    began = time.perf_counter()
    for batch in batches(found):
        catalogue.add_documents(ledger.corpus, ledger.stories, embedder, batch)
    loaded = time.perf_counter()
    catalogue.update_index(ledger.stories, index, documents_space(embedder), datetime.now(UTC))
    indexed = time.perf_counter() - loaded
    print(f"loaded: words and vectors {loaded - began:.0f} s, index {indexed:.0f} s, {memory()}")


def batches(found: Iterator[catalogue.Piece]) -> Iterator[list[catalogue.Piece]]:
    """Cut what is loaded as the command does."""
    while batch := list(islice(found, 1000)):
        yield batch


def documents(recorded: Sequence[Row], count: int) -> Iterator[catalogue.Piece]:
    """Yield recorded papers first, then papers of sentences of others."""
    chance = random.Random(7)
    for number, row in enumerate(islice(cycle(recorded), count)):
        text, title = row["abstract"] or "", row["title"]
        if number >= len(recorded):
            others = chance.sample(recorded, 4)
            title = " ".join(chance.sample(title.split() + others[0]["title"].split(), 8 if len(title) > 60 else 3))
            text = " ".join(sentence for one in others for sentence in split(one["abstract"] or "")[:3])
        day = str(row.get("date") or "2025-08-01")
        yield catalogue.piece_of(Document(f"n{number}", title, text, row.get("url") or "", "paper", "en", day))


def measure(name: str, ask: Callable[[str], None], questions: Sequence[str]) -> None:
    """Print the time of a question: the first of the process by itself, then the others; `cpu` is the mean of all."""
    times = []
    worked = time.process_time()
    for question in questions:
        began = time.perf_counter()
        ask(question)
        times.append(time.perf_counter() - began)
    p50, p95 = np.percentile(times[1:], [50, 95])
    cpu = (time.process_time() - worked) / len(questions)
    print(f"  {name:<48} first {times[0]:.2f} s, p50 {p50:.2f} s, p95 {p95:.2f} s, cpu {cpu:.2f} s, {memory()}")


def memory() -> str:
    """Return the peak of this process."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"


if __name__ == "__main__":
    main()
