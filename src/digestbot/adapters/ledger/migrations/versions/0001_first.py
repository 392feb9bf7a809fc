"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def value(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float, nullable=False)


def json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON, nullable=False)


def at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime, nullable=False)


def maybe(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime)


TABLES: dict[str, list[sa.Column[Any]]] = {
    "feeds": [key("id"), text("etag"), text("last_modified"), maybe("begins_at"), maybe("last_success_at"), number("error_streak"), text("reason")],
    "items": [
        key("id"), text("feed"), text("url"), text("title"), text("text"), maybe("published_at"), maybe("updated_at"),
        json("authors"), text("medium"), text("lang"), sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        json("categories"), text("comment"), json("links"), at("first_seen_at"), sa.Column("story", sa.Text),
    ],
    "sightings": [
        key("item"), key("feed"), sa.Column("version", sa.Integer, primary_key=True, autoincrement=False), at("seen_at"),
        text("outcome"), text("reason"),
    ],
    "item_keys": [key("key"), key("item")],
    "links": [key("a"), key("b"), value("score"), text("basis")],
    "stories": [key("id"), sa.Column("lead", sa.Text, nullable=False), at("created_at")],
    "story_aliases": [key("alias"), sa.Column("story", sa.Text, nullable=False)],
    "vectors": [key("subject"), key("space"), sa.Column("vector", sa.LargeBinary, nullable=False), maybe("indexed_at")],
    "verdicts": [
        key("story"), key("roadmap"), text("section"), text("chapter"), value("confidence"), value("relevance"),
        text("reason"), text("model"), text("prompt"), json("top"), at("decided_at"),
    ],
    "articles": [key("story"), text("text"), text("basis"), text("note"), at("read_at")],
    "summaries": [
        key("story"), key("lang"), text("tldr"), json("points"), json("evidence"), text("model"), text("basis"),
        number("dropped"), text("prompt"), at("written_at"),
    ],
    "steps": [key("subject"), key("step"), key("input_hash"), text("result"), at("at")],
    "proposals": [
        key("id"), text("story"), text("roadmap"), text("section"), text("chapter"), text("title"), text("url"), text("medium"),
        text("merit"), text("base"), text("diff"), text("reason"), json("evidence"),
        value("confidence"), at("created_at"), text("state"), maybe("decided_at"), text("decided_by"), text("note"),
    ],
    "digests": [key("id"), text("subscription"), at("created_at"), json("body")],
    "digest_entries": [
        key("subscription"), key("story"), sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False), text("digest"),
    ],
    "outbox": [
        key("key"), text("digest"), text("kind"), text("address"), text("state"), number("attempts"), at("due_at"),
        sa.Column("owner", sa.Text), maybe("lease_until"), maybe("sent_at"), text("reference"), text("reason"),
    ],
    "model_calls": [
        sa.Column("id", sa.Integer, primary_key=True), at("at"), text("step"), text("model"), text("prompt"),
        sa.Column("stories", sa.Integer, nullable=False), sa.Column("tokens", sa.Integer, nullable=False), sa.Column("cost_usd", sa.Float),
    ],
    "runs": [sa.Column("id", sa.Integer, primary_key=True), at("now"), at("finished_at"), json("report")],
    "leases": [key("name"), sa.Column("owner", sa.Text, nullable=False), at("until")],
    "documents": [
        sa.Column("number", sa.Integer, primary_key=True), sa.Column("id", sa.Text, nullable=False), text("source"), text("title"),
        text("url"), text("kind"), text("lang"), text("date"), text("terms"),
    ],
}

INDEXES = {
    "items": ["story"], "sightings": ["outcome"], "item_keys": ["item"], "links": ["b"], "story_aliases": ["story"],
    "vectors": ["indexed_at"], "verdicts": ["section"], "proposals": ["story", "state"], "digests": ["subscription"],
    "digest_entries": ["digest"], "outbox": ["digest", "state"], "model_calls": ["at"],
}


def upgrade() -> None:
    """Make the tables, their indexes and the full-text index of the database at hand."""
    for name, columns in TABLES.items():
        op.create_table(name, *columns)
    for name, indexed in INDEXES.items():
        for column in indexed:
            op.create_index(f"ix_{name}_{column}", name, [column])
    op.create_index("uq_documents_id", "documents", ["id"], unique=True)
    if op.get_bind().dialect.name == "sqlite":
        # An external-content index: the terms are stored once, in the table, and triggers keep the two together.
        op.execute("CREATE VIRTUAL TABLE documents_terms USING fts5(terms, content='documents', content_rowid='number')")
        op.execute(
            "CREATE TRIGGER documents_added AFTER INSERT ON documents BEGIN "
            "INSERT INTO documents_terms(rowid, terms) VALUES (new.number, new.terms); END"
        )
        op.execute(
            "CREATE TRIGGER documents_removed AFTER DELETE ON documents BEGIN "
            "INSERT INTO documents_terms(documents_terms, rowid, terms) VALUES ('delete', old.number, old.terms); END"
        )
        op.execute(
            "CREATE TRIGGER documents_changed AFTER UPDATE ON documents BEGIN "
            "INSERT INTO documents_terms(documents_terms, rowid, terms) VALUES ('delete', old.number, old.terms); "
            "INSERT INTO documents_terms(rowid, terms) VALUES (new.number, new.terms); END"
        )
    else:
        op.execute("CREATE INDEX ix_documents_terms ON documents USING gin (to_tsvector('simple', terms))")
