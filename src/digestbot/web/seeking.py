"""Search as pages do it: quick over many stories, and by meaning where words bring little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from digestbot.domain import Card, Filters
from digestbot.errors import StoreError
from digestbot.ports import Embedder, Index
from digestbot.search import PASSAGES, READ, Hit, PassageLedger, search
from digestbot.web.ports import Archive

_MANY = 20_000
"""Passages from which comparing a question with each of them takes a reader's patience."""
_DEPTH = 120
"""Passages that words bring to the scoring then: each costs a fifth of a millisecond."""
_FEW = 10
"""Hits by words alone below which all are compared after all: the question may be asked in other words."""


@dataclass(frozen=True)
class Seeker:
    """Finds stories in what was read; `index` is asked for meaning."""

    corpus: PassageLedger
    archive: Archive
    embedder: Embedder
    index: Index
    many: int = _MANY

    def __call__(self, query: str, filters: Filters, langs: Sequence[str], limit: int) -> tuple[Card, ...]:
        """Return up to `limit` filed stories, the best first."""
        ids = self.ids(query, filters, limit)
        cards = self.archive.cards_of(ids, langs)
        return tuple(cards[id] for id in ids if id in cards)

    def ids(self, query: str, filters: Filters, limit: int) -> list[str]:
        """Return the ids of up to `limit` stories, the best first."""
        filters = replace(filters, sources=filters.sources or READ.sources)
        hits: list[Hit] = []
        if not self.index.keeps and self.corpus.counts(()).get(PASSAGES, 0) > self.many:
            hits = self._by_words(query, filters, limit)
        if len(hits) < _FEW:
            try:
                hits = search(self.corpus, self.index, self.embedder, query, limit, filters)
            except StoreError:  # an index that is out of reach costs meaning, and no answer
                hits = hits or self._by_words(query, filters, limit)
        return [hit.document.id for hit in hits if hit.document.source == "story"]

    def _by_words(self, query: str, filters: Filters, limit: int) -> list[Hit]:
        return search(self.corpus, None, self.embedder, query, limit, filters, _DEPTH)
