"""Words counted anew while others write: the counts are those of the passages that are there."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.adapters.ledger.corpus import Corpus
from digestbot.catalogue import count_words
from digestbot.domain import Document, Filters, Shelved
from digestbot.search import PASSAGES, TERMS
from digestbot.search.cutting import Part, cut, shelve

DOCUMENTS, ROUNDS = 30, 12


def written(corpus: Corpus, round: int) -> None:
    """Rewrite most documents and forget the others."""
    documents = [Document(f"d{number}", f"On LLMs {number}") for number in range(DOCUMENTS)]
    kept = [one for number, one in enumerate(documents) if (number + round) % 4]
    cuts = [(one, shelve(one, cut(one, [Part("text", f"Round {round} of many.")]))) for one in kept]
    for found in cuts:
        corpus.add([found])
    corpus.remove([one.id for one in documents if one not in kept])


def rewritten(corpus: Corpus) -> None:
    """Rewrite them again and again."""
    for round in range(ROUNDS):
        written(corpus, round)


def recounted(corpus: Corpus) -> None:
    """Age all there is and count it anew, again and again."""
    for _ in range(ROUNDS):
        held = corpus.shelved(corpus.allowed(Filters(), DOCUMENTS) or [])
        corpus.replace_terms([(one, aged(one)) for one in held.values()])
        count_words(corpus)


def aged(one: Shelved) -> Shelved:
    """Return a passage with its terms as an earlier version counted them."""
    return replace(one, body=("llms", *one.body))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_counts_hold_beside_writers(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """After many rewrote, forgot, aged and counted at once, every count equals a recount, and no term is old."""
    url = sqlite_url(tmp_path / "ledger.db") if kind == "sqlite" else request.getfixturevalue("postgres_url")
    ledgers = [Ledger(url) for _ in range(3)]
    corpora = [ledger.corpus for ledger in ledgers]
    written(corpora[0], 0)

    with ThreadPoolExecutor(3) as pool:
        writing = pool.submit(rewritten, corpora[0])
        for counting in [pool.submit(recounted, corpus) for corpus in corpora[1:]]:
            counting.result()
        writing.result()
    count_words(corpora[0])

    held = corpora[0].shelved(corpora[0].allowed(Filters(), DOCUMENTS) or []).values()
    expected = Counter(term for one in held for term in {*one.head, *one.body})
    expected |= Counter({PASSAGES: len(held), TERMS: sum(len(one.head) + len(one.body) for one in held)})
    counts = corpora[0].counts([*expected, "llms"])
    assert {term: counts.get(term, 0) for term in [*expected, "llms"]} == {**expected, "llms": 0}
    for ledger in ledgers:
        ledger.close()
