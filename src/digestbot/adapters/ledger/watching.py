"""Counting: how much of everything there is and was, for status and metrics."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import (
    digests,
    documents,
    items,
    outbox,
    proposals,
    runs,
    sightings,
    stories,
    verdicts,
)
from digestbot.domain import Counts

_MOST_DELAYS = 10_000


class Watching:
    """The ledger's part for whoever watches over it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, since: datetime, now: datetime) -> Counts:
        """Return what happened since, and what there is at all."""
        with self._database.read() as connection:
            ended = _by(connection, sightings.c.outcome, sightings.c.seen_at >= since)
            ever = _by(connection, sightings.c.outcome)
            waiting = sa.select(sa.func.min(outbox.c.due_at)).where(outbox.c.state == "pending", outbox.c.due_at <= now)
            last = connection.execute(sa.select(runs.c.now, runs.c.report).order_by(runs.c.id.desc()).limit(1)).first()
            return Counts(
                since=since,
                outcomes={outcome: count for outcome, count in ended.items() if outcome},
                outcomes_ever={outcome: count for outcome, count in ever.items() if outcome},
                under_way=ever.get("", 0),
                digests=_count(connection, digests, digests.c.created_at >= since),
                queue=_by(connection, outbox.c.state),
                waiting_since=connection.execute(waiting).scalar(),
                delays_s=_delays(connection, since),
                stories=_count(connection, stories),
                documents=_count(connection, documents),
                open_proposals=_count(connection, proposals, proposals.c.state == "open"),
                last_run_at=last.now if last else None,
                last_run_s=_seconds(last.report) if last else 0.0,
            )

    def ended(self, now: datetime) -> list[dict[str, Any]]:
        """Return a row for each item that the run of an instant showed or filed, with where it ended and why."""
        columns = (
            sightings.c.item,
            sightings.c.feed,
            sightings.c.version,
            sightings.c.outcome,
            sightings.c.reason,
            items.c.story,
            *(
                verdicts.c[name]
                for name in ("roadmap", "section", "chapter", "confidence", "relevance", "model", "tokens")
            ),
        )
        query = (
            sa.select(*columns)
            .join(items, items.c.id == sightings.c.item)
            .join(verdicts, verdicts.c.story == items.c.story, isouter=True)
            .where(sightings.c.outcome != "", sa.or_(sightings.c.seen_at == now, verdicts.c.decided_at == now))
            .order_by(sightings.c.item, sightings.c.feed, verdicts.c.roadmap)
        )
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _count(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one())


def _by(connection: sa.Connection, column: sa.Column[Any], *where: sa.ColumnElement[bool]) -> dict[Any, int]:
    query = sa.select(column, sa.func.count()).where(*where).group_by(column).order_by(column)
    return {value: int(count) for value, count in connection.execute(query)}


def _delays(connection: sa.Connection, since: datetime) -> tuple[float, ...]:
    query = (
        sa.select(outbox.c.sent_at, digests.c.created_at)
        .join(digests, digests.c.id == outbox.c.digest)
        .where(outbox.c.sent_at >= since)
        .order_by(outbox.c.sent_at.desc())
        .limit(_MOST_DELAYS)
    )
    return tuple(max(0.0, (sent - made).total_seconds()) for sent, made in connection.execute(query))


def _seconds(report: dict[str, Any]) -> float:
    return round(sum(float(step.get("seconds", 0)) for step in report.get("steps", {}).values()), 3)
