"""What was read, for people who look: rows of stories by key, whole stories, public digests. Reads and never writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from digestbot.adapters.ledger.cards import ORDER, STAMP, cards_from, instant_of, judged, place_of
from digestbot.adapters.ledger.contents import READ, Contents
from digestbot.adapters.ledger.dossiers import PUBLIC, dossiers_of
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.kin import kin_of
from digestbot.adapters.ledger.schema import (
    digests,
    sightings,
    verdicts,
)
from digestbot.domain import (
    OFF_ROADMAP,
    Card,
    Cards,
    Digest,
    Digests,
    Dossier,
)

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
        return self.dossiers([id]).get(id)

    def dossiers(self, ids: Sequence[str]) -> dict[str, Dossier]:
        """Return stories by their ids, or by ones that they had before; without those that `dossier` has none of."""
        found: dict[str, Dossier] = {}
        with self._database.read() as connection:
            for batch in batches(ids):
                found |= dossiers_of(connection, batch)
        return found

    def related(self, id: str, langs: Sequence[str], space: str, limit: int) -> tuple[Card, ...]:
        """Return the filed stories most like one, the most alike first; `space` names the vectors to compare."""
        return self.related_to([id], langs, space, limit)[id]

    def related_to(
        self, ids: Sequence[str], langs: Sequence[str], space: str, limit: int
    ) -> dict[str, tuple[Card, ...]]:
        """Return for each story what `related` does."""
        with self._database.read() as connection:
            near = kin_of(connection, ids, space, limit)
        found = self.cards_of(list(dict.fromkeys(one for kin in near.values() for one in kin)), langs)
        return {id: tuple(found[one] for one in kin if one in found) for id, kin in near.items()}

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
