"""The sources of one answer under the keys by which a model names them; filled while it looks for more."""

from __future__ import annotations

from collections.abc import Sequence

from digestbot.domain.answers import Citation
from digestbot.search import Found
from digestbot.wire.tex import plain_tex

MOST = 24
"""Sources of one answer at most: their keys are known before the model looks for more."""
KEYS = tuple(f"S{number}" for number in range(1, MOST + 1))


class Sources:
    """Passages by key, in the order in which they were shown; one that is shown again keeps its key."""

    def __init__(self, found: Sequence[Found]) -> None:
        """Take what is shown from the beginning."""
        self.by_key: dict[str, Found] = {}
        self.add(found)

    def add(self, found: Sequence[Found]) -> list[tuple[str, Found]]:
        """Return passages with their keys, those for which there is no key left out."""
        known = {one.passage.id: key for key, one in self.by_key.items()}
        keyed = []
        for one in found:
            key = known.get(one.passage.id)
            if key is None and len(self.by_key) < MOST:
                key = KEYS[len(self.by_key)]
                self.by_key[key] = one
            if key:
                keyed.append((key, one))
        return keyed


def citation(key: str, one: Found) -> Citation:
    """Return how a passage is cited."""
    document = one.document
    return Citation(
        key,
        document.id,
        plain_tex(document.title),
        document.url,
        document.date,
        document.kind,
        document.lang,
        one.passage.at,
    )
