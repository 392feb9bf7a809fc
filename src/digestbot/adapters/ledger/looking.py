"""Looks at a ledger as it is, without bringing its schema up to date."""

from __future__ import annotations

from digestbot.adapters.ledger.engine import HEAD, Database


def schema_found(source: str, *, connect: bool = True) -> tuple[str | None, str]:
    """Return a ledger's schema as it stands, None for an empty database, and the one that this program knows.

    Raises ConfigError for a URL that nothing here understands, which is all that is tried without `connect`.
    """
    database = Database(source)
    try:
        return database.revision() if connect else HEAD, HEAD
    finally:
        database.close()
