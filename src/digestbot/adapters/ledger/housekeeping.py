"""Letting go of what nobody needs any more: texts that were read, reports, what was bought, traces of sign-ups.

What was decided and why stays for good: items, outcomes and reasons, verdicts, summaries, digests, deliveries, reviews.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import articles, model_calls, runs, sign_ups, summary_cache

LET_GO = "let go of"
"""How the note of an article begins whose text is no longer kept."""
_SIGN_UPS = timedelta(days=2)
_BUDGETS = timedelta(days=62)
"""A month's budget is counted from its calls: those of this month and the last are never let go."""


class Housekeeping:
    """The ledger's part for what it lets go of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tidy(self, now: datetime, texts: timedelta, records: timedelta, *, dry: bool = False) -> dict[str, int]:
        """Let go of texts and of records that are older than these spans; return how many of each kind went.

        A `dry` one only counts.
        """
        old, calls = now - records, now - max(records, _BUDGETS)
        with self._database.write() as connection:
            gone = {
                "texts": _emptied(connection, now, now - texts),
                "reports": _gone(connection, runs, runs.c.finished_at < old),
                "model calls": _gone(connection, model_calls, model_calls.c.at < calls),
                "bought summaries": _gone(connection, summary_cache, summary_cache.c.written_at < old),
                "sign-ups": _gone(connection, sign_ups, sign_ups.c.at < now - _SIGN_UPS),
            }
            if dry:
                connection.rollback()
        return gone


def _gone(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.delete(table).where(*where)).rowcount


def _emptied(connection: sa.Connection, now: datetime, before: datetime) -> int:
    note = f"{LET_GO} on {now:%Y-%m-%d}; it stands at its address"
    query = sa.update(articles).where(articles.c.read_at < before, articles.c.text != "")
    return connection.execute(query.values(text="", note=note)).rowcount
