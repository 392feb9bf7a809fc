"""Digests, the outbox that carries them, proposals, and the reports of runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.contents import READ, Contents, record
from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.revisions import last_revisions
from digestbot.adapters.ledger.schema import digest_entries, digests, outbox, proposal_waits, proposals, runs
from digestbot.adapters.ledger.subscriptions import mark_handled, unchanged
from digestbot.domain import (
    Channel,
    Digest,
    DigestId,
    Proposal,
    ProposalState,
    StoryId,
)


class Publications:
    """The ledger's part for the steps `publish` and `deliver`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_digests(
        self,
        found: Sequence[tuple[Digest, Collection[StoryId], Mapping[str, Channel]]],
        handled: Mapping[str, datetime] | None = None,
    ) -> set[DigestId]:
        """Record digests, the stories each holds and a row of the outbox per channel (by key), all or nothing.

        A story is held with all that is new about it so far: only what comes later is an update. The subscription is
        looked after up to the digest's instant by this. With `handled`, the marks that the digests were made by, those
        are left out whose subscription another process has looked after since. Return the ids of those recorded.
        """
        with self._database.write() as connection:
            if handled is not None:
                mine = unchanged(self._database, connection, [digest.subscription for digest, _, _ in found], handled)
                found = [one for one in found if one[0].subscription in mine]
            told = {story for _, stories, _ in found for story in stories}
            last = last_revisions(connection, told)
            entries = [
                {
                    "subscription": digest.subscription,
                    "story": story,
                    "revision": last.get(story, 0),
                    "digest": digest.id,
                }
                for digest, stories, _ in found
                for story in sorted(stories)
            ]
            owed = [waiting(digest, key, to) for digest, _, channels in found for key, to in channels.items()]
            record(self._database, connection, [digest for digest, _, _ in found])
            self._database.insert_new(connection, digest_entries, entries)
            self._database.insert_new(connection, outbox, owed)
            mark_handled(self._database, connection, {one.subscription: one.created_at for one, _, _ in found})
        return {digest.id for digest, _, _ in found}

    def digests(self, limit: int, subscription: str = "") -> list[Digest]:
        """Return the last digests, newest first, all of them or one subscription's."""
        query = sa.select(*READ).order_by(digests.c.created_at.desc(), digests.c.id).limit(limit)
        if subscription:
            query = query.where(digests.c.subscription == subscription)
        return self._digests(query)

    def digest(self, prefix: str) -> list[Digest]:
        """Return the digests whose id begins so."""
        return self._digests(
            sa.select(*READ).where(digests.c.id.startswith(prefix, autoescape=True)).order_by(digests.c.id)
        )

    def _digests(self, query: sa.Select[Any]) -> list[Digest]:
        with self._database.read() as connection:
            return Contents().digests_of(connection, connection.execute(query).mappings().all())

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

    def waiting(self, roadmap: str) -> dict[StoryId, datetime]:
        """Return the stories that wait to be proposed for a roadmap, each with since when."""
        query = sa.select(proposal_waits.c.story, proposal_waits.c.since).where(proposal_waits.c.roadmap == roadmap)
        with self._database.read() as connection:
            return {StoryId(row.story): row.since for row in connection.execute(query)}

    def keep_waiting(self, roadmap: str, found: Mapping[StoryId, str], now: datetime) -> None:
        """Let these stories wait, each with the reason, and no others; those that waited before keep their instant."""
        with self._database.write() as connection:
            own = proposal_waits.c.roadmap == roadmap
            since = {row.story: row.since for row in connection.execute(sa.select(proposal_waits).where(own))}
            connection.execute(sa.delete(proposal_waits).where(own))
            waits = [
                {"story": id, "roadmap": roadmap, "since": since.get(id, now), "why": why} for id, why in found.items()
            ]
            self._database.insert_new(connection, proposal_waits, waits)

    def record_run(self, now: datetime, finished_at: datetime, report: Mapping[str, Any]) -> None:
        """Record the report of a run."""
        with self._database.write() as connection:
            connection.execute(sa.insert(runs).values(now=now, finished_at=finished_at, report=dict(report)))


def waiting(digest: Digest, key: str, channel: Channel) -> dict[str, Any]:
    """Return the row of the outbox by which a digest waits to go over a channel, due at once."""
    return {
        "key": key,
        "digest": digest.id,
        "kind": channel.kind,
        "address": channel.address,
        "state": "pending",
        "due_at": digest.created_at,
    }
