"""Documents and their full text: the sparse half of search."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.schema import documents, vectors
from digestbot.domain import Document

_SQLITE = sa.text(
    "SELECT d.id, -bm25(documents_terms) AS score FROM documents_terms "
    "JOIN documents d ON d.number = documents_terms.rowid WHERE documents_terms MATCH :query "
    "ORDER BY score DESC, d.id LIMIT :limit"
)
_POSTGRESQL = sa.text(
    "SELECT id, ts_rank_cd(to_tsvector('simple', terms), q, 1) AS score FROM documents, to_tsquery('simple', :query) q "
    "WHERE to_tsvector('simple', terms) @@ q ORDER BY score DESC, id LIMIT :limit"
)


class Corpus:
    """The ledger's part for search."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, found: Sequence[tuple[Document, Sequence[str]]]) -> None:
        """Add documents, or replace those with the same id, each with the terms of its whole text in order."""
        marks = {document.id: rows.row(document, terms=" ".join(terms)) for document, terms in found}
        for values in marks.values():
            del values["text"]
        with self._database.write() as connection:
            for batch in batches(marks):
                connection.execute(sa.delete(documents).where(documents.c.id.in_(batch)))
            self._database.insert_new(connection, documents, list(marks.values()))

    def matching(self, terms: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """Return (id, score) of the documents with at least one of these terms, best first."""
        wanted = sorted({term for term in terms if term.replace("'", "").replace("+", "").isalnum()})
        if not wanted:
            return []
        sqlite = self._database.dialect == "sqlite"
        query = (
            " OR ".join(f'"{term}"' for term in wanted)
            if sqlite
            else " | ".join(f"'{term.replace(chr(39), '')}'" for term in wanted)
        )
        with self._database.read() as connection:
            found = connection.execute(_SQLITE if sqlite else _POSTGRESQL, {"query": query, "limit": limit})
            return [(row.id, float(row.score)) for row in found]

    def documents(self, ids: Sequence[str]) -> dict[str, Document]:
        """Return these documents, without their text."""
        names = ("id", "title", "url", "kind", "lang", "date", "source")
        found: dict[str, Document] = {}
        with self._database.read() as connection:
            for batch in batches(ids):
                for values in connection.execute(sa.select(documents).where(documents.c.id.in_(batch))).mappings():
                    found[values["id"]] = Document(**{name: values[name] for name in names})
        return found

    def unembedded(self, space: str, limit: int) -> list[tuple[str, str, str]]:
        """Return (id, title, terms in order) of documents that have no vector in a space."""
        there = sa.exists().where(vectors.c.space == space, vectors.c.subject == documents.c.id)
        query = sa.select(documents.c.id, documents.c.title, documents.c.terms).where(~there)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(documents.c.number).limit(limit))
            return [(row.id, row.title, row.terms) for row in found]

    def lacking(self, space: str) -> int:
        """Return how many documents have no vector in a space."""
        there = sa.exists().where(vectors.c.space == space, vectors.c.subject == documents.c.id)
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(documents).where(~there)).scalar_one())

    def count(self) -> int:
        """Return how many documents there are."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(documents)).scalar_one())
