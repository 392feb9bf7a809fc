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
from digestbot.adapters.ledger.groups import record_group
from digestbot.adapters.ledger.schema import (
    doubts,
    item_keys,
    items,
    links,
    rechecks,
    sightings,
    stories,
    vectors,
    verdicts,
)
from digestbot.adapters.ledger.vector_rows import add_vectors, vector, vectors_of
from digestbot.adapters.ledger.webs import web_of
from digestbot.domain import Group, Item, ItemId, Link, Story, StoryId, Web
from digestbot.joining import ABOUT, BLOCKING, COMMON

_THEIRS = item_keys.alias("theirs")


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

    def rechecks(self) -> list[tuple[Item | None, Item]]:
        """Return the items to be judged once more: (its first words since it was judged, or None; as it is now)."""
        order = (rechecks.c.item, rechecks.c.former.is_(None), rechecks.c.version)
        first: dict[ItemId, Item | None] = {}
        with self._database.read() as connection:
            for row in connection.execute(sa.select(rechecks).order_by(*order)):
                first.setdefault(ItemId(row.item), rows.item(row.former) if row.former else None)
            now = _items(connection, first)
        return [(former, now[id]) for id, former in first.items() if id in now]

    def checked(self, ids: Collection[ItemId]) -> None:
        """Forget that these items were to be judged once more."""
        with self._database.write() as connection:
            for batch in batches(sorted(ids)):
                connection.execute(sa.delete(rechecks).where(rechecks.c.item.in_(batch)))

    def add_names(self, names: Mapping[ItemId, Collection[str]]) -> None:
        """Remember keys that an item turned out to have; it is judged once more where another item has a new one."""
        with self._database.write() as connection:
            for item, keys in sorted(names.items()):
                held = sa.select(item_keys.c.key).where(item_keys.c.item == item)
                new = set(keys) - set(connection.execute(held).scalars())
                marks = [{"key": key, "item": item} for key in sorted(new)]
                self._database.insert_new(connection, item_keys, marks)
                shared = sa.select(item_keys.c.item).where(item_keys.c.key.in_(new), item_keys.c.item != item).limit(1)
                if connection.execute(shared).first():
                    self._database.insert_new(connection, rechecks, [{"item": item, "version": 0, "former": None}])

    def complete(self, found: Sequence[Item]) -> None:
        """Fill what was not known of items: authors, day and language; nothing else of them is touched."""
        with self._database.write() as connection:
            for item in found:
                values = {"authors": list(item.authors), "published_at": item.published_at, "lang": item.lang}
                connection.execute(sa.update(items).where(items.c.id == item.id).values(values))

    def names(self, ids: Collection[ItemId]) -> dict[ItemId, frozenset[str]]:
        """Return the keys that identify these items, in their own words or as learnt since."""
        found: dict[ItemId, set[str]] = {}
        identifies = sa.and_(~item_keys.c.key.startswith(BLOCKING), ~item_keys.c.key.startswith(ABOUT))
        with self._database.read() as connection:
            for batch in batches(sorted(ids)):
                query = sa.select(item_keys.c.item, item_keys.c.key).where(item_keys.c.item.in_(batch), identifies)
                for row in connection.execute(query):
                    found.setdefault(ItemId(row.item), set()).add(row.key)
        return {id: frozenset(keys) for id, keys in found.items()}

    def add_keys(self, keys: Mapping[ItemId, Collection[str]]) -> None:
        """Remember the keys by which other items can find these."""
        marks = [{"key": key, "item": item} for item, own in keys.items() for key in sorted(own)]
        with self._database.write() as connection:
            self._database.insert_new(connection, item_keys, marks)
            self._database.count_anew(connection, item_keys, len(marks))

    def sharing(self, ids: Sequence[ItemId]) -> set[tuple[ItemId, ItemId]]:
        """Return the pairs (one of these items, another item) that share a key which identifies, or of which one is
        about the other.

        Of a key that more than COMMON items share, each meets the first of its holders: that joins them all as well,
        and costs no more with each further one.
        """
        mine, theirs = item_keys.c.key, _THEIRS.c.key
        identifies = sa.and_(~mine.startswith(BLOCKING), ~mine.startswith(ABOUT))
        return (
            self._pairs(ids, theirs == mine, sa.and_(identifies, ~_is_crowded()))
            | self._crowded(ids, identifies)
            | self._pairs(ids, theirs == ABOUT + mine, identifies)
            | self._pairs(ids, theirs == sa.func.substr(mine, len(ABOUT) + 1), mine.startswith(ABOUT))
        )

    def resembling(self, ids: Sequence[ItemId]) -> set[tuple[ItemId, ItemId]]:
        """Return the pairs (one of these items, another item) that share a blocking key which few items have."""
        few = sa.and_(item_keys.c.key.startswith(BLOCKING), ~_is_crowded())
        return self._pairs(ids, _THEIRS.c.key == item_keys.c.key, few)

    def _crowded(self, ids: Sequence[ItemId], which: sa.ColumnElement[bool]) -> set[tuple[ItemId, ItemId]]:
        pairs: set[tuple[ItemId, ItemId]] = set()
        first: dict[str, list[str]] = {}
        with self._database.read() as connection:
            for batch in batches(ids):
                mine = sa.select(item_keys).where(item_keys.c.item.in_(batch), which, _is_crowded())
                for row in connection.execute(mine):
                    if row.key not in first:
                        holders = sa.select(item_keys.c.item).where(item_keys.c.key == row.key)
                        kept = holders.order_by(item_keys.c.item).limit(COMMON + 1)
                        first[row.key] = list(connection.execute(kept).scalars())
                    pairs.update((row.item, ItemId(other)) for other in first[row.key] if other != row.item)
        return pairs

    def _pairs(
        self, ids: Sequence[ItemId], met: sa.ColumnElement[bool], which: sa.ColumnElement[bool]
    ) -> set[tuple[ItemId, ItemId]]:
        pairs: set[tuple[ItemId, ItemId]] = set()
        with self._database.read() as connection:
            for batch in batches(ids):
                found = connection.execute(
                    sa.select(item_keys.c.item, _THEIRS.c.item)
                    .join(_THEIRS, met)
                    .where(item_keys.c.item.in_(batch), _THEIRS.c.item != item_keys.c.item, which)
                    .distinct()
                )
                pairs.update((ItemId(a), ItemId(b)) for a, b in found)
        return pairs

    def items(self, ids: Collection[ItemId]) -> dict[ItemId, Item]:
        """Return these items."""
        with self._database.read() as connection:
            return _items(connection, ids)

    def titles(self, ids: Collection[ItemId]) -> dict[ItemId, str]:
        """Return the titles of these items."""
        found: dict[ItemId, str] = {}
        with self._database.read() as connection:
            for batch in batches(sorted(ids)):
                rows_found = connection.execute(sa.select(items.c.id, items.c.title).where(items.c.id.in_(batch)))
                found.update((ItemId(row.id), row.title) for row in rows_found)
        return found

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

    def web(self, ids: Collection[ItemId]) -> Web:
        """Return these items with all that hangs together with them by links, stories and decisions."""
        with self._database.read() as connection:
            return web_of(connection, ids)

    def judged(self, ids: Collection[StoryId], *, history: bool = False) -> set[StoryId]:
        """Return those of these stories that have a verdict; those loaded as `history` only where these count, too.

        What joins a story that was only loaded is news: it brings the story to triage, as if nobody had judged it.
        """
        which = sa.true() if history else ~verdicts.c.history
        with self._database.read() as connection:
            return {
                StoryId(story)
                for batch in batches(sorted(ids))
                for story in connection.execute(
                    sa.select(verdicts.c.story).where(verdicts.c.story.in_(batch), which)
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

    def add_links(self, found: Sequence[Link], doubtful: Sequence[Link]) -> None:
        """Record links, and the pairs that were left apart in doubt."""
        with self._database.write() as connection:
            self._database.upsert(connection, links, [rows.row(link) for link in found])
            self._database.upsert(connection, doubts, [rows.row(link) for link in doubtful])

    def record(self, found: Sequence[Link], groups: Sequence[Group], now: datetime) -> None:
        """Record links and the stories that they make, all or nothing; merged stories live on as aliases."""
        with self._database.write() as connection:
            self._database.upsert(connection, links, [rows.row(link) for link in found])
            for group in groups:
                record_group(self._database, connection, group, now)

    def add_vectors(self, space: str, found: Mapping[str, NDArray[np.float32]]) -> None:
        """Store the vectors of a space, the record from which an index is rebuilt; replaced ones are indexed anew."""
        with self._database.write() as connection:
            add_vectors(self._database, connection, space, found)

    def vectors_of(self, space: str, subjects: Collection[str]) -> dict[str, NDArray[np.float32]]:
        """Return the stored vectors of these subjects; those without one are left out."""
        with self._database.read() as connection:
            return vectors_of(connection, space, subjects)

    def unindexed(self, space: str, limit: int) -> list[tuple[str, NDArray[np.float32]]]:
        """Return vectors that the index does not have yet, with their subjects, in order."""
        query = sa.select(vectors.c.subject, vectors.c.vector).where(
            vectors.c.space == space, vectors.c.indexed_at.is_(None)
        )
        with self._database.read() as connection:
            return [
                (row.subject, vector(row.vector))
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

    def spaces(self) -> list[str]:
        """Return the spaces that have vectors."""
        with self._database.read() as connection:
            return list(connection.execute(sa.select(vectors.c.space).distinct().order_by(vectors.c.space)).scalars())

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


def _is_crowded() -> sa.ColumnElement[bool]:
    """More than COMMON items have this key: found by asking for one too many, since counting costs more with each."""
    holder = item_keys.alias("holder")
    further = sa.select(holder.c.item).where(holder.c.key == item_keys.c.key).limit(1).offset(COMMON)
    return further.exists()
