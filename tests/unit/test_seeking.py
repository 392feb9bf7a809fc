"""Search as pages do it, and roadmaps that are parsed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from digestbot.adapters.embedder import SearchEmbedder
from digestbot.adapters.ledger import Ledger
from digestbot.catalogue import Piece, add_documents, piece_of
from digestbot.domain import Document, Filters
from digestbot.errors import StoreError
from digestbot.search import documents_space
from digestbot.web.ports import Archive
from digestbot.web.seeking import Seeker

EMBEDDER = SearchEmbedder()


@dataclass
class Scan:
    """An index that compares every vector of a ledger, counts how often, and may be out of reach."""

    ledger: Ledger
    keeps: bool = False
    fails: bool = False
    asked: list[int] = field(default_factory=list)

    def near(self, vectors: NDArray[np.float32], limit: int) -> list[list[tuple[str, float]]]:
        self.asked.append(limit)
        if self.fails:
            raise StoreError("no server")
        subjects, table = self.ledger.stories.vectors(documents_space(EMBEDDER))
        return [[(id, float(row @ vectors[0])) for id, row in zip(subjects, table, strict=True)][:limit]]


def pieces(count: int) -> list[Piece]:
    """Return stories about attention, and one about bread."""
    many = [
        Document(
            f"s{n}", f"Attention {n}", "Attention is all.", f"https://a.example/{n}", "paper", "en", source="story"
        )
        for n in range(count)
    ]
    bread = Document("bread", "Bread", "Sour dough rises.", "https://a.example/b", "post", "en", source="story")
    return [piece_of(one) for one in (*many, bread)]


def seeker(ledger: Ledger, index: Scan, many: int = 20_000) -> Seeker:
    """Return a search over a ledger in which more than so many passages are many."""
    return Seeker(ledger.corpus, cast(Archive, None), EMBEDDER, cast(Any, index), many)


def ids(found: Sequence[str]) -> set[str]:
    """Return what was found, whatever the order."""
    return set(found)


def test_over_many_stories_words_are_enough(ledger: Ledger) -> None:
    """Vectors are compared one by one only where words bring little, or where there are few of them."""
    add_documents(ledger.corpus, ledger.stories, EMBEDDER, pieces(12))
    index = Scan(ledger)

    plenty = seeker(ledger, index, 10).ids("attention", Filters(), 20)
    asked = len(index.asked)
    little = seeker(ledger, index, 10).ids("dough", Filters(), 20)

    assert ids(plenty) == {f"s{n}" for n in range(12)}
    assert asked == 0
    assert little[0] == "bread"
    assert len(index.asked) == 1


def test_an_index_out_of_reach_costs_no_answer(ledger: Ledger) -> None:
    """A server that is down leaves the search to words."""
    add_documents(ledger.corpus, ledger.stories, EMBEDDER, pieces(3))

    found = seeker(ledger, Scan(ledger, keeps=True, fails=True)).ids("attention", Filters(), 20)

    assert ids(found) == {"s0", "s1", "s2"}
