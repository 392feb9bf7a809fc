"""What the pages ask of the ledger: reading only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from digestbot.domain import Card, Cards, Counted, Digest, Digests, Dossier


class Archive(Protocol):
    """What was read and what was made of it. `langs` are languages of summaries, the best first."""

    def cards(
        self,
        roadmap: str,
        langs: Sequence[str],
        *,
        section: str = "",
        chapter: str = "",
        since: datetime | None = None,
        before: str = "",
        limit: int = 20,
    ) -> Cards:
        """Return filed stories of a roadmap, newest first; those after a place of an earlier answer.

        Raises LookupError for a place that is none.
        """
        ...

    def best(
        self, roadmap: str, langs: Sequence[str], since: datetime, limit: int, sections: Sequence[str] = ("",)
    ) -> tuple[Card, ...]:
        """Return the most relevant stories filed from an instant on, up to `limit` of each section; of all by ""."""
        ...

    def cards_of(self, ids: Sequence[str], langs: Sequence[str]) -> dict[str, Card]:
        """Return these stories where they are filed, each by its id; in several roadmaps, where it is surest."""
        ...

    def tallies(self, roadmap: str, sections: Sequence[str], since: datetime | None = None) -> Mapping[str, int]:
        """Return how many stories each of these sections was given, since an instant or ever; those that got any."""
        ...

    def dossier(self, id: str) -> Dossier | None:
        """Return a story by its id or one that it had before; None where there is none or nothing was decided on it."""
        ...

    def related(self, id: str, langs: Sequence[str], space: str, limit: int) -> tuple[Card, ...]:
        """Return the filed stories most like one, the most alike first; `space` names the vectors to compare."""
        ...

    def digests(self, before: str = "", limit: int = 20) -> Digests:
        """Return digests that anybody may see. Raises LookupError for a place that is none."""
        ...

    def digest(self, id: str) -> Digest | None:
        """Return a digest that anybody may see."""
        ...

    def feed_counts(self, since: datetime) -> Mapping[str, int]:
        """Return how many items each feed showed from an instant on."""
        ...


class Figures(Protocol):
    """What charts are drawn from."""

    def counted(self, roadmap: str, since: datetime) -> Sequence[Counted]:
        """Return the stories of a roadmap that were first seen from an instant on, oldest first."""
        ...
