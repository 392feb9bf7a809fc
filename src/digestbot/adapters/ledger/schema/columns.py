"""What the tables are made of: their registry, and the columns that many have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa


class Instant(sa.TypeDecorator[datetime]):
    """An aware UTC instant, stored as naive UTC since SQLite knows no zones."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Span(sa.TypeDecorator[timedelta]):
    """A length of time, stored in whole seconds."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else round(value.total_seconds())

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> timedelta | None:
        return None if value is None else timedelta(seconds=value)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def text(name: str, **options: object) -> sa.Column[str]:
    """Return a column of text, "" where nothing is said."""
    return sa.Column(name, sa.Text, nullable=False, server_default="", **options)  # type: ignore[arg-type]  # forwarded


def listed(name: str) -> sa.Column[list[object]]:
    """Return a column that holds a list."""
    return sa.Column(name, sa.JSON, nullable=False)
