"""Finds passages for a question: by words and by meaning, scored by one rule, then spread over sources and days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from digestbot.domain import Document, Filters, Found, Shelved
from digestbot.ports import Embedder, Index
from digestbot.search import scoring
from digestbot.search.abbreviations import abbreviations
from digestbot.search.asking import Question
from digestbot.search.spreading import spread

_DEPTH = 200
"""How many passages each half of the search brings to the scoring."""
_FIRST_TEXTS = 60
"""How many of the first passages are read for what their abbreviations mean."""
_TURN = 0.5
"""What the vector of what else may be meant weighs beside the question's."""
_EXACT = 20_000
"""Up to how many passages that filters leave are compared one by one; beyond it the index is asked for more."""
_BEYOND = 10
PASSAGES, TERMS = "#passages", "#terms"
"""Names under which the ledger counts all passages, and all their terms, beside those of the terms."""


ANYTHING, READ = Filters(), Filters(sources=("story", "loaded"))
"""No filter, and what was read: everything but the roadmap itself."""


class PassageLedger(Protocol):
    """What search asks of the ledger."""

    def matching(self, terms: Sequence[str], filters: Filters, limit: int) -> list[str]: ...
    def counts(self, terms: Collection[str]) -> Mapping[str, int]: ...
    def shelved(self, ids: Collection[str]) -> Mapping[str, Shelved]: ...
    def documents(self, ids: Collection[str]) -> Mapping[str, Document]: ...
    def allowed(self, filters: Filters, limit: int) -> list[str] | None: ...
    def meeting(self, ids: Collection[str], filters: Filters) -> set[str]: ...
    def vectors_of(self, space: str, subjects: Collection[str]) -> Mapping[str, NDArray[np.float32]]: ...


def documents_space(embedder: Embedder) -> str:
    """Return the space of passages, in which people search."""
    return f"{embedder.name}.passages"


@dataclass(frozen=True)
class Hit:
    """A document found; `score` is comparable within one answer only, higher is better."""

    document: Document
    score: float


@dataclass(frozen=True)
class Candidate:
    """A passage on its way to be found, with its vector."""

    shelved: Shelved
    document: Document
    traits: scoring.Traits
    score: float
    vector: NDArray[np.float32]


def retrieve(
    ledger: PassageLedger,
    index: Index,
    embedder: Embedder,
    question: str,
    filters: Filters = ANYTHING,
    limit: int = 12,
    *,
    today: date | None = None,
) -> list[Found]:
    """Return up to `limit` passages for a question in English or Chinese, the best first, none twice.

    They are spread over documents, sources and days. Where the question asks for what is new and `today` is given,
    newer ones come before older ones that are as good.
    """
    asked = Question.of(question)
    chosen = spread(candidates(ledger, index, embedder, asked, filters), limit, today if asked.recent else None)
    return [_found(one) for one in chosen]


def search(
    ledger: PassageLedger,
    index: Index | None,
    embedder: Embedder,
    query: str,
    limit: int,
    filters: Filters = READ,
    depth: int = _DEPTH,
) -> list[Hit]:
    """Return up to `limit` documents for a query, best first; each is as good as its best passage.

    What belongs to the things asked for is looked for, too. Without an index words alone bring them up; meaning still
    counts in their order. `depth` is how many passages each way brings to the scoring at least.
    """
    asked = Question.of(query).broadened()
    best: dict[str, Hit] = {}
    for one in candidates(ledger, index, embedder, asked, filters, max(depth, 2 * limit)):
        best.setdefault(one.document.id, Hit(one.document, round(one.score, 6)))
    return list(best.values())[:limit]


def candidates(
    ledger: PassageLedger,
    index: Index | None,
    embedder: Embedder,
    asked: Question,
    filters: Filters,
    depth: int = _DEPTH,
) -> list[Candidate]:
    """Return every passage that words or meaning bring up, the best first; words alone where there is no index."""
    if not asked.units:
        return []
    asked, sparse = _by_words(ledger, asked, filters, depth)
    vector = _direction(embedder, asked)
    dense = _by_meaning(ledger, index, documents_space(embedder), vector, filters, depth) if index else []
    found = ledger.shelved(list(dict.fromkeys([*sparse, *dense])))
    documents = ledger.documents({one.passage.document for one in found.values()})
    vectors = ledger.vectors_of(documents_space(embedder), list(found))
    counts = ledger.counts([*asked.terms, *asked.narrower_terms])
    total = counts.get(PASSAGES, 0)
    scorer = scoring.Scorer(asked, counts, total, counts.get(TERMS, 0) / max(1, total))
    nowhere = np.zeros_like(vector)
    ranked = []
    for id, shelved in found.items():
        if document := documents.get(shelved.passage.document):
            own = vectors.get(id, nowhere)
            traits = scorer.traits(shelved, float(vector @ own))
            ranked.append(Candidate(shelved, document, traits, scoring.total(traits), own))
    # What has neither a word nor any of the meaning was only the nearest of what there is.
    some = [one for one in ranked if one.score > 0]
    return sorted(some, key=lambda one: (-one.score, one.shelved.passage.id))


def _by_words(ledger: PassageLedger, asked: Question, filters: Filters, depth: int) -> tuple[Question, list[str]]:
    """Return the question with what its abbreviations mean here, and the passages that hold its terms."""
    found = ledger.matching(asked.terms, filters, depth)
    first = ledger.shelved(found[:_FIRST_TEXTS])
    wider = asked.widened(abbreviations(one.passage.text for one in first.values()))
    found = found if wider == asked else ledger.matching(wider.terms, filters, depth)
    # By themselves: there may be many, and they must not crowd out what has the words asked for.
    beside = ledger.matching(asked.narrower_terms, filters, depth) if asked.beside else []
    return wider, [*found, *beside]


def _direction(embedder: Embedder, asked: Question) -> NDArray[np.float32]:
    """Return the vector of a question, turned a little to what else may be meant."""
    vector: NDArray[np.float32] = embedder.embed([asked.text])[0]
    if asked.beside:
        vector = vector + _TURN * embedder.embed([asked.beside])[0]
        vector /= np.linalg.norm(vector)
    return vector


def _by_meaning(
    ledger: PassageLedger,
    index: Index,
    space: str,
    vector: NDArray[np.float32],
    filters: Filters,
    depth: int,
) -> list[str]:
    """Return the passages nearest to a vector; few that filters leave are compared each, so that none is missed."""
    narrow = filters != Filters(sources=filters.sources) or filters.sources == ("roadmap",)
    allowed = ledger.allowed(filters, _EXACT) if narrow else None
    if allowed is not None:
        held = ledger.vectors_of(space, allowed)
        return sorted(held, key=lambda id: (-float(held[id] @ vector), id))[:depth]
    near = index.near(vector[None, :], depth * (_BEYOND if narrow else 1))[0]
    meets = ledger.meeting([id for id, _ in near], filters)
    return [id for id, _ in near if id in meets][:depth]


def _found(one: Candidate) -> Found:
    passage = one.shelved.passage
    return Found(
        passage,
        one.document,
        round(one.score, 6),
        round(one.traits.coverage, 4),
        round(one.traits.meaning, 4),
        one.document.section,
        one.document.chapter,
    )
