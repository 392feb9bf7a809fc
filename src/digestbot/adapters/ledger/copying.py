"""A ledger whole: copied from any database into any other, saved as a file, counted."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import HEAD, Database, sqlite_url
from digestbot.adapters.ledger.schema import metadata
from digestbot.errors import StoreError

_AT_ONCE = 500
"""Rows that are in memory at a time: texts of papers have up to a megabyte."""


def copy_ledger(source: str, target: str) -> None:
    """Copy every row of a ledger into a new one, all of them or none; counted ids are given anew.

    All of it is as it was at one instant, whatever is written meanwhile. A source that has no tables yet makes an empty
    ledger. Raises StoreError for one of another version.
    """
    old, new = Database(source), Database(target)
    try:
        new.migrate()
        found = old.revision()
        if found not in (None, HEAD):
            raise StoreError(f"the ledger to copy has schema {found!r}, expected {HEAD!r}: open it once to migrate it")
        with old.snapshot() as reading, new.write() as writing:
            for table in metadata.sorted_tables if found else ():
                _copy(table, reading, writing)
    finally:
        old.close()
        new.close()


def save_ledger(source: str, file: Path) -> None:
    """Write a ledger as it is at one instant into a new SQLite file, whatever database it is in."""
    database = Database(source)
    try:
        if not database.save(file):
            copy_ledger(source, sqlite_url(file))
    finally:
        database.close()


def count_rows(source: str) -> dict[str, int]:
    """Return how many rows each table of a ledger holds; raises StoreError where its file is damaged."""
    database = Database(source)
    try:
        database.check()
        with database.snapshot() as reading:
            there = set(sa.inspect(reading).get_table_names())
            tables = [table for table in metadata.sorted_tables if table.name in there]
            count = sa.select(sa.func.count())
            return {table.name: int(reading.execute(count.select_from(table)).scalar_one()) for table in tables}
    finally:
        database.close()


def _copy(table: sa.Table, reading: sa.Connection, writing: sa.Connection) -> None:
    # A counted id that is written by hand would leave PostgreSQL's own counter behind.
    counted = table.autoincrement_column
    columns = [column for column in table.columns if column is not counted]
    query = sa.select(*columns).order_by(*table.primary_key).execution_options(yield_per=_AT_ONCE)
    for rows in reading.execute(query).mappings().partitions():
        writing.execute(sa.insert(table), [dict(row) for row in rows])
