"""Keeps what can be searched up to date: vectors into the index, stories and loaded lines among the documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from digestbot.domain import Document, Filed, Filters, Passage, PassageRole, Shelved, Story
from digestbot.ports import Embedder, Index
from digestbot.roadmap import Roadmap
from digestbot.roadmap.records import Chapter
from digestbot.search import documents_space
from digestbot.search.cutting import Part, cut, shelve

_BATCH = 1000
_ALL = 1_000_000_000
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

    def add(self, found: Sequence[tuple[Document, Sequence[Shelved]]]) -> None: ...
    def remove(self, ids: Collection[str]) -> None: ...
    def of_source(self, source: str) -> Mapping[str, Document]: ...
    def passages_of(self, document: str) -> list[Passage]: ...


@dataclass(frozen=True)
class Piece:
    """A document with the parts that are cut into its passages."""

    document: Document
    parts: tuple[Part, ...]


class WordLedger(Protocol):
    """What counting words anew asks of the ledger."""

    def allowed(self, filters: Filters, limit: int) -> list[str] | None: ...
    def shelved(self, ids: Collection[str]) -> Mapping[str, Shelved]: ...
    def documents(self, ids: Collection[str]) -> Mapping[str, Document]: ...
    def replace_terms(self, found: Sequence[tuple[Shelved, Shelved]]) -> int: ...


class LackingLedger(Protocol):
    """What embedding anew asks of the ledger."""

    def unembedded(self, space: str, limit: int) -> list[tuple[str, str, str, str]]: ...


def items_space(embedder: Embedder) -> str:
    """Return the space of items, in which dedupe looks for the same work."""
    return f"{embedder.name}.items"


def update_index(ledger: VectorLedger, index: Index, space: str, now: datetime) -> int:
    """Add to the index every vector of a space that it lacks; return how many there were."""
    added = 0
    # What is not indexed here stays marked for the process that owns the index, or for when its server is back.
    while batch := ledger.unindexed(space, _BATCH) if index.keeps else []:
        subjects = [subject for subject, _ in batch]
        index.add(subjects, np.stack([vector for _, vector in batch]))
        if index.keeps:
            ledger.mark_indexed(space, subjects, now)
            added += len(batch)
    return added


def add_documents(documents: DocumentLedger, vectors: VectorLedger, embedder: Embedder, found: Sequence[Piece]) -> None:
    """Make documents searchable by their words at once, by their meaning after the next `update_index`."""
    for start in range(0, len(found), _BATCH):
        shelves = shelf_of(found[start : start + _BATCH], embedder)
        # The vectors first: a document that is there counts as done, also after a run that was killed in between.
        vectors.add_vectors(documents_space(embedder), {id: row for one in shelves for id, row in one.vectors.items()})
        documents.add([(one.document, one.passages) for one in shelves])


@dataclass(frozen=True)
class Shelf:
    """A document as it is searched: its passages with their terms, and a vector for each passage's id."""

    document: Document
    passages: tuple[Shelved, ...]
    vectors: Mapping[str, NDArray[np.float32]]


def shelf_of(found: Sequence[Piece], embedder: Embedder) -> list[Shelf]:
    """Return each document cut, its words counted, its passages embedded."""
    cuts = [(one.document, cut(one.document, one.parts)) for one in found]
    texts = [_embedded(document.title, one.heading, one.text) for document, passages in cuts for one in passages]
    rows = iter(embedder.embed(texts))
    return [
        Shelf(document, tuple(shelve(document, passages)), {one.id: next(rows) for one in passages})
        for document, passages in cuts
    ]


