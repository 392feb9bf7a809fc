"""The stories most like one, found without an index: candidates by words and by place, ranked by their vectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from digestbot.adapters.ledger import full_text
from digestbot.adapters.ledger.engine import batches
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


def kin_of(connection: sa.Connection, ids: Sequence[str], space: str, limit: int) -> dict[str, list[str]]:
    """Return for each story the ids of up to `limit` filed stories most like it, the most alike first."""
    by_words, by_place = _by_words(connection, ids), _by_place(connection, ids)
    found = {id: dict.fromkeys((*by_words.get(id, ()), *by_place.get(id, ()))) for id in ids}
    held = vectors_of(connection, space, {*ids, *(one for near in found.values() for one in near)})
    return {id: _nearest(id, [one for one in near if one != id], held)[:limit] for id, near in found.items()}


def _nearest(id: str, found: Sequence[str], held: Mapping[str, NDArray[np.float32]]) -> list[str]:
    """Return those that are near a story, the nearest first; all in their order where it has no vector."""
    own = held.get(id)
    if own is None:
        return list(found)
    likeness = {one: float(held[one] @ own) for one in found if one in held}
    return sorted((one for one in likeness if likeness[one] >= _LEAST), key=lambda one: (-likeness[one], one))


def _by_words(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the documents whose passages hold the rarer words of each story's title, roughly the best first."""
    led = sa.select(stories.c.id, items.c.title).join(items, items.c.id == stories.c.lead)
    terms = {
        row.id: list(weighted_terms(row.title))
        for batch in batches(ids)
        for row in connection.execute(led.where(stories.c.id.in_(batch)))
    }
    counts = _counts(connection, {PASSAGES, *(term for asked in terms.values() for term in asked)})
    total = counts.pop(PASSAGES, 0)
    matching: dict[str, list[str]] = {}
    for id, asked in terms.items():
        known = {term: counts[term] for term in asked if counts.get(term)}
        if wanted := full_text.rare_enough(known, _MOST_MATCHES):
            matching[id] = full_text.matching(connection, wanted, total, READ, _BY_WORDS)
    held = _documents(connection, {one for found in matching.values() for one in found})
    return {id: [held[one] for one in found] for id, found in matching.items()}


def _counts(connection: sa.Connection, terms: Iterable[str]) -> dict[str, int]:
    return {
        row.term: row.passages
        for batch in batches(sorted(terms))
        for row in connection.execute(sa.select(term_counts).where(term_counts.c.term.in_(batch)))
    }


def _documents(connection: sa.Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return the document of each of these passages."""
    held = sa.select(passages.c.id, passages.c.document)
    return {
        row.id: row.document
        for batch in batches(sorted(ids))
        for row in connection.execute(held.where(passages.c.id.in_(batch)))
    }


def _by_place(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the latest stories of the chapters that each story is filed into."""
    places: dict[str, list[tuple[str, str, str]]] = {}
    mine = sa.select(verdicts.c.story, verdicts.c.roadmap, verdicts.c.section, verdicts.c.chapter)
    for batch in batches(ids):
        filed = mine.where(verdicts.c.story.in_(batch), verdicts.c.section != OFF_ROADMAP)
        for story, *place in connection.execute(filed):
            places.setdefault(story, []).append((place[0], place[1], place[2]))
    latest = {place: _latest(connection, *place) for place in {one for filed in places.values() for one in filed}}
    return {id: [one for place in filed for one in latest[place]] for id, filed in places.items()}


def _latest(connection: sa.Connection, roadmap: str, section: str, chapter: str) -> list[str]:
    query = sa.select(verdicts.c.story).where(verdicts.c.roadmap == roadmap)
    same = verdicts.c.chapter == chapter if chapter else verdicts.c.section == section
    order = (verdicts.c.decided_at.desc(), verdicts.c.relevance.desc(), verdicts.c.story.desc())
    return list(connection.execute(query.where(same).order_by(*order).limit(_BY_PLACE)).scalars())
