"""Roadmaps as they were last looked at, and what happened to them since they were first seen."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from pydantic import TypeAdapter

from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import outline_events, outlines
from digestbot.roadmap.history import Event, Memory

_MEMORY: TypeAdapter[Memory] = TypeAdapter(Memory)
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class Outlines:
    """The ledger's part for the documents themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def memory(self, roadmap: str) -> Memory | None:
        """Return a roadmap as it was last looked at, None when it never was."""
        query = sa.select(outlines.c.body).where(outlines.c.roadmap == roadmap)
        with self._database.read() as connection:
            body = connection.execute(query).scalar()
        return None if body is None else _MEMORY.validate_python(body)

    def remember(
        self, roadmap: str, before: Memory | None, after: Memory, found: tuple[Event, ...], now: datetime
    ) -> bool:
        """Remember a roadmap and what happened to it; False where another process remembered a change meanwhile."""
        body = _MEMORY.dump_python(after, mode="json")
        version = sa.select(outlines.c.version).where(outlines.c.roadmap == roadmap)
        events = [
            {"roadmap": roadmap, "at": now, "version": after.version, **_EVENT.dump_python(event)} for event in found
        ]
        with self._database.write() as connection:
            if connection.execute(version).scalar() != (before.version if before else None):
                return False
            row = {"roadmap": roadmap, "version": after.version, "body": body, "noted_at": now}
            self._database.upsert(connection, outlines, [row])
            if events:
                connection.execute(sa.insert(outline_events), events)
        return True

    def events(self, roadmap: str, since: datetime | None = None) -> list[tuple[datetime, Event]]:
        """Return what happened to a roadmap and when that was noticed, oldest first."""
        query = sa.select(outline_events).where(outline_events.c.roadmap == roadmap).order_by(outline_events.c.id)
        if since is not None:
            query = query.where(outline_events.c.at >= since)
        with self._database.read() as connection:
            found = connection.execute(query).mappings().all()
        names = ("what", "how", "place", "title", "url", "former")
        return [(row["at"], _EVENT.validate_python({name: row[name] for name in names})) for row in found]
