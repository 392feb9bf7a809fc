"""Decisions on proposals: every act is one row, and the proposal as it is after it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.publications import Publications
from digestbot.adapters.ledger.schema import proposals, review_acts, suggestion_answers
from digestbot.domain import Act, Proposal, ProposalId, ProposalState

_GIVEN = ("id", "story", "roadmap", "kind", "stories", "subject", "created_at")
"""What no act changes."""


class Reviews:
    """The ledger's part for reviews; fulfils `review.ReviewLedger`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._publications = Publications(database)

    def proposal(self, prefix: str) -> list[Proposal]:
        """Return the proposals whose id begins so."""
        return self._publications.proposal(prefix)

    def proposals(self, *, state: ProposalState | None = None) -> list[Proposal]:
        """Return proposals, oldest first, all of them or those in a state."""
        return self._publications.proposals(state=state)

    def latest(
        self, states: Collection[ProposalState], roadmap: str = "", before: str = "", limit: int = 50
    ) -> list[Proposal]:
        """Return proposals in these states, the latest first, from the one behind `before`; none where that is none."""
        query = sa.select(proposals).where(proposals.c.state.in_(states))
        if roadmap:
            query = query.where(proposals.c.roadmap == roadmap)
        if before:
            last = sa.select(proposals.c.created_at).where(proposals.c.id == before).scalar_subquery()
            older = proposals.c.created_at < last
            query = query.where(older | ((proposals.c.created_at == last) & (proposals.c.id > before)))
        query = query.order_by(proposals.c.created_at.desc(), proposals.c.id).limit(limit)
        with self._database.read() as connection:
            return [rows.proposal(values) for values in connection.execute(query).mappings()]

    def acts(self, ids: Collection[ProposalId]) -> list[Act]:
        """Return the acts on these proposals, a proposal's in order."""
        query = sa.select(review_acts).order_by(review_acts.c.proposal, review_acts.c.number)
        with self._database.read() as connection:
            return [
                rows.act(values)
                for batch in batches(sorted(ids))
                for values in connection.execute(query.where(review_acts.c.proposal.in_(batch))).mappings()
            ]

    def all_acts(self) -> list[Act]:
        """Return every act there is, oldest first."""
        query = sa.select(review_acts).order_by(review_acts.c.at, review_acts.c.proposal, review_acts.c.number)
        with self._database.read() as connection:
            return [rows.act(values) for values in connection.execute(query).mappings()]

    def advance(self, after: Proposal, act: Act) -> bool:
        """Record an act with the proposal as it is after it; False, and nothing recorded, when others came between."""
        values = {name: value for name, value in rows.row(after).items() if name not in _GIVEN}
        with self._database.write() as connection:
            done = connection.execute(
                sa.update(proposals)
                .where(proposals.c.id == after.id, proposals.c.steps == act.number - 1)
                .values(**values)
            )
            if done.rowcount != 1:
                return False
            connection.execute(sa.insert(review_acts).values(**rows.row(act)))
            return True

    def told(self, answers: Sequence[tuple[str, str]], now: datetime) -> None:
        """Remember which standings of which addresses their suggesters were told."""
        with self._database.write() as connection:
            found = [{"url": url, "standing": standing, "at": now} for url, standing in dict.fromkeys(answers)]
            self._database.insert_new(connection, suggestion_answers, found)

    def answers(self) -> set[tuple[str, str]]:
        """Return which standings of which addresses were told."""
        query = sa.select(suggestion_answers.c.url, suggestion_answers.c.standing)
        with self._database.read() as connection:
            return {(row.url, row.standing) for row in connection.execute(query)}
