"""Turns texts into weighted bags of known terms: the features that every bundled model shares.

Must not know what a model learns from the bags.
"""

from __future__ import annotations

import functools
import itertools
import math
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digestbot.offline.terms import terms

Floats = NDArray[np.float32]

MAX_CHARS = 6000
_CHUNK_TERMS = 20_000


@dataclass(frozen=True)
class Bags:
    """Sparse rows: row i holds `weights` of the terms `indices` between `starts[i]` and `starts[i + 1]`."""

    indices: NDArray[np.int32]
    weights: Floats
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def normalized(self) -> Bags:
        """Return the same rows at unit length; an empty row stays empty."""
        squares = _row_sums(self.weights * self.weights, self.starts)
        lengths = np.sqrt(np.where(squares > 0, squares, 1.0))
        scale = np.repeat(1 / lengths, np.diff(self.starts)).astype(np.float32)
        return Bags(self.indices, self.weights * scale, self.starts)

    def times(self, table: Floats) -> Floats:
        """Return the product of the rows with a table of one row a term, in pieces that stay in the cache."""
        out = np.zeros((len(self), table.shape[1]), dtype=np.float32)
        first = 0
        while first < len(self):
            last = int(np.searchsorted(self.starts, self.starts[first] + _CHUNK_TERMS, side="right")) - 1
            last = min(max(last, first + 1), len(self))
            span = slice(self.starts[first], self.starts[last])
            products = table[self.indices[span]] * self.weights[span, None]
            out[first:last] = _row_sums(products, self.starts[first : last + 1] - self.starts[first])
            first = last
        return out


@dataclass(frozen=True)
class Vocabulary:
    """The terms the bundled models know, each with its rarity (inverse document frequency)."""

    index: Mapping[str, int]
    rarity: Floats

    def bags(self, counts: Iterable[Mapping[str, float]], limit: int | None = None) -> Bags:
        """Return one row a count: (1 + ln count) x rarity for every known term (of the first `limit`)."""
        end = len(self.index) if limit is None else limit
        indices: list[int] = []
        weights: list[float] = []
        starts = [0]
        known = self.index
        for count in counts:
            for term, times in count.items():
                position = known.get(term)
                if position is not None and position < end:
                    indices.append(position)
                    weights.append(1.0 if times == 1 else 1 + math.log(times))
            starts.append(len(indices))
        columns = np.array(indices, dtype=np.int32)
        values = np.array(weights, dtype=np.float32) * self.rarity[columns]
        return Bags(columns, values, np.array(starts, dtype=np.int64))


@functools.cache
def load() -> Vocabulary:
    """Return the bundled vocabulary, read once."""
    arrays = load_weights("vocabulary")
    words = bytes(arrays["terms"]).decode().split("\n")
    return Vocabulary({word: i for i, word in enumerate(words)}, arrays["rarity"].astype(np.float32))


def load_weights(name: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of one bundled weights file."""
    with (
        resources.files("digestbot.offline").joinpath(f"weights/{name}.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as arrays,
    ):
        return {key: arrays[key] for key in arrays.files}


def grams(text: str) -> list[str]:
    """Return the stemmed terms of a text and every pair of neighbours, joined by a space."""
    words = [_stem(term) for term in terms(text[:MAX_CHARS])]
    return words + [f"{a} {b}" for a, b in itertools.pairwise(words)]


def count(text: str, into: dict[str, float] | None = None, times: float = 1.0) -> dict[str, float]:
    """Return how often each gram stands in a text, added to earlier counts when they are given."""
    counts: dict[str, float] = {} if into is None else into
    for gram in grams(text):
        counts[gram] = counts.get(gram, 0.0) + times
    return counts


def hashed(term: str) -> int:
    """Return a number of 32 bits that is the same for a term on every machine and in every run."""
    return zlib.crc32(term.encode())


def softmax(scores: Floats) -> Floats:
    """Return rows of probabilities."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Floats = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return result


def unpack(arrays: Mapping[str, NDArray[Any]], name: str) -> Floats:
    """Return a table that was stored as 8-bit integers with one scale a column."""
    table: Floats = arrays[name].astype(np.float32) * arrays[f"{name}_scale"].astype(np.float32)
    return table


def _stem(term: str) -> str:
    """Drop a plural s: "adapters" and "adapter" are one topic."""
    return term[:-1] if len(term) > 3 and term[-1] == "s" and term[-2] not in "sui" else term


def _row_sums(values: Floats, bounds: NDArray[np.int64]) -> Floats:
    """Sum consecutive rows between starts; reduceat alone would repeat a value for an empty row."""
    out = np.zeros((len(bounds) - 1, *values.shape[1:]), dtype=np.float32)
    filled = np.flatnonzero(np.diff(bounds) > 0)
    if len(filled):
        out[filled] = np.add.reduceat(values, bounds[filled], axis=0)
    return out
