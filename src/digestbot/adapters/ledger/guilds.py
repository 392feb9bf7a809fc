"""Discord servers and what they want."""

from __future__ import annotations

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import guilds
from digestbot.domain import Guild


class Guilds:
    """The ledger's part for Discord servers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Guild]:
        """Return every server that the bot ever was on, in order of ids."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(guilds.c.body).order_by(guilds.c.id)).scalars()
            return [rows.guild(body) for body in found]

    def get(self, id: str) -> Guild:
        """Return a server; one that is not known has chosen nothing."""
        with self._database.read() as connection:
            body = connection.execute(sa.select(guilds.c.body).where(guilds.c.id == id)).scalar()
        return rows.guild(body) if body else Guild(id)

    def save(self, guild: Guild) -> None:
        """Record a server, in place of what was known of it."""
        with self._database.write() as connection:
            self._database.upsert(connection, guilds, [{"id": guild.id, "body": rows.guild_body(guild)}])

    def forget(self, id: str) -> None:
        """Delete what is known of a server."""
        with self._database.write() as connection:
            connection.execute(sa.delete(guilds).where(guilds.c.id == id))
