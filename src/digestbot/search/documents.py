"""Search: documents by their words and by their meaning, fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from digestbot.domain import Document
from digestbot.offline.terms import terms
from digestbot.ports import Embedder, Index

_DEPTH = 200
"""How many documents each half of the search brings to the fusion."""
_RANK_CONSTANT = 60
"""The constant of reciprocal rank fusion, as in Cormack, Clarke and Büttcher, SIGIR 2009."""


class SearchLedger(Protocol):
    """What search asks of the ledger."""

    def matching(self, terms: Sequence[str], limit: int) -> list[tuple[str, float]]: ...
    def documents(self, ids: Sequence[str]) -> dict[str, Document]: ...


@dataclass(frozen=True)
class Hit:
    """A document found; `score` is comparable within one answer only, higher is better."""

    document: Document
    score: float


def search(ledger: SearchLedger, index: Index, embedder: Embedder, query: str, limit: int) -> list[Hit]:
    """Return up to `limit` documents for a query in English or Chinese, best first."""
    sparse = [id for id, _ in ledger.matching(terms(query), _DEPTH)]
    dense = [subject for subject, _ in index.near(embedder.embed([query]), _DEPTH)[0]] if query.strip() else []
    scores = fuse([sparse, dense])
    documents = ledger.documents(list(scores))
    ranked = sorted((id for id in scores if id in documents), key=lambda id: (-scores[id], id))
    return [Hit(documents[id], round(scores[id], 6)) for id in ranked[:limit]]


def fuse(rankings: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return each id's sum of 1 / (constant + rank) over the rankings that hold it."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, id in enumerate(ranking, 1):
            scores[id] = scores.get(id, 0.0) + 1 / (_RANK_CONSTANT + rank)
    return scores
