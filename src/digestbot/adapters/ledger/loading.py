"""History: papers that a backfill loads, chunk by chunk, each in one transaction with the mark that it is done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.corpus import add_documents
from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.groups import record_group
from digestbot.adapters.ledger.schema import items, sightings, steps, stories, verdicts
from digestbot.adapters.ledger.vector_rows import add_vectors
from digestbot.domain import BACKFILL
from digestbot.pipeline.backfill import Loaded

_STEP = "backfill"
_BEGUN = "begun"


class Loading:
    """The ledger's part for backfills."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, backfill: str, now: datetime) -> datetime:
        """Return when a backfill began: now, where it never did before."""
        mark = {"subject": backfill, "step": _STEP, "input_hash": _BEGUN, "result": "", "at": now}
        own = sa.select(steps.c.at).where(
            steps.c.subject == backfill, steps.c.step == _STEP, steps.c.input_hash == _BEGUN
        )
        with self._database.write() as connection:
            self._database.insert_new(connection, steps, [mark])
            begun: datetime = connection.execute(own).scalar_one()
        return begun

    def done(self, backfill: str) -> set[int]:
        """Return the numbers of the chunks that a backfill is done with."""
        own = sa.select(steps.c.input_hash).where(
            steps.c.subject == backfill, steps.c.step == _STEP, steps.c.input_hash != _BEGUN
        )
        with self._database.read() as connection:
            return {int(number) for number in connection.execute(own).scalars()}

    def record(self, loaded: Loaded, space: str, now: datetime) -> None:
        """Record a chunk, all of it or nothing; `space` is that of the passages."""
        own = [rows.row(item, first_seen_at=now, story=loaded.alone.get(item.id)) for item in loaded.items]
        alone = [{"id": story, "lead": item, "created_at": now} for item, story in loaded.alone.items()]
        judged = [
            rows.row(verdict, decided_at=now, top=[list(one) for one in verdict.top], history=True)
            for verdict in loaded.verdicts
        ]
        vectors = {id: row for shelf in loaded.shelves for id, row in shelf.vectors.items()}
        with self._database.write() as connection:
            self._database.insert_new(connection, items, own)
            self._database.insert_new(connection, stories, alone)
            self._database.insert_new(connection, sightings, _sightings(loaded, now))
            for group in loaded.groups:
                record_group(self._database, connection, group, now)
            self._database.insert_new(connection, verdicts, judged)
            add_documents(self._database, connection, [(one.document, one.passages) for one in loaded.shelves])
            add_vectors(self._database, connection, space, vectors)
            if loaded.is_done:
                self._database.insert_new(connection, steps, [_mark(loaded, now)])


def _sightings(loaded: Loaded, now: datetime) -> Sequence[dict[str, object]]:
    """Return a sighting of each paper; where a paper carries no story, its group says how it ended."""
    ended = [loaded.outcomes.get(item.id, ("", "")) for item in loaded.items]
    return [
        {
            "item": item.id,
            "feed": BACKFILL,
            "version": item.version,
            "seen_at": now,
            "outcome": outcome,
            "reason": reason,
        }
        for item, (outcome, reason) in zip(loaded.items, ended, strict=True)
    ]


def _mark(loaded: Loaded, now: datetime) -> dict[str, object]:
    told = json.dumps({"new": len(loaded.items)})
    return {"subject": loaded.backfill, "step": _STEP, "input_hash": str(loaded.number), "result": told, "at": now}
