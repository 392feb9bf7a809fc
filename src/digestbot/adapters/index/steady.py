"""An index on a server, with the ledger's own vectors for the time when the server is away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digestbot.adapters.index.chroma import ChromaIndex
from digestbot.adapters.index.scan import LedgerIndex
from digestbot.errors import StoreError


class SteadyIndex:
    """Chroma until it fails, from then on the ledger, which answers the same and keeps nothing."""

    def __init__(self, chroma: ChromaIndex, ledger: LedgerIndex) -> None:
        self._chroma, self._ledger, self.trouble = chroma, ledger, ""

    @property
    def keeps(self) -> bool:
        """Whether what is added stays: as long as Chroma did not fail."""
        return not self.trouble

    def add(self, subjects: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Add vectors, or replace those of the same subjects; where that fails, `keeps` is False from then on."""
        try:
            self._chroma.add(subjects, vectors)
        except StoreError as error:
            self.trouble = str(error)

    def near(self, vectors: NDArray[np.float32], limit: int) -> list[list[tuple[str, float]]]:
        """Return for each row up to `limit` (subject, cosine similarity), most similar first."""
        if self.keeps:
            try:
                return self._chroma.near(vectors, limit)
            except StoreError as error:
                self.trouble = str(error)
        return self._ledger.near(vectors, limit)

    def count(self) -> int:
        """Return how many vectors Chroma holds. Raises StoreError."""
        return self._chroma.count()

    def clear(self) -> None:
        """Throw what Chroma holds away. Raises StoreError."""
        self._chroma.clear()
