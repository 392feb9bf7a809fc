"""What people decide about stories, and what they are asked: pairs that were left apart in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import decisions, doubts, items, revisions, stories
from digestbot.domain import Decision, StoryId


class Decisions:
    """The ledger's part for the commands on stories."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, found: Sequence[Decision]) -> None:
        """Record decisions; the last one on a pair counts."""
        with self._database.write() as connection:
            self._database.upsert(connection, decisions, [rows.row(decision) for decision in found])

    def doubtful(self, limit: int) -> list[dict[str, Any]]:
        """Return the doubtful pairs that are still apart and undecided, the likeliest first."""
        a, b = items.alias("one"), items.alias("other")
        decided = sa.exists().where(decisions.c.a == doubts.c.a, decisions.c.b == doubts.c.b)
        query = (
            sa.select(
                doubts.c.score,
                doubts.c.basis,
                *(side.c[name].label(f"{label}_{name}") for label, side in (("a", a), ("b", b)) for name in _SHOWN),
            )
            .join(a, a.c.id == doubts.c.a)
            .join(b, b.c.id == doubts.c.b)
            .where(a.c.story != b.c.story, ~decided)
            .order_by(doubts.c.score.desc(), doubts.c.a, doubts.c.b)
            .limit(limit)
        )
        with self._database.read() as connection:
            found = [dict(values) for values in connection.execute(query).mappings()]
        return [
            {
                "score": pair["score"],
                "basis": pair["basis"],
                **{label: {name: pair[f"{label}_{name}"] for name in _SHOWN} for label in ("a", "b")},
            }
            for pair in found
        ]

    def story(self, id: StoryId) -> dict[str, Any]:
        """Return a story's lead and when it began, and what became new about it."""
        with self._database.read() as connection:
            own = connection.execute(sa.select(stories).where(stories.c.id == id)).mappings().one()
            news = sa.select(revisions).where(revisions.c.story == id).order_by(revisions.c.number)
            return {**own, "news": [dict(values) for values in connection.execute(news).mappings()]}


_SHOWN = ("id", "story", "medium", "title", "url")
