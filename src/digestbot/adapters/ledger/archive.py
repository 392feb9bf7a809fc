"""What was read, for people who look: rows of stories by key, whole stories, public digests. Reads and never writes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
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
_PLACE = re.compile(r"(\d{8}T\d{12})~(\d(?:\.\d{1,20})?(?:e-\d{1,3})?)~([\w:./-]{1,300})")
_STAMP = "%Y%m%dT%H%M%S%f"
_ORDER = (verdicts.c.decided_at, verdicts.c.relevance, verdicts.c.story)


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
        query = _verdicts().where(*_place_of(roadmap, section, chapter, since))
        query = query.order_by(*(one.desc() for one in _ORDER)).limit(limit + 1)
        if before:
            query = query.where(sa.tuple_(*_ORDER) < sa.tuple_(*_place(before)))
        with self._database.read() as connection:
            found = _cards(connection, connection.execute(query).mappings().all(), langs)
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
                    chosen.where(*_place_of(roadmap, section, "", since)).limit(min(limit, MAX_CARDS))
                ).scalars()
            ]
            query = _verdicts().where(verdicts.c.roadmap == roadmap)
            found = {
                row["story"]: row
                for batch in batches(ids)
                for row in connection.execute(query.where(verdicts.c.story.in_(batch))).mappings()
            }
            return _cards(connection, [found[id] for id in ids], langs)

    def cards_of(self, ids: Sequence[str], langs: Sequence[str]) -> dict[str, Card]:
        """Return these stories where they are filed, each by its id; in several roadmaps, where it is surest."""
        query = _verdicts().where(verdicts.c.section != OFF_ROADMAP).order_by(verdicts.c.confidence)
        with self._database.read() as connection:
            found = [
                row
                for batch in batches(ids)
                for row in connection.execute(query.where(verdicts.c.story.in_(batch))).mappings()
            ]
            surest = {row["story"]: row for row in found}
            return {card.id: card for card in _cards(connection, list(surest.values()), langs)}

    def tallies(self, roadmap: str, sections: Sequence[str], since: datetime | None = None) -> dict[str, int]:
        """Return how many stories each of these sections was given, since an instant or ever; those that got any."""
        # One by one: grouped, SQLite walks the whole index of the roadmap instead of a week of each section.
        count = sa.select(sa.func.count()).select_from(verdicts)
        with self._database.read() as connection:
            found = {
                section: int(connection.execute(count.where(*_place_of(roadmap, section, "", since))).scalar_one())
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
            query = query.where(sa.tuple_(*order) < sa.tuple_(sa.literal(_instant(at), digests.c.created_at.type), id))
        with self._database.read() as connection:
            found = connection.execute(query).mappings().all()
            shown = Contents().digests_of(connection, found[:limit])
        last = found[limit - 1] if len(found) > limit else None
        return Digests(tuple(shown), f"{last['created_at']:{_STAMP}}~{last['id']}" if last else "")

    def digest(self, id: str) -> Digest | None:
        """Return a digest that anybody may see."""
        query = sa.select(*READ).where(digests.c.id == id, digests.c.subscription == PUBLIC)
        with self._database.read() as connection:
            found = Contents().digests_of(connection, connection.execute(query).mappings().all())
        return found[0] if found else None

    def feed_counts(self, since: datetime) -> Mapping[str, int]:
        """Return how many items each feed showed from an instant on."""
        query = sa.select(sightings.c.feed, sa.func.count()).where(sightings.c.seen_at >= since)
        with self._database.read() as connection:
            return {feed: int(count) for feed, count in connection.execute(query.group_by(sightings.c.feed))}


def _verdicts() -> sa.Select[Any]:
    return sa.select(verdicts, items.c.title, items.c.url, items.c.medium, items.c.lang, items.c.authors,
                     items.c.published_at).join(stories, stories.c.id == verdicts.c.story).join(
                     items, items.c.id == stories.c.lead)  # fmt: skip


def _place_of(roadmap: str, section: str, chapter: str, since: datetime | None) -> list[sa.ColumnElement[bool]]:
    """Return what is asked of filed stories; an empty section or chapter asks for any."""
    found = [verdicts.c.roadmap == roadmap]
    found.append(verdicts.c.section == section if section else verdicts.c.section != OFF_ROADMAP)
    found += [verdicts.c.chapter == chapter] if chapter else []
    return [*found, verdicts.c.decided_at >= since] if since else found


def _cards(connection: sa.Connection, found: Sequence[sa.RowMapping], langs: Sequence[str]) -> tuple[Card, ...]:
    ids = [row["story"] for row in found]
    told, media, changed = _summaries(connection, ids, langs), _media(connection, ids), _changed(connection, ids)
    return tuple(
        _card(row, told.get(row["story"], {}), media.get(row["story"], ()), changed.get(row["story"])) for row in found
    )


def _card(row: sa.RowMapping, told: Mapping[Any, Any], media: tuple[Any, ...], changed: datetime | None) -> Card:
    moments = (row["decided_at"], told.get("written_at"), changed)
    same = f"{row['roadmap']}/{row['chapter']}" == told.get("place")
    return Card(
        id=StoryId(row["story"]),
        title=row["title"],
        url=row["url"],
        medium=row["medium"],
        lang=row["lang"],
        authors=tuple(row["authors"]),
        published_at=row["published_at"],
        filed_at=row["decided_at"],
        updated_at=max(one for one in moments if one),
        roadmap=row["roadmap"],
        section=row["section"],
        chapter=row["chapter"],
        relevance=row["relevance"],
        level=row["level"],
        reason=row["reason"],
        tldr=told.get("tldr", ""),
        points=rows.summary(told).points if told else (),
        basis=told.get("basis", ""),
        why=told.get("why", "") if same else "",
        summary_lang=told.get("written", "") or told.get("lang", ""),
        others=tuple(dict.fromkeys(one for one in media if one != row["medium"])),
        place=f"{row['decided_at']:{_STAMP}}~{row['relevance']!r}~{row['story']}",
    )


def _summaries(connection: sa.Connection, ids: Sequence[str], langs: Sequence[str]) -> dict[str, Mapping[Any, Any]]:
    """Return the summary of each story in the best of these languages that there is, else in any."""
    best: dict[str, Mapping[Any, Any]] = {}
    ranks = {lang: rank for rank, lang in enumerate(langs)}
    for batch in batches(ids):
        for row in connection.execute(sa.select(summaries).where(summaries.c.story.in_(batch))).mappings():
            held = best.get(row["story"])
            if held is None or ranks.get(row["lang"], len(langs)) < ranks.get(held["lang"], len(langs)):
                best[row["story"]] = row
    return best


def _media(connection: sa.Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for batch in batches(ids):
        query = sa.select(items.c.story, items.c.medium).where(items.c.story.in_(batch)).order_by(items.c.first_seen_at)
        for row in connection.execute(query):
            found[row.story] = (*found.get(row.story, ()), row.medium)
    return found


def _changed(connection: sa.Connection, ids: Sequence[str]) -> dict[str, datetime]:
    """Return when something new was last found about stories, those of which anything was."""
    last = sa.func.max(revisions.c.found_at, type_=revisions.c.found_at.type)
    query = sa.select(revisions.c.story, last).group_by(revisions.c.story)
    return {
        story: at
        for batch in batches(ids)
        for story, at in connection.execute(query.where(revisions.c.story.in_(batch)))
    }


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


def _place(before: str) -> tuple[Any, Any, Any]:
    match = _PLACE.fullmatch(before)
    if not match:
        raise LookupError(before)
    at = sa.literal(_instant(match[1]), verdicts.c.decided_at.type)
    return at, sa.literal(float(match[2])), sa.literal(match[3])


def _instant(stamp: str) -> datetime:
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise LookupError(stamp) from error
