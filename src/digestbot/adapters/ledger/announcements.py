"""What arXiv announced day by day, feed by feed, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import announcements, listings
from digestbot.announcements import Announcement, Standing, Tally
from digestbot.domain import FeedId, ItemId


class Announcements:
    """The ledger's part for `reconcile`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def checked(self, feed: FeedId) -> dict[date, str]:
        """Return the days that a feed was compared with, each with why it could not be, "" where it was."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(listings.c.day, listings.c.reason).where(listings.c.feed == feed))
            return {row.day: row.reason for row in found}

    def record(
        self, feed: FeedId, day: date, reason: str, found: Mapping[Announcement, Standing], now: datetime
    ) -> None:
        """Record what a day's listings announced; what is there already keeps its standing."""
        rows = [
            {"feed": feed, "day": day, "item": one.item, "kind": one.kind, "version": one.version, "standing": standing}
            for one, standing in found.items()
        ]
        with self._database.write() as connection:
            line = {"feed": feed, "day": day, "checked_at": now, "reason": reason}
            self._database.upsert(connection, listings, [line])
            self._database.insert_new(connection, announcements, rows)

    def missing(self, feed: FeedId) -> list[tuple[date, Announcement]]:
        """Return what was announced and is still asked for, oldest first."""
        query = (
            sa.select(announcements)
            .where(announcements.c.feed == feed, announcements.c.standing == "missing")
            .order_by(announcements.c.day, announcements.c.item)
        )
        with self._database.read() as connection:
            return [(row.day, Announcement(row.item, row.kind, row.version)) for row in connection.execute(query)]

    def settle(self, feed: FeedId, found: Sequence[tuple[date, ItemId, Standing]]) -> None:
        """Record how announced papers stand from now on."""
        with self._database.write() as connection:
            for day, item, standing in found:
                connection.execute(
                    sa.update(announcements)
                    .where(announcements.c.feed == feed, announcements.c.day == day, announcements.c.item == item)
                    .values(standing=standing)
                )

    def tallies(self, feed: str = "", day: date | None = None, limit: int = 1_000_000) -> list[Tally]:
        """Return a line for each feed and day that was to be checked, newest first."""
        query = sa.select(listings).order_by(listings.c.day.desc(), listings.c.feed).limit(limit)
        query = query.where(listings.c.feed == feed) if feed else query
        query = query.where(listings.c.day == day) if day else query
        with self._database.read() as connection:
            return [_tally(connection, line) for line in connection.execute(query).mappings().all()]

    def of_item(self, item: str) -> list[dict[str, Any]]:
        """Return where a paper was announced, oldest first."""
        query = sa.select(announcements).where(announcements.c.item == item)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(announcements.c.day, announcements.c.feed)).mappings()
            return [dict(values) for values in found]


def _tally(connection: sa.Connection, line: Mapping[Any, Any]) -> Tally:
    own = (announcements.c.feed == line["feed"], announcements.c.day == line["day"])
    counted = sa.select(announcements.c.kind, announcements.c.standing, sa.func.count().label("papers"))
    kinds, standings = Counter[str](), Counter[str]()
    for row in connection.execute(counted.where(*own).group_by(announcements.c.kind, announcements.c.standing)):
        kinds[row.kind] += row.papers
        standings[row.standing] += row.papers
    named: dict[str, list[str]] = {"missing": [], "given_up": []}
    gone = sa.select(announcements).where(*own, announcements.c.standing.in_(named)).order_by(announcements.c.item)
    for row in connection.execute(gone):
        named[row.standing].append(Announcement(row.item, row.kind, row.version).number)
    return Tally(
        line["feed"],
        line["day"],
        line["reason"],
        dict(kinds),
        dict(standings),
        tuple(named["missing"]),
        tuple(named["given_up"]),
    )
