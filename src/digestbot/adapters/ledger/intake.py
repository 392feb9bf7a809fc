"""Feeds and what they showed: their state, items, and a sighting for each feed and version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.schema import feeds, items, rechecks, sightings
from digestbot.domain import BACKFILL, FeedId, FeedState, Item, ItemId, Known, PauseReason, Reading, Sighting


class Intake:
    """The ledger's part for the step `fetch`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def state(self, feed: FeedId) -> FeedState:
        """Return what is remembered of a feed; an empty state before its first reading."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(feeds).where(feeds.c.id == feed)).mappings().first()
        return rows.state(found) if found else FeedState()

    def states(self) -> dict[FeedId, FeedState]:
        """Return what is remembered of every feed that was ever read or paused."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(feeds)).mappings().all()
        return {FeedId(values["id"]): rows.state(values) for values in found}

    def pause(self, feed: FeedId, why: PauseReason, now: datetime) -> None:
        """Ask a feed no longer, until it is resumed."""
        self._change(feed, lambda state: replace(state, paused_at=now, paused_why=why, next_check_at=None))

    def resume(self, feed: FeedId) -> None:
        """Ask a feed again, at once; its former failures are forgotten."""
        self._change(
            feed,
            lambda state: replace(
                state,
                paused_at=None,
                paused_why="",
                next_check_at=None,
                closed_until=None,
                error_streak=0,
                reason="",
                failing_since=None,
            ),
        )

    def _change(self, feed: FeedId, change: Callable[[FeedState], FeedState]) -> None:
        with self._database.write() as connection:
            found = connection.execute(sa.select(feeds).where(feeds.c.id == feed)).mappings().first()
            state = change(rows.state(found) if found else FeedState())
            self._database.upsert(connection, feeds, [rows.row(state, id=feed)])

    def known(self, ids: Collection[ItemId]) -> dict[ItemId, Known]:
        """Return the known ones among these items."""
        versions: dict[ItemId, tuple[int, str]] = {}
        shown: dict[ItemId, set[FeedId]] = {}
        told: set[ItemId] = set()
        with self._database.read() as connection:
            for batch in batches(sorted(ids)):
                query = sa.select(items.c.id, items.c.version, items.c.comment).where(items.c.id.in_(batch))
                for found in connection.execute(query):
                    versions[ItemId(found.id)] = (found.version, found.comment)
                columns = (sightings.c.item, sightings.c.feed, sightings.c.outcome)
                for seen in connection.execute(sa.select(*columns).where(sightings.c.item.in_(batch))):
                    shown.setdefault(ItemId(seen.item), set()).add(FeedId(seen.feed))
                    only_indexed = seen.outcome in ("baseline", "filtered") or seen.feed == BACKFILL
                    told |= set() if only_indexed else {ItemId(seen.item)}
        return {
            id: Known(version, frozenset(shown.get(id, ())), comment, id in shown and id not in told)
            for id, (version, comment) in versions.items()
        }

    def record(self, feed: FeedId, seen: Sequence[Sighting], state: FeedState, now: datetime) -> None:
        """Record one reading of a feed."""
        self.record_all([Reading(feed, state, tuple(seen))], now)

    def record_all(self, readings: Sequence[Reading], now: datetime) -> None:
        """Record readings, all of them or nothing: what they showed, the items new by it, and the feeds' states."""
        seen = [(reading.feed, sighting) for reading in readings for sighting in reading.seen]
        first = [
            rows.row(s.item, first_seen_at=now, story=None) for _, s in seen if s.outcome not in ("duplicate", "joined")
        ]
        marks = [
            {
                "item": s.item.id,
                "feed": feed,
                "version": s.item.version,
                "seen_at": now,
                "outcome": s.outcome,
                "reason": s.reason,
            }
            for feed, s in seen
        ]
        with self._database.write() as connection:
            self._database.insert_new(connection, items, first)
            self._database.insert_new(connection, sightings, marks)
            for reading in readings:
                later = [sighting.item for sighting in reading.seen if sighting.outcome == "joined"]
                for item in (*reading.changed, *later):
                    self._revise(connection, item)
            self._database.upsert(connection, feeds, [rows.row(reading.state, id=reading.feed) for reading in readings])

    def outcomes(self, marks: Collection[tuple[ItemId, FeedId, int]]) -> Counter[str]:
        """Count where these sightings (item, feed, version) ended; those still under way count as `failed`."""
        wanted, counts = set(marks), Counter[str]()
        with self._database.read() as connection:
            for batch in batches(sorted({item for item, _, _ in wanted})):
                for found in connection.execute(sa.select(sightings).where(sightings.c.item.in_(batch))):
                    if (found.item, found.feed, found.version) in wanted:
                        counts[found.outcome or "failed"] += 1
        return counts

    def _revise(self, connection: sa.Connection, item: Item) -> None:
        """A later version replaces the item's own words; its story, verdict and first sighting stay.

        The former words of an item in a story are kept until they were compared with what replaced them.
        """
        own = sa.select(items).where(items.c.id == item.id)
        former = connection.execute(own).mappings().first()
        if former is not None and former["story"]:
            words = rows.item_body(rows.item(former))
            mark = {"item": item.id, "version": former["version"], "former": words}
            self._database.insert_new(connection, rechecks, [mark])
        kept = ("id", "feed")
        values = {name: value for name, value in rows.row(item).items() if name not in kept}
        connection.execute(sa.update(items).where(items.c.id == item.id).values(values))
