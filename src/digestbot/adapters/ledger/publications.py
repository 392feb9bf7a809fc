"""Digests, the outbox that carries them, proposals, and the reports of runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.revisions import last_revisions
from digestbot.adapters.ledger.schema import digest_entries, digests, outbox, proposals, runs
from digestbot.domain import (
    Channel,
    Delivery,
    DeliveryState,
    Digest,
    DigestId,
    Proposal,
    ProposalId,
    ProposalState,
    StoryId,
)
from digestbot.processes import gone


class Publications:
    """The ledger's part for the steps `publish` and `deliver`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_digest(self, digest: Digest, stories: Collection[StoryId], channels: Mapping[str, Channel]) -> None:
        """Record a digest, the stories it holds and a row of the outbox per channel (by key), all or nothing.

        A story is held with all that is new about it so far: only what comes later is an update.
        """
        waiting = [
            {
                "key": key,
                "digest": digest.id,
                "kind": channel.kind,
                "address": channel.address,
                "state": "pending",
                "due_at": digest.created_at,
            }
            for key, channel in channels.items()
        ]
        body = {
            "id": digest.id,
            "subscription": digest.subscription,
            "created_at": digest.created_at,
            "body": rows.digest_body(digest),
        }
        with self._database.write() as connection:
            last = last_revisions(connection, stories)
            entries = [
                {
                    "subscription": digest.subscription,
                    "story": story,
                    "revision": last.get(story, 0),
                    "digest": digest.id,
                }
                for story in sorted(stories)
            ]
            self._database.insert_new(connection, digests, [body])
            self._database.insert_new(connection, digest_entries, entries)
            self._database.insert_new(connection, outbox, waiting)

    def claim(self, now: datetime, owner: str, wall: datetime, lease: timedelta) -> list[Delivery]:
        """Claim every delivery that is due, for as long as the lease lasts; recorded before anything is sent.

        `now` decides what is due; `wall` is the real clock, by which leases run. What another process claimed and left
        (its lease has run out, or it is gone) comes again, with `doubt`: it may have arrived.
        """
        waiting = sa.or_(sa.and_(outbox.c.state == "pending", outbox.c.due_at <= now), outbox.c.state == "sending")
        query = (
            sa.select(outbox, digests.c.body)
            .join(digests, digests.c.id == outbox.c.digest)
            .where(waiting)
            .order_by(outbox.c.due_at, outbox.c.key)
            # SQLite has one writer at a time; PostgreSQL's workers pass over what another is claiming.
            .with_for_update(of=outbox, skip_locked=True)
        )
        with self._database.write() as connection:
            found = [
                values
                for values in connection.execute(query).mappings()
                if values["state"] == "pending" or values["lease_until"] <= wall or gone(values["owner"])
            ]
            connection.execute(
                sa.update(outbox)
                .where(outbox.c.key.in_([values["key"] for values in found]))
                .values(state="sending", owner=owner, lease_until=wall + lease, attempts=outbox.c.attempts + 1)
            )
        return [
            Delivery(
                values["key"],
                rows.digest(values["body"]),
                Channel(values["kind"], values["address"]),
                values["attempts"] + 1,
                values["state"] == "sending",
            )
            for values in found
        ]

    def is_waiting(self, now: datetime) -> bool:
        """Tell whether a delivery is due."""
        due = sa.select(outbox.c.key).where(outbox.c.state == "pending", outbox.c.due_at <= now)
        with self._database.read() as connection:
            return connection.execute(due.limit(1)).first() is not None

    def last_digests(self) -> dict[str, datetime]:
        """Return when each subscription's last digest was made."""
        query = sa.select(digests.c.subscription, sa.func.max(digests.c.created_at)).group_by(digests.c.subscription)
        with self._database.read() as connection:
            return dict(connection.execute(query).tuples().all())

    def settle(
        self,
        key: str,
        state: DeliveryState,
        now: datetime,
        *,
        reference: str = "",
        reason: str = "",
        due_at: datetime | None = None,
    ) -> None:
        """Record what became of a try; `due_at` says when to try a pending one again."""
        values: dict[str, Any] = {
            "state": state,
            "reference": reference,
            "reason": reason,
            "owner": None,
            "lease_until": None,
        }
        if state == "sent":
            values["sent_at"] = now
        if due_at is not None:
            values["due_at"] = due_at
        with self._database.write() as connection:
            connection.execute(sa.update(outbox).where(outbox.c.key == key).values(values))

    def deliveries(self, digest: DigestId | None = None) -> list[dict[str, Any]]:
        """Return the outbox as it stands, newest digests last."""
        query = sa.select(outbox).order_by(outbox.c.due_at, outbox.c.key)
        if digest:
            query = query.where(outbox.c.digest == digest)
        with self._database.read() as connection:
            return [dict(values) for values in connection.execute(query).mappings()]

    def digests(self, limit: int) -> list[Digest]:
        """Return the last digests, newest first."""
        query = sa.select(digests.c.body).order_by(digests.c.created_at.desc(), digests.c.id).limit(limit)
        with self._database.read() as connection:
            return [rows.digest(body) for body in connection.execute(query).scalars()]

    def record_proposals(self, found: Sequence[Proposal]) -> None:
        """Record new proposals; one that is there already stays as it is."""
        with self._database.write() as connection:
            self._database.insert_new(connection, proposals, [rows.row(proposal) for proposal in found])

    def proposals(self, *, state: ProposalState | None = None, since: datetime | None = None) -> list[Proposal]:
        """Return proposals, oldest first, all of them or those in a state or made from an instant on."""
        query = sa.select(proposals).order_by(proposals.c.created_at, proposals.c.id)
        if state:
            query = query.where(proposals.c.state == state)
        if since:
            query = query.where(proposals.c.created_at >= since)
        with self._database.read() as connection:
            return [rows.proposal(values) for values in connection.execute(query).mappings()]

    def proposal(self, prefix: str) -> list[Proposal]:
        """Return the proposals whose id begins so."""
        query = sa.select(proposals).where(proposals.c.id.startswith(prefix, autoescape=True)).order_by(proposals.c.id)
        with self._database.read() as connection:
            return [rows.proposal(values) for values in connection.execute(query).mappings()]

    def decide(
        self, id: ProposalId, expected: ProposalState, state: ProposalState, now: datetime, by: str, note: str
    ) -> bool:
        """Move a proposal from an expected state to another; False when it is no longer in the expected one."""
        with self._database.write() as connection:
            done = connection.execute(
                sa.update(proposals)
                .where(proposals.c.id == id, proposals.c.state == expected)
                .values(state=state, decided_at=now, decided_by=by, note=note)
            )
            return done.rowcount == 1

    def record_run(self, now: datetime, finished_at: datetime, report: Mapping[str, Any]) -> None:
        """Record the report of a run."""
        with self._database.write() as connection:
            connection.execute(sa.insert(runs).values(now=now, finished_at=finished_at, report=dict(report)))

    def last_run(self) -> tuple[datetime, dict[str, Any]] | None:
        """Return when the last run finished and its report."""
        query = sa.select(runs.c.finished_at, runs.c.report).order_by(runs.c.id.desc()).limit(1)
        with self._database.read() as connection:
            found = connection.execute(query).first()
        return (found[0], found[1]) if found else None
