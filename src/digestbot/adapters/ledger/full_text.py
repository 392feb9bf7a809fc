"""The full text of SQLite and of PostgreSQL: passages that hold some of the terms, roughly the best first.

Their own scores differ; what is found is scored once more by rules that are the same for both (`search.scoring`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import sqlalchemy as sa

from digestbot.adapters.ledger.schema import documents, passages, verdicts
from digestbot.domain import Filters

_MOST_MATCHES = 50_000
"""How many matches a query may have by its rarer terms: a hundred thousand take SQLite 0.2 s to rank."""
_READ = Filters(sources=("story", "loaded"))
"""All but the roadmap, which is few rows to leave out."""
_WEIGHTS = "'{0.4, 0.4, 0.4, 0.8}'::real[]"
"""A word of the title (the last, label A) counts twice one of the text (the first, D), as in SQLite's index."""


def rare_enough(counts: Mapping[str, int], most: int = _MOST_MATCHES) -> dict[str, int]:
    """Return the rarest terms that together match no more than can be ranked in time, the rarest one always."""
    kept: dict[str, int] = {}
    for term in sorted(counts, key=lambda term: (counts[term], term)):
        if kept and sum(kept.values()) + counts[term] > most:
            break
        kept[term] = counts[term]
    return kept


def matching(
    connection: sa.Connection, counts: Mapping[str, int], total: int, filters: Filters, limit: int
) -> list[str]:
    """Return the ids of passages with at least one of the terms; `counts` says how common each is among `total`."""
    if connection.dialect.name == "sqlite":
        return _on_sqlite(connection, sorted(counts), filters, limit)
    return _on_postgresql(connection, counts, total, filters, limit)


def conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Return what a document must meet; a day is compared as text, since what was loaded may have any other."""
    found: list[sa.ColumnElement[bool]] = []
    if filters.sources:
        found.append(documents.c.source.in_(filters.sources))
    if filters.kinds:
        found.append(documents.c.kind.in_(filters.kinds))
    if filters.langs:
        found.append(sa.or_(*(passages.c.lang.startswith(lang) for lang in filters.langs)))
    if filters.since:
        found.append(documents.c.date >= filters.since.isoformat())
    if filters.until:
        found.append(
            sa.and_(documents.c.date != "", sa.func.substr(documents.c.date, 1, 10) <= filters.until.isoformat())
        )
    if filters.sections:
        filed = sa.exists().where(verdicts.c.story == documents.c.id, verdicts.c.section.in_(filters.sections))
        found.append(sa.or_(documents.c.section.in_(filters.sections), filed))
    return found


def _on_sqlite(connection: sa.Connection, terms: list[str], filters: Filters, limit: int) -> list[str]:
    query = " OR ".join(f'"{term}"' for term in terms)
    # Ranked before anything is joined: with a hundred thousand matches the join would take longer than the rest.
    ranked = sa.text("passages_words MATCH :query").bindparams(query=query)
    words = sa.table("passages_words", sa.column("rowid"), sa.column("rank"))
    best = sa.select(words.c.rowid, words.c.rank).where(ranked)
    # The plus keeps SQLite from looking every allowed row up in the full text, one by one.
    number = sa.literal_column("+passages_words.rowid", sa.Integer)
    if filters == _READ:
        best = best.where(number.not_in(_numbers(documents.c.source == "roadmap")))
    elif allowed := conditions(filters):
        best = best.where(number.in_(_numbers(*allowed)))
    top = best.order_by(words.c.rank, words.c.rowid).limit(limit).subquery()
    query_ids = sa.select(passages.c.id).join(top, top.c.rowid == passages.c.number)
    return list(connection.execute(query_ids.order_by(top.c.rank, top.c.rowid)).scalars())


def _numbers(*wanted: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(passages.c.number).join(documents, documents.c.id == passages.c.document).where(*wanted)


def _on_postgresql(
    connection: sa.Connection, counts: Mapping[str, int], total: int, filters: Filters, limit: int
) -> list[str]:
    words: sa.ColumnClause[str] = sa.column("words")
    terms = sorted(counts)
    asked = _tsquery(" | ".join(f"'{term}'" for term in terms))
    weights: sa.ColumnClause[str] = sa.literal_column(_WEIGHTS)
    score: sa.ColumnElement[float] = sa.literal(0.0)
    for term in terms:
        rarity = math.log(1 + (total - counts[term] + 0.5) / (counts[term] + 0.5))
        score = score + rarity * sa.func.ts_rank(weights, words, _tsquery(f"'{term}'"), 1)
    query = sa.select(passages.c.id).where(words.op("@@", is_comparison=True)(asked))
    if allowed := conditions(filters):
        query = query.join(documents, documents.c.id == passages.c.document).where(*allowed)
    return list(connection.execute(query.order_by(score.desc(), passages.c.number).limit(limit)).scalars())


def _tsquery(query: str) -> sa.Function[str]:
    return sa.func.to_tsquery(sa.literal_column("'simple'::regconfig"), sa.cast(query, sa.Text))
