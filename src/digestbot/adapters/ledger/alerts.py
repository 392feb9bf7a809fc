"""Alerts: each is raised once and cleared once, and the operators are owed a word of it in the same breath."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger.contents import record
from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.publications import waiting
from digestbot.adapters.ledger.schema import alerts, outbox
from digestbot.domain import Alert, Channel, Digest, Raised

Notice = tuple[Digest, Mapping[str, Channel]]
"""What operators are told, and over which channels, by the key of each delivery."""
Write = Callable[[Sequence[Raised]], Notice | None]
"""Returns what operators are told of alerts that have just been raised or cleared; None for nothing."""


class Alerts:
    """The ledger's part for what somebody should look at."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self) -> list[Raised]:
        """Return the alerts that stand, the oldest first."""
        query = sa.select(alerts).where(alerts.c.cleared_at.is_(None)).order_by(alerts.c.raised_at, alerts.c.key)
        with self._database.read() as connection:
            return [_raised(row) for row in connection.execute(query).mappings()]

    def change(
        self, found: Sequence[Alert], now: datetime, write: Write, judges: Callable[[str], bool] = lambda key: True
    ) -> list[Raised]:
        """Raise what was found and does not stand yet, clear what stands and was not found; return both.

        Only keys that the caller `judges` are cleared. What `write` makes of those that are news is recorded with
        them, for the outbox to deliver: all or nothing, so that no word of it is lost or said twice.
        """
        by_key = {alert.key: alert for alert in found}
        with self._database.write() as connection:
            # Rows first, then locks: of two that come at once on PostgreSQL one waits here for the other.
            fresh = [_row(alert, now) | {"cleared_at": now} for alert in found]
            self._database.insert_new(connection, alerts, fresh)
            rows = connection.execute(sa.select(alerts).order_by(alerts.c.key).with_for_update()).mappings().all()
            known = {row["key"]: _raised(row) for row in rows}
            stand = {key: one for key, one in known.items() if one.cleared_at is None}
            raised = [Raised(one, now, None, known[key].told_at) for key, one in by_key.items() if key not in stand]
            over = [replace(one, cleared_at=now) for key, one in stand.items() if key not in by_key and judges(key)]
            self._database.upsert(connection, alerts, [_row(one.alert, now) | {"cleared_at": None} for one in raised])
            _mark(connection, over, cleared_at=now)
            held = [one for key, one in stand.items() if key in by_key]
            news = [one for one in (*raised, *held, *over) if one.is_news(now)]
            _mark(connection, [one for one in news if one.cleared_at is None], told_at=now)
            self._tell(connection, write(news))
        return [*raised, *over]

    def passed(self, one: Raised, write: Write) -> None:
        """Record an alert that came and went while nothing could be recorded; one that is known already is left out."""
        with self._database.write() as connection:
            known = connection.execute(sa.select(alerts).where(alerts.c.key == one.alert.key)).mappings().first()
            if known and known["raised_at"] >= one.raised_at:
                return
            row = _row(one.alert, one.raised_at) | {"cleared_at": one.cleared_at, "told_at": one.raised_at}
            self._database.upsert(connection, alerts, [row])
            self._tell(connection, write([one]))

    def tell(self, notice: Notice) -> None:
        """Record something else for operators; what is recorded already stays as it is."""
        with self._database.write() as connection:
            self._tell(connection, notice)

    def _tell(self, connection: sa.Connection, notice: Notice | None) -> None:
        if notice is None:
            return
        digest, channels = notice
        record(self._database, connection, [digest])
        self._database.insert_new(connection, outbox, [waiting(digest, key, to) for key, to in channels.items()])


def _mark(connection: sa.Connection, ones: Sequence[Raised], **values: datetime) -> None:
    keys = [one.alert.key for one in ones]
    connection.execute(sa.update(alerts).where(alerts.c.key.in_(keys)).values(**values))


def _row(alert: Alert, at: datetime) -> dict[str, Any]:
    return {"key": alert.key, "says": alert.says, "advice": alert.advice, "raised_at": at}


def _raised(row: Mapping[Any, Any]) -> Raised:
    return Raised(Alert(row["key"], row["says"], row["advice"]), row["raised_at"], row["cleared_at"], row["told_at"])
