"""How much two texts are about one thing, by their concept vectors."""

from __future__ import annotations

from digestbot.offline.vectors import embed
from digestbot.offline.vocabulary import Floats


class Likeness:
    """Gives the cosine of two texts; each is embedded once."""

    def __init__(self) -> None:
        self._known: dict[str, Floats] = {}

    def __call__(self, a: str, b: str) -> float:
        """Return the cosine similarity, −1 to 1."""
        return float(self._vector(a) @ self._vector(b))

    def _vector(self, text: str) -> Floats:
        if text not in self._known:
            self._known[text] = embed([text])[0]
        return self._known[text]
