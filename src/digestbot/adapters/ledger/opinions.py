"""What readers say of stories, and what they keep to read."""

from __future__ import annotations

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import opinions
from digestbot.domain import Opinion, OpinionKind


class Opinions:
    """The ledger's part for opinions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def say(self, opinion: Opinion) -> None:
        """Record an opinion, in place of what the same person said before of the same thing."""
        with self._database.write() as connection:
            self._database.upsert(connection, opinions, [rows.row(opinion)])

    def of(self, who: str, kind: OpinionKind, limit: int) -> list[Opinion]:
        """Return a person's opinions of a kind, the latest first."""
        mine = sa.select(opinions).where(opinions.c.who == who, opinions.c.kind == kind)
        query = mine.order_by(opinions.c.at.desc(), opinions.c.about).limit(limit)
        with self._database.read() as connection:
            return [Opinion(**row) for row in connection.execute(query).mappings()]

    def forget(self, who: str) -> int:
        """Delete all that a person said; return how much that was."""
        with self._database.write() as connection:
            return connection.execute(sa.delete(opinions).where(opinions.c.who == who)).rowcount
