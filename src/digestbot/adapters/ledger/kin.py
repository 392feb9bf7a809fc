"""The stories most like one, found without an index: candidates by words and by place, ranked by their vectors."""

from __future__ import annotations

import sqlalchemy as sa

from digestbot.adapters.ledger import full_text
from digestbot.adapters.ledger.schema import items, passages, stories, term_counts, verdicts
from digestbot.adapters.ledger.vector_rows import vectors_of
from digestbot.domain import OFF_ROADMAP
from digestbot.search import PASSAGES, READ, weighted_terms

_BY_WORDS, _BY_PLACE = 60, 60
"""How many candidates each way brings."""
_LEAST = 0.35
"""Cosine below which two works have little in common but the field."""
_MOST_MATCHES = 3_000
"""Of a title's rarer words; ranking fifty thousand takes a fifth of a second."""


def kin_of(connection: sa.Connection, id: str, space: str, limit: int) -> list[str]:
    """Return the ids of up to `limit` filed stories most like one, the most alike first."""
    title = connection.execute(
        sa.select(items.c.title).join(stories, stories.c.lead == items.c.id).where(stories.c.id == id)
    ).scalar()
    found = [one for one in (*_by_words(connection, title or ""), *_by_place(connection, id)) if one != id]
    held = vectors_of(connection, space, [id, *dict.fromkeys(found)])
    own = held.pop(id, None)
    if own is None:
        return list(dict.fromkeys(found))[:limit]
    likeness = {one: float(vector @ own) for one, vector in held.items()}
    near = sorted((one for one in likeness if likeness[one] >= _LEAST), key=lambda one: (-likeness[one], one))
    return near[:limit]


def _by_words(connection: sa.Connection, title: str) -> list[str]:
    """Return the documents whose passages hold the rarer words of a title."""
    terms = list(weighted_terms(title))
    asked = sa.select(term_counts).where(term_counts.c.term.in_([*terms, PASSAGES]))
    counts = {row.term: row.passages for row in connection.execute(asked)}
    total = counts.pop(PASSAGES, 0)
    wanted = full_text.rare_enough({term: count for term, count in counts.items() if count}, _MOST_MATCHES)
    if not wanted:
        return []
    ids = full_text.matching(connection, wanted, total, READ, _BY_WORDS)
    held = sa.select(passages.c.document).where(passages.c.id.in_(ids))
    return list(dict.fromkeys(connection.execute(held).scalars()))


def _by_place(connection: sa.Connection, id: str) -> list[str]:
    """Return the latest stories of the chapters that a story is filed into."""
    found: list[str] = []
    mine = sa.select(verdicts.c.roadmap, verdicts.c.section, verdicts.c.chapter).where(
        verdicts.c.story == id, verdicts.c.section != OFF_ROADMAP
    )
    for row in connection.execute(mine).all():
        query = sa.select(verdicts.c.story).where(verdicts.c.roadmap == row.roadmap)
        same = verdicts.c.chapter == row.chapter if row.chapter else verdicts.c.section == row.section
        order = (verdicts.c.decided_at.desc(), verdicts.c.relevance.desc(), verdicts.c.story.desc())
        found += connection.execute(query.where(same).order_by(*order).limit(_BY_PLACE)).scalars()
    return found
