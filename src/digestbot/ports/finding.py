"""How texts become vectors, and how those near a vector are found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """The model and its version: vectors of different names are never compared."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return rows of unit length, of shape (texts, dimensions)."""
        ...


class Index(Protocol):
    """Finds vectors near a vector. It can be thrown away: the ledger holds all that is in it."""

    @property
    def keeps(self) -> bool:
        """Whether what is added stays; an index that only reads the ledger keeps nothing of its own."""
        ...

    def add(self, subjects: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Add vectors, or replace those of the same subjects."""
        ...

    def near(self, vectors: NDArray[np.float32], limit: int) -> list[list[tuple[str, float]]]:
        """Return for each row up to `limit` (subject, cosine similarity), most similar first."""
        ...

    def count(self) -> int:
        """Return how many vectors it holds."""
        ...

    def clear(self) -> None:
        """Throw everything away."""
        ...
