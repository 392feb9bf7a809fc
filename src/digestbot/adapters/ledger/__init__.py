"""The ledger: what happened to everything, over SQLAlchemy. One class per noun, one method one transaction."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from digestbot.adapters.ledger.alerts import Alerts
from digestbot.adapters.ledger.announcements import Announcements
from digestbot.adapters.ledger.answers import Answers
from digestbot.adapters.ledger.candidates import Candidates
from digestbot.adapters.ledger.corpus import Corpus
from digestbot.adapters.ledger.decisions import Decisions
from digestbot.adapters.ledger.engine import HEAD, Database, batches, existing_url, safe_url, sqlite_url
from digestbot.adapters.ledger.filings import Filings
from digestbot.adapters.ledger.guilds import Guilds
from digestbot.adapters.ledger.history import History
from digestbot.adapters.ledger.housekeeping import Housekeeping
from digestbot.adapters.ledger.intake import Intake
from digestbot.adapters.ledger.leases import Leases
from digestbot.adapters.ledger.letters import Letters
from digestbot.adapters.ledger.links import Links
from digestbot.adapters.ledger.opinions import Opinions
from digestbot.adapters.ledger.outbox import Outbox
from digestbot.adapters.ledger.outlines import Outlines
from digestbot.adapters.ledger.placings import Placings
from digestbot.adapters.ledger.publications import Publications
from digestbot.adapters.ledger.readers import Readers
from digestbot.adapters.ledger.reviews import Reviews
from digestbot.adapters.ledger.schema import metadata
from digestbot.adapters.ledger.spending import Spending
from digestbot.adapters.ledger.stories import Stories
from digestbot.adapters.ledger.subscriptions import Subscriptions
from digestbot.adapters.ledger.suggestions import Suggestions
from digestbot.adapters.ledger.watching import Watching
from digestbot.errors import StoreError

__all__ = ["Ledger", "copy_ledger", "count_rows", "existing_url", "safe_url", "save_ledger", "sqlite_url"]


class Ledger:
    """The record of everything, one part per noun over one database."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy URL and bring its schema up to date."""
        database = Database(url)
        try:
            database.migrate()
        except BaseException:
            database.close()
            raise
        self.intake = Intake(database)
        self.announcements = Announcements(database)
        self.stories = Stories(database)
        self.decisions = Decisions(database)
        self.filings = Filings(database)
        self.placings = Placings(database)
        self.publications = Publications(database)
        self.reviews = Reviews(database)
        self.spending = Spending(database)
        self.opinions = Opinions(database)
        self.outbox = Outbox(database)
        self.guilds = Guilds(database)
        self.candidates = Candidates(database)
        self.subscriptions = Subscriptions(database)
        self.readers = Readers(database)
        self.letters = Letters(database)
        self.corpus = Corpus(database)
        self.answers = Answers(database)
        self.history = History(database)
        self.outlines = Outlines(database)
        self.suggestions = Suggestions(database)
        self.links = Links(database)
        self.leases = Leases(database)
        self.alerts = Alerts(database)
        self.watching = Watching(database)
        self.housekeeping = Housekeeping(database)
        self._database = database

    def close(self) -> None:
        """Close every connection."""
        self._database.close()


def copy_ledger(source: str, target: str) -> None:
    """Copy every row of a ledger into a new one, from any database into any other; counted ids are given anew.

    All of it is as it was at one instant, whatever is written meanwhile. A source that has no tables yet makes an empty
    ledger. Raises StoreError for one of another version.
    """
    old, new = Database(source), Database(target)
    try:
        new.migrate()
        found = old.revision()
        if found not in (None, HEAD):
            raise StoreError(f"the ledger to copy has schema {found!r}, expected {HEAD!r}: open it once to migrate it")
        with old.snapshot() as reading:
            for table in metadata.sorted_tables if found else ():
                _copy(table, reading, new)
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


def _copy(table: sa.Table, reading: sa.Connection, new: Database) -> None:
    # A counted id that is written by hand would leave PostgreSQL's own counter behind.
    counted = table.autoincrement_column
    columns = [column for column in table.columns if column is not counted]
    with new.write() as writing:
        found = reading.execute(sa.select(*columns).order_by(*table.primary_key)).mappings()
        for batch in batches(dict(values) for values in found):
            writing.execute(sa.insert(table), batch)
