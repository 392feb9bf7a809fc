"""Passes to sign in with, and the browsers that did."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import passes, sessions
from digestbot.domain.passes import Pass, Session

_NOTED_EVERY = timedelta(hours=1)
"""That a pass is in use is written down this often at most: looking at a page is no reason to write."""


class Passes:
    """The ledger's part for whoever signs in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, made: Pass) -> None:
        """Record a new pass."""
        with self._database.write() as connection:
            connection.execute(sa.insert(passes).values(**rows.row(made)))

    def all(self) -> list[Pass]:
        """Return every pass, the revoked ones among them, oldest first."""
        query = sa.select(passes).order_by(passes.c.created_at, passes.c.id)
        with self._database.read() as connection:
            return [Pass(**row) for row in connection.execute(query).mappings()]

    def of_token(self, hashed: str, now: datetime) -> Pass | None:
        """Return the valid pass whose token has this hash, and note that it was used; None where there is none."""
        found = self._valid(sa.select(passes).where(passes.c.hashed == hashed), now)
        if found and (found.used_at is None or found.used_at + _NOTED_EVERY <= now):
            with self._database.write() as connection:
                connection.execute(sa.update(passes).where(passes.c.id == found.id).values(used_at=now))
        return found

    def of_session(self, hashed: str, now: datetime) -> Pass | None:
        """Return the valid pass with which a browser is signed in, None where it is not, or no longer."""
        query = sa.select(passes).join(sessions, sessions.c.passed == passes.c.id)
        return self._valid(query.where(sessions.c.hashed == hashed, sessions.c.expires_at > now), now)

    def begin(self, session: Session) -> None:
        """Sign a browser in; those whose time is over are forgotten."""
        with self._database.write() as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.expires_at <= session.created_at))
            connection.execute(sa.insert(sessions).values(**rows.row(session)))

    def end(self, hashed: str) -> None:
        """Sign a browser out."""
        with self._database.write() as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.hashed == hashed))

    def revoke(self, id: str, now: datetime) -> bool:
        """End a pass, and sign out every browser that used it; False where there is none, or it was ended before."""
        standing = sa.update(passes).where(passes.c.id == id, passes.c.revoked_at.is_(None))
        with self._database.write() as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.passed == id))
            return connection.execute(standing.values(revoked_at=now)).rowcount > 0

    def _valid(self, query: sa.Select[tuple[object, ...]], now: datetime) -> Pass | None:
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        found = Pass(**row) if row else None
        return found if found and found.is_valid(now) else None
