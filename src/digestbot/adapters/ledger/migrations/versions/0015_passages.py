"""Passages in place of whole documents, and in how many of them a term stands.

The documents are emptied: stories come back with the next run; of loaded lines the text was never kept, so that they
have to be loaded once more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_TEXTS = ("role", "text", "heading", "at", "lang", "head", "body")


def upgrade() -> None:
    """Make the tables and the full-text index of the database at hand."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        for trigger in ("added", "removed", "changed"):
            op.execute(f"DROP TRIGGER documents_{trigger}")
        op.execute("DROP TABLE documents_terms")
    else:
        op.execute("DROP INDEX ix_documents_terms")
    op.execute("DELETE FROM documents")
    op.execute("DELETE FROM vectors WHERE space LIKE '%.documents'")
    op.drop_column("documents", "terms")
    for name in ("section", "chapter"):
        op.add_column("documents", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.create_index("ix_documents_source", "documents", ["source"])
    op.create_table(
        "passages",
        sa.Column("number", sa.Integer, primary_key=True), sa.Column("id", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False, server_default=""), sa.Column("place", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False, server_default="") for name in _TEXTS),
    )
    op.create_index("uq_passages_id", "passages", ["id"], unique=True)
    op.create_index("ix_passages_document", "passages", ["document"])
    op.create_table(
        "term_counts", sa.Column("term", sa.Text, primary_key=True), sa.Column("passages", sa.Integer, nullable=False)
    )
    _index_on_sqlite() if sqlite else _index_on_postgresql()


def _index_on_sqlite() -> None:
    # An external-content index: the terms are stored once, in the table, and triggers keep the two together.
    op.execute("CREATE VIRTUAL TABLE passages_words USING fts5(head, body, content='passages', content_rowid='number')")
    op.execute("INSERT INTO passages_words(passages_words, rank) VALUES ('rank', 'bm25(2.0, 1.0)')")
    op.execute(
        "CREATE TRIGGER passages_added AFTER INSERT ON passages BEGIN "
        "INSERT INTO passages_words(rowid, head, body) VALUES (new.number, new.head, new.body); END"
    )
    op.execute(
        "CREATE TRIGGER passages_removed AFTER DELETE ON passages BEGIN "
        "INSERT INTO passages_words(passages_words, rowid, head, body) "
        "VALUES ('delete', old.number, old.head, old.body); END"
    )


def _index_on_postgresql() -> None:
    # Stored, since ranking reads the words of every match: making them anew each time would take most of a query.
    op.execute(
        "ALTER TABLE passages ADD COLUMN words tsvector GENERATED ALWAYS AS "
        "(setweight(to_tsvector('simple', head), 'A') || setweight(to_tsvector('simple', body), 'D')) STORED"
    )
    op.execute("CREATE INDEX ix_passages_words ON passages USING gin (words)")
