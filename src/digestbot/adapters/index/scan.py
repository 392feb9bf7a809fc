"""The ledger's own vectors, read whole and compared exactly: an index that keeps nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

_SCAN_BATCH = 100
"""Rows compared with the whole table at a time: 40 MB of similarities at 100,000 vectors."""

Vectors = Callable[[], tuple[list[str], NDArray[np.float32]]]


class LedgerIndex:
    """Reads the ledger's vectors and compares them all: exact, and fast enough beside the process that owns Chroma."""

    keeps = False

    def __init__(self, vectors: Vectors) -> None:
        """Take the function that reads (subjects, vectors) from the ledger."""
        self._vectors = vectors

    def add(self, subjects: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Do nothing: the ledger has them already."""

    def near(self, vectors: NDArray[np.float32], limit: int) -> list[list[tuple[str, float]]]:
        """Return for each row up to `limit` (subject, cosine similarity), most similar first."""
        subjects, table = self._vectors()
        if not subjects:
            return [[] for _ in vectors]
        found: list[list[tuple[str, float]]] = []
        for start in range(0, len(vectors), _SCAN_BATCH):
            for row in vectors[start : start + _SCAN_BATCH] @ table.T:
                found.append([(subjects[int(i)], float(row[int(i)])) for i in _largest(row, limit)])
        return found

    def count(self) -> int:
        """Return how many vectors the ledger has."""
        return len(self._vectors()[0])

    def clear(self) -> None:
        """Do nothing: there is nothing but the ledger."""


def _largest(row: NDArray[np.float32], limit: int) -> NDArray[np.intp]:
    """Return the places of the largest values, largest first, the earlier of equal ones first."""
    places = np.arange(len(row))
    if len(row) > limit:
        places = np.flatnonzero(row >= np.partition(row, -limit)[-limit])
    return places[np.argsort(-row[places], kind="stable")][:limit]
