"""What was read, as questions are put to it: the search over the ledger and the index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from digestbot.ports import Embedder, Index
from digestbot.search import Filters, Found, PassageLedger, retrieve


class SearchedLedger(PassageLedger, Protocol):
    """What search asks of the ledger, and a version of what is in it."""

    def version(self) -> str: ...


class ReadLibrary:
    """Fulfils the Library port."""

    def __init__(self, ledger: SearchedLedger, index: Index, embedder: Embedder, today: date) -> None:
        """Take what is searched; `today` is from where recent is counted."""
        self._ledger = ledger
        self._index = index
        self._embedder = embedder
        self._today = today

    @property
    def version(self) -> str:
        """What changes whenever something can be found that could not before, or the other way round."""
        return self._ledger.version()

    def find(self, question: str, filters: Filters, limit: int) -> list[Found]:
        """Return the passages nearest to a question, best first, of many documents."""
        return retrieve(self._ledger, self._index, self._embedder, question, filters, limit, today=self._today)

    def similarities(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return the cosine of the meanings of a question and of each text."""
        if not texts:
            return ()
        asked, *others = self._embedder.embed([question, *texts])
        return [float(other @ asked) for other in others]
