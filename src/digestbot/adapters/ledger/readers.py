"""What a reader decides for themselves: to leave, to be forgotten; and how often somebody asked to subscribe."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.forgetting import blank, delete_sent, traces
from digestbot.adapters.ledger.schema import (
    digests,
    letters,
    outbox,
    sign_ups,
    subscription_marks,
    subscriptions,
    suspensions,
)
from digestbot.domain import Channel, Subscription
from digestbot.render.mail import mailbox

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Forgotten:
    """What was deleted of a person: ids of subscriptions, and how many rows of the rest."""

    subscriptions: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    """Subscriptions that go on without this address."""
    digests: int = 0
    deliveries: int = 0
    suspensions: int = 0
    sign_ups: int = 0
    mentions: int = 0
    """Reports of runs and reasons of other deliveries in which the address, or what it was sent, was blanked out."""
    erased: bool = True
    """Whether the database's file holds no trace; False while another process reads it."""


class Readers:
    """The ledger's part for the people at the other end."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, address: str) -> list[Subscription]:
        """Return the subscriptions that go to a mail address or other channel address, in order of ids."""
        with self._database.read() as connection:
            return [one for one in _all(connection) if any(_is(to.address, address) for to in one.channels)]

    def leave(self, id: str, channel: Channel, now: datetime) -> bool:
        """Take a channel out of a subscription, the subscription with it where it was the last, and what waits to go.

        False when there is no such subscription in the ledger, or it has no such channel.
        """
        query = sa.select(subscriptions.c.body).where(subscriptions.c.id == id)
        with self._database.write() as connection:
            body = connection.execute(query).scalar()
            found = rows.subscription(body) if body else None
            if found is None or channel not in found.channels:
                return False
            _without(connection, found, [channel])
            _give_up(connection, channel, now, sa.select(digests.c.id).where(digests.c.subscription == id))
            return True

    def shut(self, channel: Channel, now: datetime, reason: str) -> None:
        """Send nothing more to an address, what waits included."""
        row = {"kind": channel.kind, "address": channel.address, "at": now, "reason": reason}
        with self._database.write() as connection:
            self._database.insert_new(connection, suspensions, [row])
            _give_up(connection, channel, now, sa.select(digests.c.id))

    def forget(self, address: str, sign_up_name: str = "") -> Forgotten:
        """Delete what there is of an address, and return what that was.

        Subscriptions that go only there are deleted with all they were sent; others lose the address.
        """
        with self._database.write() as connection:
            mine = [one for one in _all(connection) if any(_is(to.address, address) for to in one.channels)]
            alone = [one.id for one in mine if all(_is(to.address, address) for to in one.channels)]
            names = traces(connection, alone, [key for key, to in _keys(connection) if _is(to, address)])
            deliveries = _delete_addressed(connection, outbox, address)
            for one in mine:
                _without(connection, one, [to for to in one.channels if _is(to.address, address)])
            sent, more = delete_sent(connection, alone)
            asked = connection.execute(sa.delete(sign_ups).where(sign_ups.c.who == sign_up_name)).rowcount
            _delete_addressed(connection, letters, address)
            found = Forgotten(
                tuple(alone),
                tuple(one.id for one in mine if one.id not in alone),
                sent,
                deliveries + more,
                _delete_addressed(connection, suspensions, address),
                asked if sign_up_name else 0,
                blank(connection, address, names),
            )
        return replace(found, erased=self._database.compact())

    def may_ask(self, name: str, now: datetime, most: int, most_in_all: int) -> bool:
        """Count a sign-up by that name; False, uncounted, when there were too many within a day, of it or in all."""
        recent = sa.select(sa.func.count()).select_from(sign_ups)
        with self._database.write() as connection:
            connection.execute(sa.delete(sign_ups).where(sign_ups.c.at <= now - DAY))
            mine = connection.execute(recent.where(sign_ups.c.who == name)).scalar_one()
            if mine >= most or connection.execute(recent).scalar_one() >= most_in_all:
                return False
            connection.execute(sa.insert(sign_ups).values(who=name, at=now))
            return True


def _is(found: str, address: str) -> bool:
    return bool(found) and mailbox(found) == mailbox(address)


def _all(connection: sa.Connection) -> list[Subscription]:
    query = sa.select(subscriptions.c.body).order_by(subscriptions.c.id)
    return [rows.subscription(body) for body in connection.execute(query).scalars()]


def _without(connection: sa.Connection, found: Subscription, gone: Collection[Channel]) -> None:
    left = tuple(to for to in found.channels if to not in gone)
    if left:
        body = rows.subscription_body(replace(found, channels=left))
        connection.execute(sa.update(subscriptions).where(subscriptions.c.id == found.id).values(body=body))
        return
    for table, column in ((subscriptions, subscriptions.c.id), (subscription_marks, subscription_marks.c.subscription)):
        connection.execute(sa.delete(table).where(column == found.id))


def _give_up(connection: sa.Connection, channel: Channel, now: datetime, of: sa.Select[Any]) -> None:
    there = (outbox.c.kind == channel.kind, outbox.c.address == channel.address)
    values = {"state": "dead", "reason": "unsubscribed", "owner": None, "lease_until": None, "due_at": now}
    waiting = sa.update(outbox).where(*there, outbox.c.state == "pending", outbox.c.digest.in_(of))
    connection.execute(waiting.values(values))


def _delete_addressed(connection: sa.Connection, table: sa.Table, address: str) -> int:
    """Delete the rows of a table to an address, however it is written there; return how many."""
    written = connection.execute(sa.select(table.c.address).distinct()).scalars()
    same = [one for one in written if _is(one, address)]
    return sum(
        connection.execute(sa.delete(table).where(table.c.address.in_(batch))).rowcount for batch in batches(same)
    )


def _keys(connection: sa.Connection) -> list[tuple[str, str]]:
    return [(row.key, row.address) for row in connection.execute(sa.select(outbox.c.key, outbox.c.address))]
