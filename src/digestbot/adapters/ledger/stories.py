"""Items on their way into stories: keys, vectors, links and groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.schema import (
    aliases,
    articles,
    digest_entries,
    documents,
    item_keys,
    items,
    links,
    proposals,
    sightings,
    stories,
    summaries,
    vectors,
    verdicts,
)
from digestbot.domain import Group, Item, ItemId, Link, Story, StoryId
from digestbot.ports import BLOCKING, COMMON


class Stories:
    """The ledger's part for the step `dedupe`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending(self) -> list[Item]:
        """Return the items that are in no story yet, in order of arrival."""
        order = (items.c.first_seen_at, items.c.published_at.nulls_last(), items.c.id)
        with self._database.read() as connection:
            found = connection.execute(sa.select(items).where(items.c.story.is_(None)).order_by(*order)).mappings()
            return [rows.item(values) for values in found]

    def add_keys(self, keys: Mapping[ItemId, Collection[str]]) -> None:
        """Remember the keys by which other items can find these."""
        marks = [{"key": key, "item": item} for item, own in keys.items() for key in sorted(own)]
        with self._database.write() as connection:
            self._database.insert_new(connection, item_keys, marks)

    def sharing(self, ids: Sequence[ItemId]) -> set[tuple[ItemId, ItemId]]:
        """Return the pairs (one of these items, another item) that share a key, but for keys that many share."""
        mine, theirs = item_keys.alias("mine"), item_keys.alias("theirs")
        pairs: set[tuple[ItemId, ItemId]] = set()
        with self._database.read() as connection:
            for batch in batches(ids):
                keys = sa.select(item_keys.c.key).where(item_keys.c.item.in_(batch)).distinct().subquery()
                counted = sa.select(item_keys.c.key, sa.func.count().label("size")).join(
                    keys, keys.c.key == item_keys.c.key
                )
                few = sa.or_(sa.func.count() <= COMMON, ~item_keys.c.key.startswith(BLOCKING))
                rare = counted.group_by(item_keys.c.key).having(sa.func.count() > 1, few).subquery()
                found = connection.execute(
                    sa.select(mine.c.item, theirs.c.item)
                    .join(rare, rare.c.key == mine.c.key)
                    .join(theirs, theirs.c.key == mine.c.key)
                    .where(mine.c.item.in_(batch), theirs.c.item != mine.c.item)
                    .distinct()
                )
                pairs.update((ItemId(a), ItemId(b)) for a, b in found)
        return pairs

    def items(self, ids: Collection[ItemId]) -> dict[ItemId, Item]:
        """Return these items."""
        with self._database.read() as connection:
            return _items(connection, ids)

    def linked(self, ids: Collection[ItemId]) -> dict[ItemId, StoryId]:
        """Return the stories that these items are in; items in none are left out."""
        found: dict[ItemId, StoryId] = {}
        with self._database.read() as connection:
            for batch in batches(sorted(ids)):
                query = sa.select(items.c.id, items.c.story).where(items.c.id.in_(batch), items.c.story.is_not(None))
                found.update((ItemId(row.id), StoryId(row.story)) for row in connection.execute(query))
        return found

    def members(self, ids: Collection[StoryId]) -> list[tuple[ItemId, StoryId]]:
        """Return the members of stories with their story, all of them in order of arrival."""
        columns = (items.c.id, items.c.story, items.c.first_seen_at, items.c.published_at)
        found: list[sa.Row[Any]] = []
        with self._database.read() as connection:
            for batch in batches(sorted(ids)):
                found += connection.execute(sa.select(*columns).where(items.c.story.in_(batch)))
        last = datetime.max.replace(tzinfo=UTC)
        found.sort(key=lambda row: (row.first_seen_at, row.published_at or last, row.id))
        return [(ItemId(row.id), StoryId(row.story)) for row in found]

    def judged(self, ids: Collection[StoryId]) -> set[StoryId]:
        """Return those of these stories that have a verdict."""
        with self._database.read() as connection:
            return {
                StoryId(story)
                for batch in batches(sorted(ids))
                for story in connection.execute(
                    sa.select(verdicts.c.story).where(verdicts.c.story.in_(batch))
                ).scalars()
            }

    def under_way(self, ids: Collection[ItemId]) -> set[ItemId]:
        """Return those of these items that have a sighting without an outcome."""
        with self._database.read() as connection:
            return {
                ItemId(item)
                for batch in batches(sorted(ids))
                for item in connection.execute(
                    sa.select(sightings.c.item).where(sightings.c.item.in_(batch), sightings.c.outcome == "")
                ).scalars()
            }

    def record(self, found: Sequence[Link], groups: Sequence[Group], now: datetime) -> None:
        """Record links and the stories that they make, all or nothing; merged stories live on as aliases."""
        with self._database.write() as connection:
            self._database.upsert(connection, links, [rows.row(link) for link in found])
            for group in groups:
                self._record_group(connection, group, now)

    def _record_group(self, connection: sa.Connection, group: Group, now: datetime) -> None:
        self._database.insert_new(connection, stories, [{"id": group.story, "lead": group.lead, "created_at": now}])
        connection.execute(sa.update(stories).where(stories.c.id == group.story).values(lead=group.lead))
        for batch in batches(sorted(group.members)):
            connection.execute(sa.update(items).where(items.c.id.in_(batch)).values(story=group.story))
        for old in group.merged:
            _merge(connection, old, group.story)
        if group.merged:
            self._database.insert_new(
                connection, aliases, [{"alias": old, "story": group.story} for old in group.merged]
            )
        for item, (outcome, reason) in group.outcomes.items():
            where = (sightings.c.item == item, sightings.c.outcome == "")
            connection.execute(sa.update(sightings).where(*where).values(outcome=outcome, reason=reason))

    def add_vectors(self, space: str, found: Mapping[str, NDArray[np.float32]]) -> None:
        """Store the vectors of a space, the record from which an index is rebuilt; replaced ones are indexed anew."""
        marks = [
            {"subject": subject, "space": space, "vector": vector.astype("<f2").tobytes(), "indexed_at": None}
            for subject, vector in found.items()
        ]
        with self._database.write() as connection:
            self._database.upsert(connection, vectors, marks)

    def unindexed(self, space: str, limit: int) -> list[tuple[str, NDArray[np.float32]]]:
        """Return vectors that the index does not have yet, with their subjects, in order."""
        query = sa.select(vectors.c.subject, vectors.c.vector).where(
            vectors.c.space == space, vectors.c.indexed_at.is_(None)
        )
        with self._database.read() as connection:
            return [
                (row.subject, _vector(row.vector))
                for row in connection.execute(query.order_by(vectors.c.subject).limit(limit))
            ]

    def mark_indexed(self, space: str, subjects: Sequence[str], now: datetime | None) -> None:
        """Remember that the index has these; with no instant and no subjects, that it has none at all."""
        with self._database.write() as connection:
            if now is None:
                connection.execute(sa.update(vectors).where(vectors.c.space == space).values(indexed_at=None))
            for batch in batches(subjects):
                where = (vectors.c.space == space, vectors.c.subject.in_(batch))
                connection.execute(sa.update(vectors).where(*where).values(indexed_at=now))

    def vectors(self, space: str) -> tuple[list[str], NDArray[np.float32]]:
        """Return every vector of a space: subjects, and an array of shape (subjects, dimensions)."""
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(vectors.c.subject, vectors.c.vector)
                .where(vectors.c.space == space)
                .order_by(vectors.c.subject)
            ).all()
        subjects = [row.subject for row in found]
        flat = np.frombuffer(b"".join(row.vector for row in found), dtype="<f2").astype(np.float32)
        return subjects, flat.reshape(len(subjects), -1) if subjects else np.zeros((0, 0), np.float32)


