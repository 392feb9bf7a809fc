"""What charts are drawn from: filed stories as rows to be counted."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import articles, items, stories, verdicts
from digestbot.domain import OFF_ROADMAP, Counted, FeedId


class Figures:
    """The ledger's part for whoever counts stories."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counted(self, roadmap: str, since: datetime) -> list[Counted]:
        """Return the stories of a roadmap that were first seen from an instant on, oldest first."""
        chars = sa.func.coalesce(sa.func.length(articles.c.text), sa.func.length(items.c.text)).label("chars")
        lang = sa.case((sa.func.coalesce(articles.c.lang, "") != "", articles.c.lang), else_=items.c.lang).label("lang")
        filed = sa.and_(verdicts.c.story == stories.c.id, verdicts.c.roadmap == roadmap)
        query = (
            sa.select(
                stories.c.created_at,
                verdicts.c.section,
                verdicts.c.chapter,
                items.c.title,
                items.c.feed,
                items.c.medium,
                lang,
                chars,
            )
            .join(verdicts, filed)
            .join(items, items.c.id == stories.c.lead)
            .join(articles, articles.c.story == stories.c.id, isouter=True)
            # No story is decided on before it is seen: an index by decision leaves the years before alone.
            .where(verdicts.c.section != OFF_ROADMAP, stories.c.created_at >= since, verdicts.c.decided_at >= since)
            .order_by(stories.c.created_at, stories.c.id)
        )
        with self._database.read() as connection:
            found = connection.execute(query).all()
        return [
            Counted(
                row.created_at, row.section, row.chapter, row.title, FeedId(row.feed), row.medium, row.lang, row.chars
            )
            for row in found
        ]
