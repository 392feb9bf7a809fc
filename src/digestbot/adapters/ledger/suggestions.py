"""What people handed in by address, until a feed called `suggested` has shown it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.schema import items, sightings, suggestions
from digestbot.domain import Failure, ItemId, StoryId, Suggestion

MAX_TRIES = 3


class Suggestions:
    """The ledger's part for suggestions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def suggest(self, urls: Sequence[str], by: str, now: datetime, place: str = "", lang: str = "") -> None:
        """Record addresses to be read; one that was given up is tried anew."""
        anew = {"by": by, "suggested_at": now, "tries": 0, "item": "", "reason": "", "place": place, "lang": lang}
        with self._database.write() as connection:
            self._database.upsert(connection, suggestions, [{"url": url, **anew} for url in dict.fromkeys(urls)])

    def pending(self) -> list[str]:
        """Return the addresses that still have to be read, in order of arrival.

        One that was read counts as long as its item was not recorded: a run may be killed between the two.
        """
        shown = sa.exists().where(sightings.c.item == suggestions.c.item, sightings.c.feed == "suggested")
        query = sa.select(suggestions.c.url).where(suggestions.c.tries < MAX_TRIES, ~shown)
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(suggestions.c.suggested_at, suggestions.c.url)).scalars())

    def read(self, url: str, item: ItemId) -> None:
        """Remember what stands at an address."""
        self._set(url, {"item": item, "reason": ""})

    def failed(self, url: str, reason: str, standing: Failure) -> None:
        """Remember why an address could not be read: it is tried three times, never again, or until it is there."""
        tries = suggestions.c.tries
        after: dict[Failure, object] = {"passing": tries + 1, "for good": MAX_TRIES, "early": tries}
        self._set(url, {"reason": reason, "tries": after[standing]})

    def all(self, by: str = "") -> list[Suggestion]:
        """Return what was suggested, in order of arrival, by anybody or by one person."""
        query = sa.select(suggestions).order_by(suggestions.c.suggested_at, suggestions.c.url)
        if by:
            query = query.where(suggestions.c.by == by)
        with self._database.read() as connection:
            return [_suggestion(row) for row in connection.execute(query)]

    def of(self, urls: Collection[str]) -> dict[str, Suggestion]:
        """Return what is known of these addresses; those that nobody suggested are left out."""
        found: dict[str, Suggestion] = {}
        with self._database.read() as connection:
            for batch in batches(sorted(urls)):
                for row in connection.execute(sa.select(suggestions).where(suggestions.c.url.in_(batch))):
                    found[row.url] = _suggestion(row)
        return found

    def forget(self, by: str) -> int:
        """Take a person's name off what they suggested; return how much that was."""
        with self._database.write() as connection:
            mine = sa.update(suggestions).where(suggestions.c.by == by)
            return connection.execute(mine.values(by="somebody", place="", lang="")).rowcount

    def givers(self, of: Collection[StoryId]) -> dict[StoryId, str]:
        """Return who handed in something of these stories, the first one to do so; the others are left out."""
        query = sa.select(items.c.story, suggestions.c.by).join(items, items.c.id == suggestions.c.item)
        found: dict[StoryId, str] = {}
        with self._database.read() as connection:
            for batch in batches(sorted(of)):
                mine = query.where(items.c.story.in_(batch)).order_by(suggestions.c.suggested_at.desc())
                found |= {StoryId(row.story): row.by for row in connection.execute(mine)}
        return found

    def _set(self, url: str, values: dict[str, object]) -> None:
        with self._database.write() as connection:
            connection.execute(sa.update(suggestions).where(suggestions.c.url == url).values(**values))


def _suggestion(row: sa.Row[Any]) -> Suggestion:
    item = ItemId(row.item) if row.item else None
    return Suggestion(row.url, row.by, row.suggested_at, row.tries, item, row.reason, row.place, row.lang)
