"""How the addresses of documents were found, the last time that they were looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.schema import link_checks
from digestbot.health.answers import Check


class Links:
    """The ledger's part for the health of documents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def checks(self, urls: Sequence[str]) -> dict[str, Check]:
        """Return what is known of these addresses."""
        with self._database.read() as connection:
            found = [
                Check(**row)
                for batch in batches(list(urls))
                for row in connection.execute(sa.select(link_checks).where(link_checks.c.url.in_(batch))).mappings()
            ]
        return {check.url: check for check in found}

    def record(self, found: Sequence[Check]) -> None:
        """Record how addresses were found; the last time counts."""
        with self._database.write() as connection:
            self._database.upsert(connection, link_checks, [asdict(check) for check in found])
