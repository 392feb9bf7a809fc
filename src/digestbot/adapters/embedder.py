"""The bundled embedding behind the Embedder port."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digestbot.offline import vectors


class ConceptEmbedder:
    """Embeds with the concept vectors that the package carries: no key, no download, English and Chinese alike."""

    @property
    def name(self) -> str:
        """The model, its version and its dimensions."""
        return f"{vectors.NAME}-{vectors.DIMENSIONS}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return rows of unit length, of shape (texts, dimensions)."""
        return vectors.embed(texts) if texts else np.zeros((0, vectors.DIMENSIONS), np.float32)


class SearchEmbedder:
    """Embeds with the vectors that were trained from titles and summaries to find abstracts, for search alone."""

    @property
    def name(self) -> str:
        """The model, its version and its dimensions."""
        return f"{vectors.SEARCH_NAME}-{vectors.DIMENSIONS}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return rows of unit length, of shape (texts, dimensions)."""
        return vectors.embed_for_search(texts) if texts else np.zeros((0, vectors.DIMENSIONS), np.float32)
