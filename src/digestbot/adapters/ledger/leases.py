"""Exclusive work among processes: a named row with an owner, taken over when it has run out."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import leases
from digestbot.domain import Role
from digestbot.processes import gone

_ROLES: dict[Role, str] = {"server": "server/", "worker": "worker/"}
"""How the names of the entries begin by which processes say that they live; each is a lease of its own."""


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

    def attend(self, role: Role, owner: str, wall: datetime, span: timedelta) -> None:
        """Say that a process lives for a span more; what others like it left behind when they died is cleared away."""
        stale = sa.and_(leases.c.name.startswith(_ROLES[role]), leases.c.until <= wall)
        with self._database.write() as connection:
            self._database.upsert(
                connection, leases, [{"name": f"{_ROLES[role]}{owner}", "owner": owner, "until": wall + span}]
            )
            connection.execute(sa.delete(leases).where(stale))

    def depart(self, role: Role, owner: str) -> None:
        """Say that a process ends."""
        self.release(f"{_ROLES[role]}{owner}", owner)

    def living(self, wall: datetime) -> list[tuple[Role, str]]:
        """Return the processes that said so lately and are not known to be gone, servers first, by name."""
        query = sa.select(leases.c.name, leases.c.owner).where(leases.c.until > wall).order_by(leases.c.name)
        with self._database.read() as connection:
            found = [(str(row.name), str(row.owner)) for row in connection.execute(query)]
        return [
            (role, owner)
            for role, prefix in _ROLES.items()
            for name, owner in found
            if name.startswith(prefix) and not gone(owner)
        ]

    def holder(self, name: str, wall: datetime) -> str | None:
        """Return who holds a lease, None where nobody does."""
        query = sa.select(leases.c.owner).where(leases.c.name == name, leases.c.until > wall)
        with self._database.read() as connection:
            owner = connection.execute(query).scalar()
        return None if owner is None or gone(owner) else str(owner)

    def release(self, name: str, owner: str) -> None:
        """Give a lease back, if it is still this owner's."""
        with self._database.write() as connection:
            connection.execute(sa.delete(leases).where(leases.c.name == name, leases.c.owner == owner))
