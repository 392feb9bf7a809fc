"""Learns the vocabulary and the concept vectors, and turns texts into the features of the linear models.

Everything is made of the product's own features, so training and inference cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from offline_corpus import Corpus, Counts, documents
from sklearn.utils.extmath import randomized_svd

from digestbot.offline import vocabulary
from digestbot.offline.vectors import DIMENSIONS, Space
from digestbot.offline.vocabulary import Floats, Vocabulary

CONCEPT_LEVELS = 63
CONCEPT_DEVIATIONS = 8.0
TERM_LEVELS = 127
# Below 1 the terms decide and the vectors only help; 0.35..0.5 was best on lists kept out, 1 and more lost.
CONCEPT_SCALE = 0.35
# Rarer terms have no vector of their own: by language (word or Chinese pair) and length.
_LEAST_DOCUMENTS = {(False, False): 12, (False, True): 80, (True, False): 30, (True, True): 110}


def learn_space(corpus: Corpus, kept: Sequence[int]) -> Space:
    """Return vocabulary and concept vectors learned from the unlabelled texts and the kept placement items."""
    placed = [corpus.placed_counts[i] for i in kept]
    labelled = documents(placed)
    named = documents(vocabulary.count(phrase) for _, phrase in corpus.seeds)
    found = corpus.document_counts + labelled
    frequent = [
        (term, n)
        for term, n in found.items()
        if n >= 5 and (labelled[term] >= 2 or term in named or n >= 100 or _has_vector(term, n))
    ]
    frequent.sort(key=lambda pair: (not _has_vector(*pair), -pair[1], pair[0]))
    total = len(corpus.english) * 2 + len(corpus.month) + len(corpus.pool) + len(placed)
    rarity = np.log((1 + total) / (1 + np.array([n for _, n in frequent]))).astype(np.float16).astype(np.float32)
    words = Vocabulary({term: i for i, (term, _) in enumerate(frequent)}, rarity)
    limit = sum(_has_vector(*pair) for pair in frequent)
    return Space(words, quantized(_concepts(corpus, placed, words, limit), CONCEPT_LEVELS, CONCEPT_DEVIATIONS))


def _has_vector(term: str, count: int) -> bool:
    return len(term) > 1 and count >= _LEAST_DOCUMENTS[(any(c >= "\u3400" for c in term), " " in term)]


def _concepts(corpus: Corpus, placed: Sequence[Counts], words: Vocabulary, limit: int) -> Floats:
    """Return the right singular vectors of all texts, an abstract and its Chinese summary being one text."""
    both = unit_rows(matrix(words, corpus.english, limit) + matrix(words, corpus.chinese, limit))
    others = [matrix(words, counts, limit) for counts in (corpus.month, corpus.pool_counts, placed)]
    _, _, right = randomized_svd(sp.vstack([both, *others]).tocsr(), DIMENSIONS, n_iter=3, random_state=0)
    vectors = right.T[:limit]
    scaled: Floats = (vectors / np.linalg.norm(vectors, axis=1).mean()).astype(np.float32)
    return scaled


def quantized(table: Floats, levels: int, deviations: float = np.inf) -> Floats:
    """Return a table as it will be after storing by `pack`."""
    stored, scale = pack(table, levels, deviations)
    return stored.astype(np.float32) * scale


def pack(table: Floats, levels: int, deviations: float = np.inf) -> tuple[NDArray[np.int8], Floats]:
    """Return 8-bit whole numbers within +-levels and the scale of each column; fewer levels compress better.

    Only concept vectors may be clipped. A linear model's few large weights are what it has learned: clipping them at
    4.5 standard deviations cost 0.04 of accuracy, 127 levels up to the largest cost nothing.
    """
    reach = np.minimum(np.abs(table).max(axis=0), deviations * table.std(axis=0)) + 1e-12
    scale = (reach / levels).astype(np.float32)
    return np.clip(np.rint(table / scale), -levels, levels).astype(np.int8), scale


def matrix(words: Vocabulary, counts: Sequence[Counts], limit: int | None = None) -> sp.csr_matrix:
    """Return the product's own bags as a sparse matrix of unit rows."""
    bags = words.bags(counts, limit).normalized()
    shape = (len(bags), len(words.index) if limit is None else limit)
    return sp.csr_matrix((bags.weights, bags.indices, bags.starts), shape=shape, dtype=np.float32)


def unit_rows(table: sp.csr_matrix) -> sp.csr_matrix:
    """Return the rows of a sparse matrix at unit length."""
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(1 / np.where(lengths > 0, lengths, 1)) @ table, dtype=np.float32)


def design(space: Space, counts: Sequence[Counts], traits: Floats | None = None) -> sp.csr_matrix:
    """Return the features of a linear model: bags, concept vectors and, where given, traits."""
    blocks = [matrix(space.words, counts), sp.csr_matrix(space.embed_counts(counts) * CONCEPT_SCALE)]
    return sp.hstack(blocks if traits is None else [*blocks, sp.csr_matrix(traits)]).tocsr()