def update_roadmap(documents: DocumentLedger, vectors: VectorLedger, embedder: Embedder, roadmap: Roadmap) -> int:
    """Make the chapters of a roadmap searchable as they are now; return how many were new, changed or gone."""
    chapters = {one.document.id: one for one in chapters_of(roadmap)}
    known = {id: one for id, one in documents.of_source("roadmap").items() if id.startswith(f"roadmap:{roadmap.name}/")}
    gone = sorted(known.keys() - chapters.keys())
    changed = [
        one
        for id, one in chapters.items()
        if known.get(id) != one.document or documents.passages_of(id) != cut(one.document, one.parts)
    ]
    if gone:
        documents.remove(gone)
    add_documents(documents, vectors, embedder, changed)
    return len(gone) + len(changed)


def chapters_of(roadmap: Roadmap) -> list[Piece]:
    """Return what can be searched of a roadmap: every chapter's own words, and its resources with theirs."""
    return [
        _chapter(roadmap, section.id, section.title, chapter)
        for section in roadmap.sections
        for chapter in section.chapters
    ]


def _chapter(roadmap: Roadmap, section: str, title: str, chapter: Chapter) -> Piece:
    resources = "\n".join(f"{one.title}: {one.words}" for one in chapter.resources)
    text = "\n".join(filter(None, [chapter.goal, chapter.prerequisites, chapter.prose, resources]))
    document = Document(
        f"roadmap:{roadmap.name}/{section}/{chapter.id}",
        chapter.title or title,
        kind="roadmap",
        lang=roadmap.lang,
        source="roadmap",
        section=section,
        chapter=chapter.id,
    )
    return Piece(document, (Part("roadmap", text),))


def piece_of(document: Document) -> Piece:
    """Return a loaded document with its text as its one part."""
    return Piece(replace(document, text=""), (Part("abstract", document.text),))


def embed_lacking(documents: LackingLedger, vectors: VectorLedger, embedder: Embedder) -> int:
    """Embed every passage that a space lacks, and return how many: those before a change of the embedding, too.

    What was embedded before something failed stays.
    """
    space, count = documents_space(embedder), 0
    while found := documents.unembedded(space, _PAID_BATCH):
        table = embedder.embed([_embedded(title, heading, text) for _, title, heading, text in found])
        vectors.add_vectors(space, {id: row for (id, *_), row in zip(found, table, strict=True)})
        count += len(found)
    return count


def count_words(ledger: WordLedger) -> int:
    """Count the words of every passage as they are counted today; return how many passages that changed.

    Others may write meanwhile: their passages have today's words already.
    """
    ids, count = sorted(ledger.allowed(Filters(), _ALL) or []), 0
    for start in range(0, len(ids), _BATCH):
        held = ledger.shelved(ids[start : start + _BATCH])
        documents = ledger.documents({one.passage.document for one in held.values()})
        known = [(one, documents[one.passage.document]) for one in held.values() if one.passage.document in documents]
        today = [(one, shelve(document, [one.passage])[0]) for one, document in known]
        count += ledger.replace_terms([(before, after) for before, after in today if before != after])
    return count


def _embedded(title: str, heading: str, text: str) -> str:
    return "\n".join(filter(None, [title, heading, text]))[:_EMBEDDED_CHARS]


def document_of(filed: Filed) -> Piece:
    """Return what can be searched of a story: its lead's title, its summary and its article."""
    summary, article = filed.summary, filed.article
    told = "\n".join([summary.tldr, *(point.text for point in summary.points)])
    roles: dict[str, PassageRole] = {"full text": "text", "transcript": "transcript"}
    parts = (Part("summary", told), Part(roles.get(article.basis, "abstract"), article.text))
    return Piece(_story_document(filed.story), parts)


def story_piece(story: Story) -> Piece:
    """Return what can be searched of a story that nobody has read: its lead's title and text."""
    return Piece(_story_document(story), (Part("abstract", story.lead.text),))


def _story_document(story: Story) -> Document:
    lead = story.lead
    date = f"{lead.published_at:%Y-%m-%d}" if lead.published_at else ""
    return Document(story.id, lead.title, "", lead.url, lead.medium, lead.lang, date, "story")
