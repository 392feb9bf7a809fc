"""Documents, their passages and the full text: the sparse half of search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from digestbot.adapters.ledger import full_text, rows
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.schema import documents, passages, term_counts, vectors, verdicts
from digestbot.adapters.ledger.vector_rows import vectors_of
from digestbot.domain import OFF_ROADMAP, Document, Filters, Passage, Shelved
from digestbot.search import PASSAGES, TERMS

CHANGES = "#changes"
"""The name under which it is counted how often anything changed."""


class Corpus:
    """The ledger's part for search."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, found: Sequence[tuple[Document, Sequence[Shelved]]]) -> None:
        """Add documents with their passages, or replace those with the same id; within one call the last one counts."""
        with self._database.write() as connection:
            add_documents(self._database, connection, found)

    def replace_terms(self, found: Sequence[tuple[Shelved, Shelved]]) -> int:
        """Replace passages, each as it was read and as it is to be, after words are counted in another way.

        What somebody else changed or forgot meanwhile is left to them. Return how many were replaced.
        """
        with self._database.write() as connection:
            self._database.hold(connection, passages)
            held = _shelved(connection, [before.passage.id for before, _ in found])
            same = [after for before, after in found if held.get(before.passage.id) == before]
            for batch in batches(one.passage.id for one in same):
                _remove_passages(self._database, connection, passages.c.id.in_(batch))
            _add_passages(self._database, connection, same)
        return len(same)

    def remove(self, ids: Collection[str]) -> None:
        """Forget these documents."""
        with self._database.write() as connection:
            remove_documents(self._database, connection, ids)

    def matching(self, terms: Sequence[str], filters: Filters, limit: int) -> list[str]:
        """Return the ids of up to `limit` passages that hold at least one of these terms, roughly the best first.

        Very common terms are looked for only where there is no rarer one.
        """
        counts = self.counts(terms)
        wanted = full_text.rare_enough({term: counts[term] for term in terms if counts.get(term)})
        if not wanted:
            return []
        with self._database.read() as connection:
            return full_text.matching(connection, wanted, counts.get(PASSAGES, 0), filters, limit)

    def counts(self, terms: Collection[str]) -> dict[str, int]:
        """Return in how many passages each of these terms stands, and PASSAGES, TERMS and CHANGES."""
        asked = sorted({*terms, PASSAGES, TERMS, CHANGES})
        found: dict[str, int] = {}
        with self._database.read() as connection:
            for batch in batches(asked):
                for row in connection.execute(sa.select(term_counts).where(term_counts.c.term.in_(batch))):
                    found[row.term] = row.passages
        return found

    def shelved(self, ids: Collection[str]) -> dict[str, Shelved]:
        """Return these passages with their terms; those that are gone are left out."""
        with self._database.read() as connection:
            return _shelved(connection, ids)

    def passages_of(self, document: str) -> list[Passage]:
        """Return the passages of a document in their order."""
        query = sa.select(passages).where(passages.c.document == document).order_by(passages.c.place)
        with self._database.read() as connection:
            return [_passage(values) for values in connection.execute(query).mappings()]

    def documents(self, ids: Iterable[str]) -> dict[str, Document]:
        """Return these documents, without their text; a story's section is that of its surest verdict."""
        names = ("id", "title", "url", "kind", "lang", "date", "section", "chapter", "source")
        found: dict[str, Document] = {}
        with self._database.read() as connection:
            for batch in batches(ids):
                places = _places(connection, batch)
                for values in connection.execute(sa.select(documents).where(documents.c.id.in_(batch))).mappings():
                    held = {name: values[name] for name in names} | places.get(values["id"], {})
                    found[values["id"]] = Document(**held)
        return found

    def of_source(self, source: str) -> dict[str, Document]:
        """Return every document of a source that has few, such as the roadmap."""
        with self._database.read() as connection:
            ids = connection.execute(sa.select(documents.c.id).where(documents.c.source == source)).scalars().all()
        return self.documents(ids)

    def allowed(self, filters: Filters, limit: int) -> list[str] | None:
        """Return the ids of all passages that may be found, None where there are more than `limit`."""
        query = sa.select(passages.c.id).join(documents, documents.c.id == passages.c.document)
        with self._database.read() as connection:
            found = connection.execute(query.where(*full_text.conditions(filters)).limit(limit + 1)).scalars().all()
        return None if len(found) > limit else list(found)

    def meeting(self, ids: Collection[str], filters: Filters) -> set[str]:
        """Return those of these passages that may be found."""
        query = sa.select(passages.c.id).join(documents, documents.c.id == passages.c.document)
        with self._database.read() as connection:
            return {
                id
                for batch in batches(ids)
                for id in connection.execute(
                    query.where(passages.c.id.in_(batch), *full_text.conditions(filters))
                ).scalars()
            }

    def vectors_of(self, space: str, subjects: Collection[str]) -> dict[str, NDArray[np.float32]]:
        """Return the stored vectors of these passages; those without one are left out."""
        with self._database.read() as connection:
            return vectors_of(connection, space, subjects)

    def unembedded(self, space: str, limit: int) -> list[tuple[str, str, str, str]]:
        """Return (id, title, heading, text) of passages that have no vector in a space."""
        there = sa.exists().where(vectors.c.space == space, vectors.c.subject == passages.c.id)
        query = (
            sa.select(passages.c.id, documents.c.title, passages.c.heading, passages.c.text)
            .join(documents, documents.c.id == passages.c.document)
            .where(~there)
            .order_by(passages.c.number)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [(row.id, row.title, row.heading, row.text) for row in connection.execute(query)]

    def lacking(self, space: str) -> int:
        """Return how many passages have no vector in a space."""
        there = sa.exists().where(vectors.c.space == space, vectors.c.subject == passages.c.id)
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(passages).where(~there)).scalar_one())

    def count(self) -> int:
        """Return how many documents there are."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(documents)).scalar_one())

    def version(self) -> str:
        """Return a name of what there is to be found, which changes whenever that does."""
        return str(self.counts(()).get(CHANGES, 0))


def add_documents(
    database: Database, connection: sa.Connection, found: Sequence[tuple[Document, Sequence[Shelved]]]
) -> None:
    """Add documents with their passages, in a transaction that is open; those with the same id are replaced."""
    last = {document.id: (document, shelved) for document, shelved in found}
    marks = [rows.row(document) for document, _ in last.values()]
    for values in marks:
        del values["text"]
    shelved = [one for _, held in last.values() for one in held]
    remove_documents(database, connection, last)
    database.insert_new(connection, documents, marks)
    _add_passages(database, connection, shelved)


def remove_documents(database: Database, connection: sa.Connection, ids: Iterable[str]) -> None:
    """Delete documents with their passages, and take their terms out of the counts."""
    for batch in batches(ids):
        _remove_passages(database, connection, passages.c.document.in_(batch))
        connection.execute(sa.delete(documents).where(documents.c.id.in_(batch)))


def _shelved(connection: sa.Connection, ids: Collection[str]) -> dict[str, Shelved]:
    found: dict[str, Shelved] = {}
    for batch in batches(ids):
        for values in connection.execute(sa.select(passages).where(passages.c.id.in_(batch))).mappings():
            one = _passage(values)
            found[one.id] = Shelved(one, tuple(values["head"].split()), tuple(values["body"].split()))
    return found


def _add_passages(database: Database, connection: sa.Connection, found: Sequence[Shelved]) -> None:
    database.insert_new(connection, passages, [_row(one) for one in found])
    _count(database, connection, [(one.head, one.body) for one in found], 1)


def _remove_passages(database: Database, connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    # Held from here: between the two statements another writer on PostgreSQL could take the same passages out.
    held = connection.execute(sa.select(passages.c.head, passages.c.body).where(which).with_for_update()).all()
    connection.execute(sa.delete(passages).where(which))
    _count(database, connection, [(row.head.split(), row.body.split()) for row in held], -1)


def _count(
    database: Database, connection: sa.Connection, words: Sequence[tuple[Sequence[str], Sequence[str]]], sign: int
) -> None:
    if not words:
        return
    counts = Counter(term for head, body in words for term in {*head, *body})
    counts[PASSAGES] = len(words)
    counts[TERMS] = sum(len(head) + len(body) for head, body in words)
    changes = [{"term": term, "passages": sign * number} for term, number in sorted(counts.items())]
    database.add_up(connection, term_counts, "passages", [*changes, {"term": CHANGES, "passages": 1}])


def _row(one: Shelved) -> dict[str, Any]:
    return rows.row(one.passage, head=" ".join(one.head), body=" ".join(one.body))


def _passage(values: Mapping[Any, Any]) -> Passage:
    names = ("id", "document", "place", "role", "text", "heading", "at", "lang")
    return Passage(**{name: values[name] for name in names})


def _places(connection: sa.Connection, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    query = (
        sa.select(verdicts.c.story, verdicts.c.section, verdicts.c.chapter)
        .where(verdicts.c.story.in_(ids), verdicts.c.section != OFF_ROADMAP)
        .order_by(verdicts.c.confidence, verdicts.c.roadmap)
    )
    return {row.story: {"section": row.section, "chapter": row.chapter} for row in connection.execute(query)}
