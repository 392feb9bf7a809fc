"""Search over SQLite and over PostgreSQL: the same documents in the same order."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from digestbot.adapters.embedder import SearchEmbedder
from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.catalogue import add_documents, piece_of
from digestbot.domain import Document
from digestbot.search import Hit, documents_space, search

WORDS = ("attention", "caching", "quantized", "experts", "routing", "混合专家", "diffusion", "video", "4.5bit", "C++")


@pytest.fixture
def both(tmp_path: Path, postgres_url: str) -> tuple[Ledger, Ledger]:
    """A ledger on each database with the same ninety documents."""
    ledgers = Ledger(sqlite_url(tmp_path / "ledger.db")), Ledger(postgres_url)
    pieces = [
        piece_of(Document(f"d{number}", f"On {a}", f"We study {b} and {a}. " * (1 + number % 4)))
        for number, (a, b) in enumerate(permutations(WORDS, 2))
    ]
    for ledger in ledgers:
        add_documents(ledger.corpus, ledger.stories, SearchEmbedder(), pieces)
    return ledgers


def hits(ledger: Ledger, query: str) -> list[Hit]:
    """Return the best twenty."""
    embedder = SearchEmbedder()
    index = LedgerIndex(lambda: ledger.stories.vectors(documents_space(embedder)))
    return search(ledger.corpus, index, embedder, query, 20)


@pytest.mark.slow
def test_both_databases_rank_alike(both: tuple[Ledger, Ledger]) -> None:
    """What their own full texts score differently is scored once more by our rule: order and scores are the same."""
    for query in ("attention", "cache of quantized experts", "混合专家", "MoE routing", "C++ video", "4.5bit"):
        one, other = (hits(ledger, query) for ledger in both)

        assert len(one) == 20
        assert one == other
    for ledger in both:
        ledger.close()
