"""What was read, for people who look: rows of stories by key, whole stories, public digests. Reads and never writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.cards import ORDER, STAMP, cards_from, instant_of, judged, place_of
from digestbot.adapters.ledger.contents import READ, Contents
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.kin import kin_of
from digestbot.adapters.ledger.schema import (
    aliases,
    articles,
    digest_entries,
    digests,
    items,
    placings,
    revisions,
    sightings,
    stories,
    summaries,
    verdicts,
)
from digestbot.adapters.ledger.stories import story_of
from digestbot.domain import (
    OFF_ROADMAP,
    Card,
    Cards,
    Digest,
    DigestId,
    Digests,
    Dossier,
    News,
    StoryId,
    Told,
)

PUBLIC = "default"
"""The subscription whose digests anybody may see: the settings' own. Every other is somebody's."""
MAX_CARDS = 200


class Archive:
    """The ledger's part for the pages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cards(
        self,
        roadmap: str,
        langs: Sequence[str],
        *,
        section: str = "",
        chapter: str = "",
        since: datetime | None = None,
        before: str = "",
        limit: int = 20,
    ) -> Cards:
        """Return filed stories of a roadmap, newest first; those after a place of an earlier answer.

        Raises LookupError for a place that is none.
        """
        limit = min(limit, MAX_CARDS)
        query = judged().where(*_within(roadmap, section, chapter, since))
        query = query.order_by(*(one.desc() for one in ORDER)).limit(limit + 1)
        if before:
            query = query.where(sa.tuple_(*ORDER) < sa.tuple_(*place_of(before)))
        with self._database.read() as connection:
            found = cards_from(connection, connection.execute(query).mappings().all(), langs)
        return Cards(found[:limit], found[limit - 1].place if len(found) > limit else "")

    def best(
        self, roadmap: str, langs: Sequence[str], since: datetime, limit: int, sections: Sequence[str] = ("",)
    ) -> tuple[Card, ...]:
        """Return the most relevant stories filed from an instant on, up to `limit` of each section; of all by ""."""
        # Chosen from the index alone: joined first, a week's rows would all be read for the few that are shown.
        chosen = sa.select(verdicts.c.story).order_by(verdicts.c.relevance.desc(), verdicts.c.story)
        with self._database.read() as connection:
            ids = [
                id
                for section in sections
                for id in connection.execute(
                    chosen.where(*_within(roadmap, section, "", since)).limit(min(limit, MAX_CARDS))
                ).scalars()
            ]
            query = judged().where(verdicts.c.roadmap == roadmap)
            found = {
                row["story"]: row
                for batch in batches(ids)
                for row in connection.execute(query.where(verdicts.c.story.in_(batch))).mappings()
            }
            return cards_from(connection, [found[id] for id in ids], langs)

    def cards_of(self, ids: Sequence[str], langs: Sequence[str]) -> dict[str, Card]:
        """Return these stories where they are filed, each by its id; in several roadmaps, where it is surest."""
        query = judged().where(verdicts.c.section != OFF_ROADMAP).order_by(verdicts.c.confidence)
        with self._database.read() as connection:
            found = [
                row
                for batch in batches(ids)
                for row in connection.execute(query.where(verdicts.c.story.in_(batch))).mappings()
            ]
            surest = {row["story"]: row for row in found}
            return {card.id: card for card in cards_from(connection, list(surest.values()), langs)}

    def tallies(self, roadmap: str, sections: Sequence[str], since: datetime | None = None) -> dict[str, int]:
        """Return how many stories each of these sections was given, since an instant or ever; those that got any."""
        # One by one: grouped, SQLite walks the whole index of the roadmap instead of a week of each section.
        count = sa.select(sa.func.count()).select_from(verdicts)
        with self._database.read() as connection:
            found = {
                section: int(connection.execute(count.where(*_within(roadmap, section, "", since))).scalar_one())
                for section in sections
            }
        return {section: number for section, number in found.items() if number}

    def dossier(self, id: str) -> Dossier | None:
        """Return a story by its id or one that it had before; None where there is none or nothing was decided on it."""
        with self._database.read() as connection:
            alias = sa.select(aliases.c.story).where(aliases.c.alias == id)
            own = StoryId(connection.execute(alias).scalar() or id)
            found = story_of(connection, [own])
            judged = connection.execute(sa.select(verdicts).where(verdicts.c.story == own)).mappings().all()
            if not found or not judged:
                return None
            told = connection.execute(_told(own)).all()
            placed = connection.execute(_placed(own)).all()
            news = connection.execute(sa.select(revisions).where(revisions.c.story == own)).all()
            read = connection.execute(_article(own)).mappings().first()
            written = connection.execute(sa.select(summaries).where(summaries.c.story == own)).mappings().all()
            seen = connection.execute(sa.select(stories.c.created_at).where(stories.c.id == own)).scalar_one()
        return Dossier(
            story=found[0],
            first_seen_at=seen,
            verdicts=tuple((rows.verdict(row), row["decided_at"]) for row in judged),
            article=rows.article({**read, "text": ""}) if read else None,
            summaries=tuple(map(rows.summary, written)),
            news=tuple((row.found_at, News(row.kind, row.subject, row.change)) for row in news),
            told=tuple(Told(DigestId(row.id), row.created_at) for row in told),
            placed=tuple((row.decided_at, row.roadmap, row.reason) for row in placed),
        )

    def related(self, id: str, langs: Sequence[str], space: str, limit: int) -> tuple[Card, ...]:
        """Return the filed stories most like one, the most alike first; `space` names the vectors to compare."""
        with self._database.read() as connection:
            ids = kin_of(connection, id, space, limit)
        found = self.cards_of(ids, langs)
        return tuple(found[one] for one in ids if one in found)

    def digests(self, before: str = "", limit: int = 20) -> Digests:
        """Return digests that anybody may see. Raises LookupError for a place that is none."""
        order = (digests.c.created_at, digests.c.id)
        query = sa.select(*READ, digests.c.created_at).where(digests.c.subscription == PUBLIC)
        query = query.order_by(*(one.desc() for one in order)).limit(limit + 1)
        if before:
            at, _, id = before.partition("~")
            query = query.where(
                sa.tuple_(*order) < sa.tuple_(sa.literal(instant_of(at), digests.c.created_at.type), id)
            )
        with self._database.read() as connection:
            found = connection.execute(query).mappings().all()
            shown = Contents().digests_of(connection, found[:limit])
        last = found[limit - 1] if len(found) > limit else None
        return Digests(tuple(shown), f"{last['created_at']:{STAMP}}~{last['id']}" if last else "")

    def digest(self, id: str) -> Digest | None:
        """Return a digest that anybody may see; None where there is none of this id, or it is somebody's own."""
        query = sa.select(*READ).where(digests.c.id == id, digests.c.subscription == PUBLIC)
        with self._database.read() as connection:
            found = Contents().digests_of(connection, connection.execute(query).mappings().all())
        return found[0] if found else None

    def feed_counts(self, since: datetime) -> Mapping[str, int]:
        """Return how many items each feed showed from an instant on."""
        query = sa.select(sightings.c.feed, sa.func.count()).where(sightings.c.seen_at >= since)
        with self._database.read() as connection:
            return {feed: int(count) for feed, count in connection.execute(query.group_by(sightings.c.feed))}


def _within(roadmap: str, section: str, chapter: str, since: datetime | None) -> list[sa.ColumnElement[bool]]:
    """Return what is asked of filed stories; an empty section or chapter asks for any."""
    found = [verdicts.c.roadmap == roadmap]
    found.append(verdicts.c.section == section if section else verdicts.c.section != OFF_ROADMAP)
    found += [verdicts.c.chapter == chapter] if chapter else []
    return [*found, verdicts.c.decided_at >= since] if since else found


def _told(story: str) -> sa.Select[Any]:
    return (
        sa.select(digests.c.id, digests.c.created_at)
        .join(digest_entries, digest_entries.c.digest == digests.c.id)
        .where(digest_entries.c.story == story, digests.c.subscription == PUBLIC)
        .order_by(digests.c.created_at.desc())
    )


def _placed(story: str) -> sa.Select[Any]:
    return (
        sa.select(placings.c.decided_at, placings.c.roadmap, placings.c.reason)
        .join(items, items.c.id == placings.c.item)
        .where(items.c.story == story)
        .order_by(placings.c.decided_at)
    )


def _article(story: str) -> sa.Select[Any]:
    return sa.select(*(one for one in articles.c if one.name != "text")).where(articles.c.story == story)
