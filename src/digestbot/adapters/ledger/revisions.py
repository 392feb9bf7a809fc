"""Reads what became new about stories, and what subscriptions were told of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import batches
from digestbot.adapters.ledger.schema import digest_entries, digests, revisions
from digestbot.domain import DigestId, News, StoryId


def last_revisions(connection: sa.Connection, stories: Collection[StoryId]) -> dict[StoryId, int]:
    """Return the last number of these stories; stories without any are left out."""
    found: dict[StoryId, int] = {}
    for batch in batches(sorted(stories)):
        query = sa.select(revisions.c.story, sa.func.max(revisions.c.number).label("last")).group_by(revisions.c.story)
        for row in connection.execute(query.where(revisions.c.story.in_(batch))):
            found[StoryId(row.story)] = row.last
    return found


def news_since(connection: sa.Connection, found_since: datetime | None) -> dict[StoryId, list[tuple[int, News]]]:
    """Return all numbered news, oldest first, of each story that got some from an instant on (None: at any time)."""
    query = sa.select(revisions).order_by(revisions.c.story, revisions.c.number)
    if found_since:
        fresh = sa.select(revisions.c.story).where(revisions.c.found_at >= found_since)
        query = query.where(revisions.c.story.in_(fresh))
    found: dict[StoryId, list[tuple[int, News]]] = {}
    for row in connection.execute(query):
        found.setdefault(StoryId(row.story), []).append((row.number, News(row.kind, row.subject, row.change)))
    return found


def last_told(
    connection: sa.Connection, subscriptions: Collection[str], stories: Collection[StoryId]
) -> dict[tuple[str, StoryId], tuple[int, datetime, DigestId]]:
    """Return for each subscription and story it holds the last news it was told, and when and where it had it first."""
    query = (
        sa.select(digest_entries, digests.c.created_at)
        .join(digests, digests.c.id == digest_entries.c.digest)
        .order_by(digests.c.created_at, digest_entries.c.revision)
    )
    found: dict[tuple[str, StoryId], tuple[int, datetime, DigestId]] = {}
    for batch in batches(sorted(stories)):
        for row in connection.execute(query.where(digest_entries.c.story.in_(batch))):
            if row.subscription not in subscriptions:
                continue
            key = row.subscription, StoryId(row.story)
            last, first, digest = found.get(key, (row.revision, row.created_at, DigestId(row.digest)))
            found[key] = max(last, row.revision), first, digest
    return found
