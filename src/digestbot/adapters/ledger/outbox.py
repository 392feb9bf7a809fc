"""The outbox: every delivery on its way, who has it in hand, what became of it, and the addresses that are shut.

    pending ──claim──▶ pending, in hand ──begin──▶ sending ──settle──▶ sent | pending again | in_doubt | dead

Only what was begun can be in doubt when a process dies, and a worker begins one delivery at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger.contents import READ, Contents
from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import digests, outbox, suspensions
from digestbot.domain import CHANNEL_KINDS, Channel, ChannelKind, Delivery, DeliveryState, DigestId, Suspension
from digestbot.processes import gone


class Outbox:
    """The ledger's part for the step `deliver`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._contents = Contents()

    def claim(
        self,
        kind: ChannelKind,
        now: datetime,
        owner: str,
        wall: datetime,
        lease: timedelta,
        limit: int = 100,
        digest: DigestId | None = None,
    ) -> list[Delivery]:
        """Take up to `limit` deliveries of a kind that are due in hand, the longest due first, or of one digest alone.

        `now` decides what is due; `wall` is the real clock, by which leases run. What another process had in hand and
        left (its lease has run out, or it is gone) comes again, with `doubt` where it had been begun.
        """
        mine = sa.and_(outbox.c.owner == owner, outbox.c.lease_until > wall)
        query = (
            # Without the digests themselves: sorting thousands of them for each batch would take longer than sending.
            sa.select(outbox.c.key, outbox.c.owner, outbox.c.lease_until)
            .join(digests, digests.c.id == outbox.c.digest)
            .where(outbox.c.kind == kind, _is_due(now, digest), sa.or_(outbox.c.owner.is_(None), ~mine))
            .order_by(outbox.c.due_at, outbox.c.key)
            # SQLite has one writer at a time; PostgreSQL's workers pass over what another is claiming.
            .with_for_update(of=outbox, skip_locked=True)
        )
        with self._database.write() as connection:
            keys = _free(connection, query, wall, limit)
            chosen = sa.select(outbox, *READ).join(digests, digests.c.id == outbox.c.digest)
            chosen = chosen.where(outbox.c.key.in_(keys)).order_by(outbox.c.due_at, outbox.c.key)
            free = connection.execute(chosen).mappings().all()
            told = self._contents.digests_of(connection, free)
            taken = sa.update(outbox).where(outbox.c.key.in_(keys)).values(owner=owner, lease_until=wall + lease)
            connection.execute(taken)
        return [
            Delivery(
                values["key"],
                digest,
                Channel(values["kind"], values["address"]),
                values["attempts"] + 1,
                values["state"] == "sending",
            )
            for values, digest in zip(free, told, strict=True)
        ]

    def is_waiting(self, now: datetime, wall: datetime, kinds: Sequence[ChannelKind] = CHANNEL_KINDS) -> bool:
        """Tell whether a delivery over one of these kinds of channels is due that nobody has in hand, or no longer."""
        left = sa.or_(outbox.c.owner.is_(None), outbox.c.lease_until <= wall)
        due = sa.or_(sa.and_(outbox.c.state == "pending", outbox.c.due_at <= now), outbox.c.state == "sending")
        with self._database.read() as connection:
            return (
                connection.execute(sa.select(outbox.c.key).where(due, left, outbox.c.kind.in_(kinds)).limit(1)).first()
                is not None
            )

    def begin(self, key: str, owner: str, wall: datetime, lease: timedelta) -> bool:
        """Record that a delivery in hand is being sent from now on; False when it is no longer in this owner's hand."""
        own = sa.and_(outbox.c.key == key, outbox.c.owner == owner, outbox.c.state.in_(("pending", "sending")))
        values = {"state": "sending", "lease_until": wall + lease, "attempts": outbox.c.attempts + 1}
        with self._database.write() as connection:
            return connection.execute(sa.update(outbox).where(own).values(values)).rowcount == 1

    def settle(
        self,
        key: str,
        state: DeliveryState,
        now: datetime,
        *,
        reference: str = "",
        reason: str = "",
        due_at: datetime | None = None,
    ) -> None:
        """Record what became of a try; `due_at` says when to try a pending one again."""
        values: dict[str, Any] = {
            "state": state,
            "reference": reference,
            "reason": reason,
            "owner": None,
            "lease_until": None,
        }
        if state == "sent":
            values["sent_at"] = now
        if due_at is not None:
            values["due_at"] = due_at
        with self._database.write() as connection:
            connection.execute(sa.update(outbox).where(outbox.c.key == key).values(values))

    def release(self, keys: Sequence[str], owner: str, reason: str, due_at: datetime) -> None:
        """Put deliveries that were in hand and not begun back, to be tried again from `due_at` on."""
        own = sa.and_(outbox.c.key.in_(keys), outbox.c.owner == owner, outbox.c.state == "pending")
        values = {"owner": None, "lease_until": None, "reason": reason, "due_at": due_at}
        with self._database.write() as connection:
            connection.execute(sa.update(outbox).where(own).values(values))

    def deliveries(
        self, digest: DigestId | None = None, states: Sequence[DeliveryState] = (), prefix: str = "", limit: int = 0
    ) -> list[dict[str, Any]]:
        """Return the outbox as it stands, newest digests last: a digest's, those in some states, or by key."""
        query = sa.select(outbox).order_by(outbox.c.due_at, outbox.c.key)
        if digest:
            query = query.where(outbox.c.digest == digest)
        if states:
            query = query.where(outbox.c.state.in_(states))
        if prefix:
            query = query.where(outbox.c.key.startswith(prefix, autoescape=True))
        if limit:
            query = query.limit(limit)
        with self._database.read() as connection:
            return [dict(values) for values in connection.execute(query).mappings()]

    def references(self, digests: Sequence[DigestId], channel: Channel) -> list[str]:
        """Return what the deliveries of these digests over a channel became there, oldest first."""
        query = sa.select(outbox.c.reference).order_by(outbox.c.sent_at, outbox.c.key)
        sent = query.where(outbox.c.digest.in_(digests), outbox.c.state == "sent", outbox.c.kind == channel.kind)
        with self._database.read() as connection:
            return list(connection.execute(sent.where(outbox.c.address == channel.address)).scalars())

    def move(
        self, key: str, expected: Sequence[DeliveryState], state: DeliveryState, now: datetime, reason: str
    ) -> bool:
        """Move a delivery that nobody has in hand, due at once; False when it is in no expected state any more."""
        free = sa.and_(outbox.c.key == key, outbox.c.state.in_(expected), outbox.c.owner.is_(None))
        values = {"state": state, "due_at": now, "attempts": 0, "reason": reason}
        with self._database.write() as connection:
            return connection.execute(sa.update(outbox).where(free).values(values)).rowcount == 1

    def suspensions(self) -> list[Suspension]:
        """Return the addresses that nothing is sent to, the latest first."""
        query = sa.select(suspensions).order_by(suspensions.c.at.desc(), suspensions.c.address)
        with self._database.read() as connection:
            return [Suspension(Channel(row.kind, row.address), row.at, row.reason) for row in connection.execute(query)]

    def suspend(self, channel: Channel, now: datetime, reason: str) -> None:
        """Send nothing more to an address, until it is resumed."""
        row = {"kind": channel.kind, "address": channel.address, "at": now, "reason": reason}
        with self._database.write() as connection:
            self._database.insert_new(connection, suspensions, [row])

    def resume(self, address: str) -> int:
        """Send to an address again, over every kind of channel; return how many suspensions that ended."""
        with self._database.write() as connection:
            return connection.execute(sa.delete(suspensions).where(suspensions.c.address == address)).rowcount


def _is_due(now: datetime, digest: DigestId | None) -> sa.ColumnElement[bool]:
    due = sa.or_(sa.and_(outbox.c.state == "pending", outbox.c.due_at <= now), outbox.c.state == "sending")
    return sa.and_(due, outbox.c.digest == digest) if digest else due


def _free(connection: sa.Connection, query: sa.Select[Any], wall: datetime, limit: int) -> list[str]:
    """Return the keys of deliveries that nobody has in hand, or only who is gone, up to `limit`."""
    # On the query alone: PostgreSQL cannot update through the cursor that this asks for.
    with connection.execute(query.execution_options(yield_per=limit)) as found:
        free = (row.key for row in found if row.owner is None or row.lease_until <= wall or gone(row.owner))
        return list(islice(free, limit))
