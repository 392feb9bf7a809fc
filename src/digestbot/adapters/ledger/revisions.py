"""Reads what became new about stories, and which subscriptions were not told yet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import batches
from digestbot.adapters.ledger.schema import digest_entries, digests, revisions
from digestbot.domain import News, StoryId


def last_revisions(connection: sa.Connection, stories: Collection[StoryId]) -> dict[StoryId, int]:
    """Return the last number of these stories; stories without any are left out."""
    found: dict[StoryId, int] = {}
    for batch in batches(sorted(stories)):
        query = sa.select(revisions.c.story, sa.func.max(revisions.c.number).label("last")).group_by(revisions.c.story)
        for row in connection.execute(query.where(revisions.c.story.in_(batch))):
            found[StoryId(row.story)] = row.last
    return found


def untold(connection: sa.Connection, subscription: str) -> dict[StoryId, tuple[tuple[News, ...], datetime]]:
    """Return what is new since a subscription was last told of its stories, with when it was first told of each."""
    held = (
        sa.select(
            digest_entries.c.story,
            sa.func.max(digest_entries.c.revision).label("last"),
            sa.func.min(digests.c.created_at).label("first"),
        )
        .join(digests, digests.c.id == digest_entries.c.digest)
        .where(digest_entries.c.subscription == subscription)
        .group_by(digest_entries.c.story)
        .subquery()
    )
    query = (
        sa.select(revisions, held.c.first)
        .join(held, sa.and_(held.c.story == revisions.c.story, revisions.c.number > held.c.last))
        .order_by(revisions.c.story, revisions.c.number)
    )
    found: dict[StoryId, tuple[tuple[News, ...], datetime]] = {}
    for row in connection.execute(query):
        told, first = found.get(StoryId(row.story), ((), row.first))
        found[StoryId(row.story)] = ((*told, News(row.kind, row.subject, row.change)), first)
    return found
