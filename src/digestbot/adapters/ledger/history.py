"""What happened to an item: the answers to `why`, `items` and `doctor`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import (
    aliases,
    announcements,
    articles,
    decisions,
    digest_entries,
    digests,
    doubts,
    feeds,
    item_keys,
    items,
    links,
    outbox,
    placings,
    proposals,
    revisions,
    sightings,
    steps,
    stories,
    suggestions,
    summaries,
    suspects,
    verdicts,
)

_SEEN = (
    items.c.id,
    sightings.c.feed,
    sightings.c.seen_at,
    sightings.c.outcome,
    sightings.c.reason,
    items.c.title,
    items.c.url,
    items.c.medium,
    items.c.published_at,
    items.c.story,
)
_BY = (sightings.c.seen_at, sightings.c.feed, sightings.c.item)


class History:
    """The ledger's part for people who ask."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, ids: Collection[str], keys: Collection[str]) -> list[str]:
        """Return the ids of the items with one of these ids, or that have one of these keys, or in a story so named."""
        by_story = sa.select(items.c.id).where(items.c.story.in_(list(ids)))
        by_alias = (
            sa.select(items.c.id).join(aliases, aliases.c.story == items.c.story).where(aliases.c.alias.in_(list(ids)))
        )
        by_key = sa.select(item_keys.c.item).where(item_keys.c.key.in_(list(keys)))
        by_suggestion = sa.select(suggestions.c.item).where(
            suggestions.c.url.in_(list(ids)), sa.exists().where(items.c.id == suggestions.c.item)
        )
        by_id = sa.select(items.c.id).where(items.c.id.in_([*ids, *keys]))
        with self._database.read() as connection:
            for query in (by_id, by_key, by_story, by_alias, by_suggestion):
                found = sorted(set(connection.execute(query).scalars()))
                if found:
                    return found
        return []

    def item(self, id: str) -> dict[str, Any]:
        """Return the whole recorded life of an item: sightings, story, links, verdicts, summary, digests, proposals."""
        with self._database.read() as connection:
            own = connection.execute(sa.select(items).where(items.c.id == id)).mappings().one()
            queries = _of_item(id) | _of_story(own["story"] or "")
            return {"item": dict(own), **{name: _all(connection, query) for name, query in queries.items()}}

    def items(
        self, roadmap: str, *, outcome: str | None = None, feed: str = "", section: str = "", limit: int = 50
    ) -> list[dict[str, Any]]:
        """Return sightings with their item and its verdict for a roadmap, newest first; outcome "" means under way."""
        query = (
            sa.select(
                items.c.id,
                items.c.title,
                items.c.url,
                items.c.medium,
                items.c.published_at,
                items.c.story,
                sightings.c.feed,
                sightings.c.seen_at,
                sightings.c.outcome,
                sightings.c.reason,
                verdicts.c.section,
                verdicts.c.chapter,
                verdicts.c.relevance,
            )
            .join(sightings, sightings.c.item == items.c.id)
            .join(verdicts, sa.and_(verdicts.c.story == items.c.story, verdicts.c.roadmap == roadmap), isouter=True)
            .order_by(sightings.c.seen_at.desc(), items.c.published_at.desc(), items.c.id, sightings.c.feed)
            .limit(limit)
        )
        wanted = (
            (sightings.c.outcome, outcome),
            (sightings.c.feed, feed or None),
            (verdicts.c.section, section or None),
        )
        for column, value in wanted:
            if value is not None:
                query = query.where(column == value)
        with self._database.read() as connection:
            return _all(connection, query)

    def seen(
        self, *, feed: str = "", outcome: str = "", before: str = "", limit: int = 50
    ) -> tuple[list[dict[str, Any]], str]:
        """Return items as feeds showed them, last seen first, and the place behind the last, "" at the end.

        Those from `before`, such a place, on. Raises LookupError for a place that is none.
        """
        query = sa.select(*_SEEN).join(items, items.c.id == sightings.c.item).order_by(*(one.desc() for one in _BY))
        for column, wanted in ((sightings.c.feed, feed), (sightings.c.outcome, outcome)):
            if wanted:
                query = query.where(column == wanted)
        if before:
            query = query.where(sa.tuple_(*_BY) < sa.tuple_(*_place(before)))
        with self._database.read() as connection:
            found = _all(connection, query.limit(limit + 1))
        more = found[limit - 1] if len(found) > limit else None
        return found[:limit], "~".join((more["seen_at"].isoformat(), more["feed"], more["id"])) if more else ""

    def feeds_of(self, host: str) -> list[str]:
        """Return the feeds that showed items at a host, whether its name is written with "www." or without."""
        bare = host.removeprefix("www.")
        starts = [f"{scheme}://{www}{bare}/" for scheme in ("http", "https") for www in ("", "www.")]
        at_host = sa.or_(*(items.c.url.startswith(start, autoescape=True) for start in starts))
        query = sa.select(sightings.c.feed).join(items, items.c.id == sightings.c.item).where(at_host).distinct()
        with self._database.read() as connection:
            return sorted(connection.execute(query).scalars())

    def counts(self) -> dict[str, int]:
        """Return how many rows the main tables hold."""
        with self._database.read() as connection:
            return {
                table.name: int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
                for table in (feeds, items, stories, verdicts, summaries, proposals, digests, outbox)
            }


