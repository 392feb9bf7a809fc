"""Opens the database: pragmas, transactions, migrations. Knows no table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from digestbot.errors import ConfigError, StoreError

HEAD = "0024"
_BUSY_TIMEOUT_MS = 10_000
_MIGRATING = 0x64_69_67_65_73_74
"""What a migration holds on PostgreSQL: a number of our own, as its advisory locks want."""
# SQLite before 3.32 refuses statements with more than 999 bound values.
_BATCH = 500
_MAX_SAID = 500
_EXPECTED = "expected sqlite:///FILE, or postgresql+psycopg://… with the extra digestbot[postgres] installed"
_GOOD_PART = 10
"""Rows that were counted for one that is added, beyond which PostgreSQL's own counting keeps up."""

Value = TypeVar("Value")


class Database:
    """A database with its two kinds of transaction; every method of the ledger is one of them."""

    def __init__(self, url: str) -> None:
        """Connect lazily; raises ConfigError when the URL cannot be understood or its driver is absent."""
        parts = _parsed(url)
        try:
            self.engine = sa.create_engine(parts, pool_pre_ping=not url.startswith("sqlite"))
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise ConfigError(f"the database URL cannot be used: {error}; {_EXPECTED}") from error
        self._place = _place_of(parts)
        if self.engine.dialect.name == "sqlite":
            _prepare_sqlite(self.engine)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Give a connection with a snapshot; raises StoreError for what the database says."""
        with self._translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Give a connection on which everything read is as it was at one instant."""
        whole = {} if self.dialect == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        with self._translated(), self.engine.connect().execution_options(**whole) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Give a transaction that commits at the end; on SQLite it takes the write lock at once, never half-way."""
        with self._translated(), self.engine.execution_options(digestbot_write=True).begin() as connection:
            yield connection

    def upsert(self, connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows, or replace those whose primary key is there; all rows have the same keys."""
        if not rows:
            return
        key = [column.name for column in table.primary_key]
        statement = self._insert(table)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)

    def insert_new(self, connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows and leave those alone whose key is there already."""
        if rows:
            connection.execute(self._insert(table).on_conflict_do_nothing(), rows)

    def add_up(
        self, connection: sa.Connection, table: sa.Table, column: str, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Insert rows, or add their `column` to that of the row whose primary key is there."""
        statement = self._insert(table)
        total = {column: table.c[column] + statement.excluded[column]}
        key = [one.name for one in table.primary_key]
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=total), rows)

    def count_anew(self, connection: sa.Connection, table: sa.Table, added: int) -> None:
        """Let PostgreSQL count a table to which a transaction added so many rows, if that is a good part of them.

        By itself it counts once a minute, and plans meanwhile as if the table were as empty as it was: the first chunks
        of a backfill took 40 s each for a second's work. SQLite plans without counts.
        """
        if self.dialect != "postgresql":
            return
        counted = sa.text("SELECT reltuples FROM pg_class WHERE oid = to_regclass(:name)")
        if connection.execute(counted, {"name": table.name}).scalar_one() < _GOOD_PART * added:
            connection.execute(sa.text(f"ANALYZE {table.name}"))

    def hold(self, connection: sa.Connection, table: sa.Table) -> None:
        """Keep others from writing to a table until the transaction ends; on SQLite it is the only one that writes."""
        if self.dialect == "postgresql":
            connection.execute(sa.text(f"LOCK TABLE {table.name} IN EXCLUSIVE MODE"))

    def _insert(self, table: sa.Table) -> Any:
        return (postgresql if self.dialect == "postgresql" else sqlite).insert(table)

    def migrate(self) -> None:
        """Bring the schema to this version's; a ledger of a later version is refused with a StoreError."""
        found = self.revision()
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise StoreError(
                f"the ledger has schema {found!r}, this digestbot knows up to {HEAD!r}: install the newer version"
            )
        from alembic import command
        from alembic.config import Config

        config = Config()
        with resources.as_file(resources.files("digestbot.adapters.ledger") / "migrations") as scripts:
            config.set_main_option("script_location", str(scripts))
            with self.write() as connection:
                if self.dialect == "postgresql":
                    # Of several processes that start at once one migrates, and the others find it done.
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
                config.attributes["connection"] = connection
                command.upgrade(config, "head")

    def revision(self) -> str | None:
        """Return the schema's revision, None for an empty database."""
        with self.read() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()

    def compact(self) -> bool:
        """Write the file anew without what was deleted; PostgreSQL does that by itself.

        False when another process reads it meanwhile, whose log keeps what was there until the last one closes it.
        """
        if self.dialect != "sqlite":
            return True
        with self._translated(), closing(self.engine.raw_connection()) as connection:
            # Both are refused within a transaction, which SQLAlchemy's own connections always begin.
            connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy

    def save(self, file: Path) -> bool:
        """Write the whole database as it is at one instant into a new file; False where it is not SQLite."""
        if self.dialect != "sqlite":
            return False
        with self._translated(), closing(self.engine.raw_connection()) as connection:
            connection.execute("VACUUM INTO ?", (str(file),))
        return True

    def check(self) -> None:
        """Raise StoreError where the database says that its file is damaged; only SQLite can be asked."""
        if self.dialect != "sqlite":
            return
        with self.read() as connection:
            found = connection.execute(sa.text("PRAGMA integrity_check(1)")).scalar()
        if found != "ok":
            raise StoreError(f"the ledger is damaged: {found}")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            # What libpq says has several lines, the last of which is a question to whoever set it up.
            reason = _in_one_line(str(error.orig))[:_MAX_SAID] or type(error).__name__
            raise StoreError(f"the ledger cannot be used: {reason} ({self._place}); run 'digestbot doctor'") from error


def sqlite_url(file: Path) -> str:
    """Return the URL of a SQLite file, its folder made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{file}"


def safe_url(url: str) -> str:
    """Return a database URL with its password masked; raises ConfigError for what is no such URL."""
    return _parsed(url).render_as_string(hide_password=True)


def existing_url(url: str) -> str:
    """Return a database's URL by which SQLite opens only a file that is there; any other URL as it is.

    Raises ConfigError for what is no such URL.
    """
    parts = _parsed(url)
    if parts.get_backend_name() != "sqlite" or not parts.database or parts.database.startswith((":", "file:")):
        return url
    name = quote(str(Path(parts.database).absolute()))
    return str(parts.set(database=f"file:{name}", query={"mode": "rw", "uri": "true"}))


def batches(values: Iterable[Value]) -> list[list[Value]]:
    """Cut values into lists that fit the bound values of one statement."""
    everything = list(values)
    return [everything[i : i + _BATCH] for i in range(0, len(everything), _BATCH)]


def _parsed(url: str) -> sa.URL:
    """Return a URL in its parts; the ConfigError for what is none holds nothing of it, nor does what caused it."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # A password with a sign of URLs in it ends up in the place of the port, which is quoted then.
        raise ConfigError(
            f"the database URL cannot be used: it is no URL; {_EXPECTED}; in a user or password write "
            "@ as %40, : as %3A and / as %2F"
        ) from None


def _in_one_line(text: str) -> str:
    return "; ".join(" ".join(line.split()) for line in text.splitlines() if line.strip())


def _place_of(url: sa.URL) -> str:
    """Return where a database is: a file, or host, port and name."""
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    host = f"{url.host or 'localhost'}:{url.port}" if url.port else url.host or "localhost"
    return f"{host}/{url.database or ''}"


def _prepare_sqlite(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction handling begins too late; with None we say BEGIN ourselves.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA synchronous=NORMAL")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("digestbot_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