def story_of(connection: sa.Connection, ids: Sequence[StoryId]) -> list[Story]:
    """Return whole stories in the order asked for; unknown ids are left out."""
    leads: dict[str, str] = {}
    members: dict[str, list[Item]] = {}
    order = (items.c.first_seen_at, items.c.published_at.nulls_last(), items.c.id)
    for batch in batches(ids):
        found = connection.execute(sa.select(stories.c.id, stories.c.lead).where(stories.c.id.in_(batch)))
        leads.update((row.id, row.lead) for row in found)
        for values in connection.execute(sa.select(items).where(items.c.story.in_(batch)).order_by(*order)).mappings():
            members.setdefault(values["story"], []).append(rows.item(values))
    return [_story(id, leads[id], members[id]) for id in ids if id in leads and id in members]


def _story(id: StoryId, lead: str, members: Sequence[Item]) -> Story:
    return Story(id, next((item for item in members if item.id == lead), members[0]), tuple(members))


def _items(connection: sa.Connection, ids: Collection[ItemId]) -> dict[ItemId, Item]:
    found: dict[ItemId, Item] = {}
    for batch in batches(sorted(ids)):
        for values in connection.execute(sa.select(items).where(items.c.id.in_(batch))).mappings():
            found[ItemId(values["id"])] = rows.item(values)
    return found


def _merge(connection: sa.Connection, old: StoryId, new: StoryId) -> None:
    """Give the younger story's rows to the older one, which keeps its own where both have some."""
    connection.execute(sa.update(items).where(items.c.story == old).values(story=new))
    connection.execute(sa.update(aliases).where(aliases.c.story == old).values(story=new))
    connection.execute(sa.update(proposals).where(proposals.c.story == old).values(story=new))
    for table, others in (
        (verdicts, ["roadmap"]),
        (articles, []),
        (summaries, ["lang"]),
        (digest_entries, ["subscription", "revision"]),
    ):
        kept = table.alias("kept")
        same = sa.and_(kept.c.story == new, *(kept.c[name] == table.c[name] for name in others))
        connection.execute(sa.update(table).where(table.c.story == old, ~sa.exists().where(same)).values(story=new))
        connection.execute(sa.delete(table).where(table.c.story == old))
    # What the younger one was indexed as would only repeat the older one's text in a search.
    connection.execute(sa.delete(documents).where(documents.c.id == old))
    connection.execute(sa.delete(stories).where(stories.c.id == old))


def _vector(blob: bytes) -> NDArray[np.float32]:
    return np.frombuffer(blob, dtype="<f2").astype(np.float32)
