"""The bundled embedding: English and Chinese texts as unit vectors in one space of concepts.

A term's vector comes from a truncated singular value decomposition over abstracts joined with their Chinese summaries
(latent semantic analysis), so terms of both languages that stand in the same papers point the same way. A word the
space has never seen gets a small vector made from its hash: texts of other fields and languages still differ.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from digestbot.offline import vocabulary
from digestbot.offline.vocabulary import Bags, Floats, Vocabulary

NAME = "digestbot-concepts-1"
SEARCH_NAME = "digestbot-search-1"
DIMENSIONS = 160

_HASH_ROWS = 4096
# A seldom word's share beside a known term of mean length 1: small, so that names do not drown a title's concepts.
_UNKNOWN_WEIGHT = 0.3


@dataclass(frozen=True)
class Space:
    """Concept vectors of the first rows of a vocabulary."""

    words: Vocabulary
    concepts: Floats

    def embed_counts(self, counts: Sequence[Mapping[str, float]]) -> Floats:
        """Return a unit row for every count of grams."""
        known = self.words.bags(counts, limit=len(self.concepts))
        vectors = known.times(self.concepts) + _unknown(self, counts).times(_hash_vectors(self.concepts.shape[1]))
        return unit(vectors)


def embed(texts: Sequence[str]) -> Floats:
    """Return one unit row of DIMENSIONS numbers a text; a text without any term gets the first axis."""
    return load().embed_counts([vocabulary.count(text) for text in texts])


def embed_for_search(texts: Sequence[str]) -> Floats:
    """Return one unit row of DIMENSIONS numbers a text, in the space in which questions lie near what answers them."""
    return load("search").embed_counts([vocabulary.count(text) for text in texts])


@functools.cache
def load(name: str = "concepts") -> Space:
    """Return a bundled space, read once: `concepts`, or `search`."""
    return Space(vocabulary.load(), vocabulary.unpack(vocabulary.load_weights(name), "concepts"))


def unit(vectors: Floats) -> Floats:
    """Return rows of length one; a zero row becomes the first axis, since every text needs a valid vector."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    rows: Floats = (vectors / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    rows[lengths[:, 0] == 0, 0] = 1.0
    return rows


def _unknown(space: Space, counts: Iterable[Mapping[str, float]]) -> Bags:
    """Return the single words without a concept vector as rows over the hash vectors."""
    known, limit = space.words.index, len(space.concepts)
    indices: list[int] = []
    starts = [0]
    for count in counts:
        unknown = (term for term in count if " " not in term and known.get(term, limit) >= limit)
        indices.extend(vocabulary.hashed(term) % _HASH_ROWS for term in unknown)
        starts.append(len(indices))
    weights = np.full(len(indices), _UNKNOWN_WEIGHT, dtype=np.float32)
    return Bags(np.array(indices, dtype=np.int32), weights, np.array(starts, dtype=np.int64))


@functools.cache
def _hash_vectors(dimensions: int) -> Floats:
    """Return rows of equal plus and minus entries, made from a hash: no generator's stream is promised for ever."""
    stream = hashlib.shake_256(NAME.encode()).digest(_HASH_ROWS * dimensions // 8)
    bits = np.unpackbits(np.frombuffer(stream, dtype=np.uint8)).reshape(_HASH_ROWS, dimensions)
    signs: Floats = ((bits.astype(np.float32) * 2 - 1) / np.sqrt(dimensions)).astype(np.float32)
    return signs
