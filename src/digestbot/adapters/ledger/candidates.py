"""What could be told, and to whom it was told already: the ledger as the step `publish` reads it.

Everything is read once for many subscriptions; nothing here costs a query for each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.filings import summaries_of, whole
from digestbot.adapters.ledger.revisions import last_told, news_since
from digestbot.adapters.ledger.schema import (
    digest_entries,
    digests,
    feeds,
    items,
    model_calls,
    opinions,
    revisions,
    sightings,
    stories,
    summaries,
    verdicts,
)
from digestbot.domain import (
    BACKFILL,
    OFF_ROADMAP,
    Candidate,
    Dated,
    DigestId,
    Filed,
    Foot,
    Opinion,
    StoryId,
    Summary,
    Unfiled,
    Update,
    Usage,
)


class Candidates:
    """The ledger's part for the step `publish`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def candidates(self, roadmap: str, lang: str, ready_since: datetime | None) -> list[Candidate]:
        """Return the summarized stories whose verdict or summary was made from an instant on, in order of their ids."""
        # Not sa.func.max: of two values it is SQLite's word only.
        ready = sa.case(
            (summaries.c.written_at > verdicts.c.decided_at, summaries.c.written_at), else_=verdicts.c.decided_at
        )
        query = (
            sa.select(stories.c.id, stories.c.created_at, summaries.c.written_at, verdicts.c.decided_at)
            .join(verdicts, verdicts.c.story == stories.c.id)
            .join(summaries, summaries.c.story == stories.c.id)
            .where(verdicts.c.roadmap == roadmap, verdicts.c.section != OFF_ROADMAP, summaries.c.lang == lang)
            .where(~verdicts.c.history)
            .order_by(stories.c.id)
        )
        if ready_since:
            query = query.where(ready >= ready_since)
        with self._database.read() as connection:
            found = {StoryId(row.id): row for row in connection.execute(query)}
            told = whole(connection, list(found), roadmap, lang)
        return [
            Candidate(Filed(story, verdict, article, summary), row.created_at, max(row.written_at, row.decided_at))
            for story, verdict, article, summary in told
            if summary and (row := found[story.id])
        ]

    def held(self, subscriptions: Collection[str], of: Collection[StoryId]) -> dict[str, dict[StoryId, DigestId]]:
        """Return which of these stories each subscription was sent, with the digest that told it first."""
        held: dict[str, dict[StoryId, DigestId]] = {}
        columns = (digest_entries.c.subscription, digest_entries.c.story, digest_entries.c.digest)
        query = sa.select(*columns).order_by(digest_entries.c.revision)
        with self._database.read() as connection:
            for batch in batches(sorted(of)):
                within = query.where(digest_entries.c.story.in_(batch))
                if len(subscriptions) <= len(batch):
                    within = within.where(digest_entries.c.subscription.in_(sorted(subscriptions)))
                for row in connection.execute(within):
                    held.setdefault(row.subscription, {}).setdefault(StoryId(row.story), DigestId(row.digest))
        return held

    def updated(
        self, subscriptions: Collection[str], roadmap: str, lang: str, found_since: datetime | None
    ) -> dict[str, list[Update]]:
        """Return what became new from an instant on about stories that a subscription holds, and was not told yet."""
        with self._database.read() as connection:
            news = news_since(connection, found_since)
            told = last_told(connection, set(subscriptions), news)
            filed = {s.id: Filed(s, v, a, m) for s, v, a, m in whole(connection, sorted(news), roadmap, lang) if m}
        found: dict[str, list[Update]] = {}
        for (subscription, story), (last, first, digest) in sorted(told.items()):
            fresh = tuple(one for number, one in news[story] if number > last)
            if fresh and story in filed:
                found.setdefault(subscription, []).append(Update(filed[story], fresh, first, digest))
        return found

    def votes(self, subscriptions: Collection[str]) -> dict[str, list[Opinion]]:
        """Return by subscription what readers said of stories in its digests, oldest first; not what they saved."""
        told = sa.select(digests.c.subscription, opinions).join(digests, digests.c.id == opinions.c.digest)
        about = told.where(opinions.c.kind == "vote", opinions.c.about != opinions.c.digest, opinions.c.title != "")
        found: dict[str, list[Opinion]] = {}
        with self._database.read() as connection:
            for batch in batches(subscriptions):
                query = about.where(digests.c.subscription.in_(batch)).order_by(opinions.c.at, opinions.c.about)
                for row in connection.execute(query).mappings():
                    values = {name: value for name, value in row.items() if name != "subscription"}
                    found.setdefault(row["subscription"], []).append(Opinion(**values))
        return found

    def last_digests(self) -> dict[str, datetime]:
        """Return when each subscription's last digest was made."""
        query = sa.select(digests.c.subscription, sa.func.max(digests.c.created_at).label("last"))
        with self._database.read() as connection:
            found = connection.execute(query.group_by(digests.c.subscription))
            return {row.subscription: row.last for row in found}

    def foot(self, since: datetime) -> Foot:
        """Return what was done after an instant: outcomes, feeds that fail, tokens and cost.

        It is told from the ledger and not from a run, so that a run that was killed and repeated tells the same.
        """
        ended = sa.select(sightings.c.outcome, sa.func.count().label("number")).where(
            sightings.c.outcome != "", sightings.c.seen_at > since, sightings.c.feed != BACKFILL
        )
        calls = sa.select(model_calls.c.tokens, model_calls.c.cost_usd).where(model_calls.c.at > since)
        with self._database.read() as connection:
            counted = connection.execute(ended.group_by(sightings.c.outcome).order_by(sightings.c.outcome))
            outcomes = {row.outcome: row.number for row in counted}
            failed = tuple(_failed(connection, since))
            usage = sum((Usage(row.tokens, row.cost_usd) for row in connection.execute(calls)), Usage())
        return Foot(outcomes, failed, tokens=usage.tokens, cost_usd=usage.cost_usd)

    def summaries(self, of: Collection[StoryId], lang: str) -> dict[StoryId, Summary]:
        """Return the summaries of stories in a language, for those that have one."""
        with self._database.read() as connection:
            return summaries_of(connection, of, lang)

    def latest(self) -> datetime | None:
        """Return when something that a digest could tell was last judged, written or found; None if never."""
        columns = (summaries.c.written_at, verdicts.c.decided_at, revisions.c.found_at)
        with self._database.read() as connection:
            found = [connection.execute(sa.select(sa.func.max(column))).scalar() for column in columns]
        return max((at for at in found if at), default=None)

    def dated(self, roadmap: str, since: datetime) -> list[Dated]:
        """Return when each story of a roadmap was first seen, from an instant on, and where it went; oldest first."""
        query = (
            sa.select(stories.c.created_at, verdicts.c.section, verdicts.c.chapter, items.c.title)
            .join(verdicts, verdicts.c.story == stories.c.id)
            .join(items, items.c.id == stories.c.lead)
            .where(verdicts.c.roadmap == roadmap, verdicts.c.section != OFF_ROADMAP, stories.c.created_at >= since)
            .where(~verdicts.c.history)
            .order_by(stories.c.created_at, stories.c.id)
        )
        with self._database.read() as connection:
            return [Dated(row.created_at, row.section, row.chapter, row.title) for row in connection.execute(query)]

    def unfiled(self, roadmap: str, lang: str, since: datetime) -> list[Unfiled]:
        """Return the stories first seen from an instant on that no digest can tell, in order of their ids."""
        mine = sa.and_(verdicts.c.story == stories.c.id, verdicts.c.roadmap == roadmap)
        written = sa.exists().where(summaries.c.story == stories.c.id, summaries.c.lang == lang)
        query = (
            sa.select(stories.c.id, items.c.title, items.c.url, verdicts.c.section, verdicts.c.reason)
            .join(items, items.c.id == stories.c.lead)
            .join(verdicts, mine, isouter=True)
            .where(stories.c.created_at >= since)
            .where(sa.or_(verdicts.c.section.is_(None), verdicts.c.section == OFF_ROADMAP, ~written))
            .where(sa.or_(verdicts.c.history.is_(None), ~verdicts.c.history))
            .order_by(stories.c.id)
        )
        with self._database.read() as connection:
            return [_unfiled(row) for row in connection.execute(query)]


def _failed(connection: sa.Connection, since: datetime) -> Iterator[tuple[str, str]]:
    """Yield the feeds that fail now, each with why, and those that were given up since an instant, once."""
    given_up = sa.and_(feeds.c.paused_at > since, feeds.c.paused_why != "by hand")
    failing = sa.and_(feeds.c.error_streak > 0, feeds.c.paused_at.is_(None))
    for row in connection.execute(sa.select(feeds).where(sa.or_(failing, given_up)).order_by(feeds.c.id)):
        yield row.id, f"{row.reason}; paused, since it is {row.paused_why}" if row.paused_why else row.reason


def _unfiled(row: Any) -> Unfiled:
    off = row.section == OFF_ROADMAP
    reason = row.reason if off else "not summarized yet" if row.section else "not filed yet"
    return Unfiled(StoryId(row.id), row.title, row.url, off, reason or "")
