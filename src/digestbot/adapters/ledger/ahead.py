"""The archive for whoever asks about every story, one after the other: what is announced is read together."""

from __future__ import annotations

from collections.abc import Sequence

from digestbot.adapters.ledger.archive import Archive
from digestbot.adapters.ledger.engine import Database
from digestbot.domain import Card, Dossier


class Ahead(Archive):
    """An archive for one reader, in one thread, while nothing is written that it must see."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._ids: tuple[str, ...] = ()
        self._dossiers: dict[str, Dossier] | None = None
        self._related: dict[tuple[tuple[str, ...], str, int], dict[str, tuple[Card, ...]]] = {}

    def announce(self, ids: Sequence[str]) -> None:
        """Take the stories that are asked about next; what was read for those before is forgotten."""
        self._ids, self._dossiers, self._related = tuple(dict.fromkeys(ids)), None, {}

    def dossier(self, id: str) -> Dossier | None:
        """See `Archive.dossier`."""
        if id not in self._ids:
            return super().dossier(id)
        if self._dossiers is None:
            self._dossiers = self.dossiers(self._ids)
        return self._dossiers.get(id)

    def related(self, id: str, langs: Sequence[str], space: str, limit: int) -> tuple[Card, ...]:
        """See `Archive.related`."""
        if id not in self._ids:
            return super().related(id, langs, space, limit)
        asked = (tuple(langs), space, limit)
        if asked not in self._related:
            self._related[asked] = self.related_to(self._ids, langs, space, limit)
        return self._related[asked][id]
