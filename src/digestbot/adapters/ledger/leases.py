"""Exclusive work among processes: a named row with an owner, taken over when it has run out."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import leases
from digestbot.processes import gone


class Leases:
    """The ledger's part for exclusive work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, name: str, owner: str, wall: datetime, span: timedelta) -> str | None:
        """Take or renew a lease by the real clock; return None on success, else its present owner.

        A lease whose owner is gone is taken over at once.
        """
        with self._database.write() as connection:
            own = {"name": name, "owner": owner, "until": wall + span}
            # First put there, then locked: of two that come at once on PostgreSQL one waits here for the other.
            self._database.insert_new(connection, leases, [own])
            held = connection.execute(sa.select(leases).where(leases.c.name == name).with_for_update()).one()
            if held.owner != owner and held.until > wall and not gone(held.owner):
                return str(held.owner)
            self._database.upsert(connection, leases, [own])
        return None

    def release(self, name: str, owner: str) -> None:
        """Give a lease back, if it is still this owner's."""
        with self._database.write() as connection:
            connection.execute(sa.delete(leases).where(leases.c.name == name, leases.c.owner == owner))
