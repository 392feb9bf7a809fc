"""Proposals as messages on Discord: each is recorded before it is posted and after, so that none is posted twice."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import review_posts
from digestbot.domain import ProposalId, ReviewPost


class ReviewPosts:
    """The ledger's part for proposals on Discord."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ReviewPost]:
        """Return what was ever posted, or begun to be, in order of channels and proposals."""
        query = sa.select(review_posts).order_by(review_posts.c.channel, review_posts.c.proposal)
        with self._database.read() as connection:
            return [ReviewPost(**row) for row in connection.execute(query).mappings()]

    def begin(self, channel: str, proposal: ProposalId, guild: str, wall: datetime) -> bool:
        """Record that a proposal is being posted into a channel; False where that was begun before."""
        new = {"channel": channel, "proposal": proposal, "guild": guild, "state": "sending", "begun_at": wall}
        with self._database.write() as connection:
            known = sa.select(review_posts.c.state).where(_of(channel, proposal))
            if connection.execute(known).first() is not None:
                return False
            self._database.insert_new(connection, review_posts, [new])
        return True

    def record(self, post: ReviewPost) -> None:
        """Record what became of a message, in place of what was known of it."""
        with self._database.write() as connection:
            self._database.upsert(connection, review_posts, [rows.row(post)])


def _of(channel: str, proposal: ProposalId) -> sa.ColumnElement[bool]:
    return sa.and_(review_posts.c.channel == channel, review_posts.c.proposal == proposal)
