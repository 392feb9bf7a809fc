"""Keeps what can be searched up to date: vectors into the index, stories and loaded lines among the documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from digestbot.domain import Document, Filed
from digestbot.offline.terms import is_chinese, terms
from digestbot.ports import Embedder, Index

_BATCH = 1000
_EMBEDDED_CHARS = 2000
_PAID_BATCH = 100
"""Documents that are embedded and recorded together: what a failure may cost again."""


class VectorLedger(Protocol):
    """What keeping an index asks of the ledger."""

    def add_vectors(self, space: str, found: Mapping[str, NDArray[np.float32]]) -> None: ...
    def unindexed(self, space: str, limit: int) -> list[tuple[str, NDArray[np.float32]]]: ...
    def mark_indexed(self, space: str, subjects: Sequence[str], now: datetime | None) -> None: ...


class DocumentLedger(Protocol):
    """What keeping the documents asks of the ledger."""

    def add(self, found: Sequence[tuple[Document, Sequence[str]]]) -> None: ...


class LackingLedger(Protocol):
    """What embedding anew asks of the ledger."""

    def unembedded(self, space: str, limit: int) -> list[tuple[str, str, str]]: ...


def items_space(embedder: Embedder) -> str:
    """Return the space of items, in which dedupe looks for the same work."""
    return f"{embedder.name}.items"


def documents_space(embedder: Embedder) -> str:
    """Return the space of documents, in which people search."""
    return f"{embedder.name}.documents"


def update_index(ledger: VectorLedger, index: Index, space: str, now: datetime) -> int:
    """Add to the index every vector of a space that it lacks; return how many there were."""
    added = 0
    if not index.keeps:
        return added  # what is not indexed here stays marked for the process that owns the index
    while batch := ledger.unindexed(space, _BATCH):
        subjects = [subject for subject, _ in batch]
        index.add(subjects, np.stack([vector for _, vector in batch]))
        ledger.mark_indexed(space, subjects, now)
        added += len(batch)
    return added


def add_documents(
    documents: DocumentLedger, vectors: VectorLedger, embedder: Embedder, found: Sequence[Document]
) -> None:
    """Make documents searchable by their words at once, by their meaning after the next `update_index`."""
    for start in range(0, len(found), _BATCH):
        batch = found[start : start + _BATCH]
        words = [f"{document.title}\n{document.text}" for document in batch]
        table = embedder.embed([text[:_EMBEDDED_CHARS] for text in words])
        # The vectors first: a document that is there counts as done, also after a run that was killed in between.
        vectors.add_vectors(documents_space(embedder), {d.id: row for d, row in zip(batch, table, strict=True)})
        documents.add([(document, terms(text)) for document, text in zip(batch, words, strict=True)])


def embed_lacking(documents: LackingLedger, vectors: VectorLedger, embedder: Embedder) -> int:
    """Embed every document that a space lacks, and return how many: those before a change of the embedding, too.

    What was embedded before something failed stays.
    """
    space, count = documents_space(embedder), 0
    while found := documents.unembedded(space, _PAID_BATCH):
        words = [f"{title}\n{rejoined(terms.split())}"[:_EMBEDDED_CHARS] for _, title, terms in found]
        table = embedder.embed(words)
        vectors.add_vectors(space, {id: row for (id, _, _), row in zip(found, table, strict=True)})
        count += len(found)
    return count


def rejoined(found: Sequence[str]) -> str:
    """Return terms as a text: of Chinese, which has only pairs of neighbours, every character once."""
    joined: list[str] = []
    for term in found:
        if joined and len(term) == 2 and is_chinese(term) and joined[-1][-1] == term[0]:
            joined[-1] += term[1]
        else:
            joined.append(term)
    return " ".join(joined)


def document_of(filed: Filed) -> Document:
    """Return what can be searched of a story: its lead's title, its summary and its article."""
    lead, summary = filed.story.lead, filed.summary
    text = "\n".join([summary.tldr, *(point.text for point in summary.points), filed.article.text])
    date = f"{lead.published_at:%Y-%m-%d}" if lead.published_at else ""
    return Document(filed.story.id, lead.title, text, lead.url, lead.medium, lead.lang, date, "story")
