"""Mails that are owed to people who asked for something on a page: they outlive a mail server's or a process's end."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import letters
from digestbot.domain import Letter
from digestbot.processes import gone


class Letters:
    """The ledger's part for the mails of the pages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def owe(self, address: str, wish: Mapping[str, Any], now: datetime) -> None:
        """Record that an address is to be answered."""
        id = secrets.token_hex(16)
        row = {"id": id, "address": address, "wish": dict(wish), "asked_at": now, "due_at": now}
        with self._database.write() as connection:
            connection.execute(sa.insert(letters).values(row))

    def take(self, now: datetime, owner: str, lease: timedelta) -> Letter | None:
        """Take the letter that is due longest in hand, to be sent now; None when there is none.

        One that another process took comes again once that is gone, or its lease has run out: with `doubt`.
        """
        query = sa.select(letters).where(letters.c.due_at <= now).order_by(letters.c.due_at, letters.c.id)
        with self._database.write() as connection:
            for row in connection.execute(query.with_for_update(skip_locked=True)).all():
                if row.owner is not None and row.lease_until > now and not gone(row.owner):
                    continue
                values = {"owner": owner, "lease_until": now + lease, "attempts": row.attempts + 1}
                connection.execute(sa.update(letters).where(letters.c.id == row.id).values(values))
                return Letter(row.id, row.address, row.wish, row.asked_at, row.attempts + 1, row.owner is not None)
        return None

    def put_back(self, id: str, due_at: datetime) -> None:
        """Try a letter again from an instant on."""
        values = {"owner": None, "lease_until": None, "due_at": due_at}
        with self._database.write() as connection:
            connection.execute(sa.update(letters).where(letters.c.id == id).values(values))

    def close(self, id: str) -> None:
        """Forget a letter that went, or was given up."""
        with self._database.write() as connection:
            connection.execute(sa.delete(letters).where(letters.c.id == id))
