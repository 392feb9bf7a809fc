"""What can be searched and what was asked: documents, their passages, questions and answers."""

from __future__ import annotations

import sqlalchemy as sa

from digestbot.adapters.ledger.schema.columns import Instant, metadata, text

# What can be searched: loaded lines under their own ids, stories, and the chapters of the roadmap.
documents = sa.Table(
    "documents",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False),
    text("source", index=True),
    text("title"),
    text("url"),
    text("kind"),
    text("lang"),
    text("date"),
    text("section"),
    text("chapter"),
    sa.Index("uq_documents_id", "id", unique=True),
)

# The pieces that documents are cut into. `head` and `body` hold the terms of title and text as search.words makes them,
# separated by spaces, so that SQLite's and PostgreSQL's own full text index them alike, Chinese included.
passages = sa.Table(
    "passages",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False),
    text("document", index=True),
    sa.Column("place", sa.Integer, nullable=False),
    text("role"),
    text("text"),
    text("heading"),
    text("at"),
    text("lang"),
    text("head"),
    text("body"),
    sa.Index("uq_passages_id", "id", unique=True),
)

# In how many passages a term stands. Names that begin with # count other things: passages, terms, changes.
term_counts = sa.Table(
    "term_counts",
    metadata,
    sa.Column("term", sa.Text, primary_key=True),
    sa.Column("passages", sa.Integer, nullable=False),
)

# What people asked and were answered. `key` is equal for questions that share an answer as long as nothing new is read.
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    text("key", index=True),
    text("who", index=True),
    text("follows"),
    sa.Column("asked_at", Instant, nullable=False),
    text("state"),
    sa.Column("cached", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("body", sa.JSON, nullable=False),
)

answer_verdicts = sa.Table(
    "answer_verdicts",
    metadata,
    sa.Column("answer", sa.Text, primary_key=True),
    sa.Column("who", sa.Text, primary_key=True),
    text("verdict"),
    text("note"),
    sa.Column("at", Instant, nullable=False),
)