def _place(before: str) -> tuple[datetime, str, str]:
    at, _, rest = before.partition("~")
    feed, _, item = rest.partition("~")
    try:
        found = datetime.fromisoformat(at)
    except ValueError as error:
        raise LookupError(before) from error
    if not item or found.tzinfo is None:
        raise LookupError(before)
    return found, feed, item


def _of_item(id: str) -> dict[str, sa.Select[Any]]:
    """Return what to ask of an item, by the names under which it is told."""
    return {
        "sightings": sa.select(sightings).where(sightings.c.item == id).order_by(sightings.c.seen_at),
        "announcements": sa.select(announcements).where(announcements.c.item == id).order_by(announcements.c.day),
        "links": sa.select(links).where(sa.or_(links.c.a == id, links.c.b == id)).order_by(links.c.a, links.c.b),
        "doubts": sa.select(doubts).where(sa.or_(doubts.c.a == id, doubts.c.b == id)).order_by(doubts.c.a, doubts.c.b),
        "decisions": sa.select(decisions)
        .where(sa.or_(decisions.c.a == id, decisions.c.b == id))
        .order_by(decisions.c.decided_at, decisions.c.a, decisions.c.b),
        "suggestions": sa.select(suggestions).where(suggestions.c.item == id).order_by(suggestions.c.suggested_at),
    }


def _of_story(story: str) -> dict[str, sa.Select[Any]]:
    """Return what to ask of a story, by the names under which it is told; "" finds nothing."""
    seen = (items.c.first_seen_at, items.c.published_at, items.c.id)
    of_digest = digests.c.id == digest_entries.c.digest
    of_delivery = digest_entries.c.digest == outbox.c.digest
    return {
        "revisions": sa.select(revisions).where(revisions.c.story == story).order_by(revisions.c.number),
        "story": sa.select(stories).where(stories.c.id == story),
        "members": sa.select(items.c.id, items.c.title, items.c.medium, items.c.feed)
        .where(items.c.story == story)
        .order_by(*seen),
        "verdicts": sa.select(verdicts).where(verdicts.c.story == story),
        "placings": sa.select(placings)
        .join(items, items.c.id == placings.c.item)
        .where(items.c.story == story)
        .order_by(placings.c.decided_at),
        "articles": sa.select(*(one for one in articles.c if one.name != "text")).where(articles.c.story == story),
        "summaries": sa.select(summaries).where(summaries.c.story == story),
        "suspects": sa.select(suspects).where(suspects.c.story == story),
        "steps": sa.select(steps).where(steps.c.subject == story).order_by(steps.c.at),
        "digests": sa.select(digest_entries.c.subscription, digests.c.id, digests.c.created_at)
        .join(digests, of_digest)
        .where(digest_entries.c.story == story),
        "deliveries": sa.select(outbox.c.kind, outbox.c.state, outbox.c.reference, outbox.c.reason, outbox.c.sent_at)
        .join(digest_entries, of_delivery)
        .where(digest_entries.c.story == story),
        "proposals": sa.select(proposals).where(proposals.c.story == story),
    }


def _all(connection: sa.Connection, query: sa.Select[Any]) -> list[dict[str, Any]]:
    return [dict(values) for values in connection.execute(query).mappings()]
