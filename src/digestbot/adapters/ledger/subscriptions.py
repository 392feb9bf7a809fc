"""Subscriptions, and up to when each was looked after."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.schema import subscription_marks, subscriptions
from digestbot.domain import Subscription


class Subscriptions:
    """The ledger's part for who gets what."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Subscription]:
        """Return every subscription, in order of ids."""
        query = sa.select(subscriptions.c.body).order_by(subscriptions.c.id)
        with self._database.read() as connection:
            return [rows.subscription(body) for body in connection.execute(query).scalars()]

    def get(self, id: str) -> Subscription | None:
        """Return a subscription, None where there is none of that id."""
        query = sa.select(subscriptions.c.body).where(subscriptions.c.id == id)
        with self._database.read() as connection:
            body = connection.execute(query).scalar()
        return rows.subscription(body) if body else None

    def save(self, found: Collection[Subscription]) -> None:
        """Record subscriptions, in place of those of the same ids."""
        made = [
            {
                "id": subscription.id,
                "body": rows.subscription_body(subscription),
                "created_at": subscription.created_at or datetime.min.replace(tzinfo=UTC),
            }
            for subscription in found
        ]
        with self._database.write() as connection:
            for batch in batches(made):
                self._database.upsert(connection, subscriptions, batch)

    def remove(self, id: str) -> None:
        """Forget a subscription and its mark; what it was sent stays, so that nothing comes twice if it comes back."""
        with self._database.write() as connection:
            connection.execute(sa.delete(subscriptions).where(subscriptions.c.id == id))
            connection.execute(sa.delete(subscription_marks).where(subscription_marks.c.subscription == id))

    def handled(self) -> dict[str, datetime]:
        """Return up to when each subscription was looked after; those that never were are left out."""
        with self._database.read() as connection:
            return {row.subscription: row.handled_at for row in connection.execute(sa.select(subscription_marks))}

    def mark_handled(self, ids: Collection[str], now: datetime) -> None:
        """Remember that these were looked after, whether or not there was anything to send."""
        with self._database.write() as connection:
            mark_handled(self._database, connection, dict.fromkeys(ids, now))


def unchanged(
    database: Database, connection: sa.Connection, ids: Collection[str], handled: Mapping[str, datetime]
) -> set[str]:
    """Return the subscriptions that nobody has looked after since `handled` was read.

    Until the transaction ends nobody else can: on PostgreSQL their rows are held, on SQLite the database is.
    """
    never = datetime.min.replace(tzinfo=UTC)
    fresh = [{"subscription": id, "handled_at": never} for id in sorted(set(ids) - handled.keys())]
    database.insert_new(connection, subscription_marks, fresh)
    mine: set[str] = set()
    for batch in batches(sorted(set(ids))):
        query = sa.select(subscription_marks).where(subscription_marks.c.subscription.in_(batch))
        found = connection.execute(query.order_by(subscription_marks.c.subscription).with_for_update())
        mine |= {row.subscription for row in found if row.handled_at == handled.get(row.subscription, never)}
    return mine


def mark_handled(database: Database, connection: sa.Connection, instants: Mapping[str, datetime]) -> None:
    """Remember up to when each of these was looked after, in a transaction that is open."""
    marks = [{"subscription": id, "handled_at": at} for id, at in sorted(instants.items())]
    database.upsert(connection, subscription_marks, marks)
