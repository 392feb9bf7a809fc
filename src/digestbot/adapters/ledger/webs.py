"""Reads what hangs together: from some items along links, stories and decisions as far as they go."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import batches
from digestbot.adapters.ledger.schema import decisions, items, links, stories
from digestbot.domain import Decision, Item, ItemId, Link, StoryId, Web

_LAST = datetime.max.replace(tzinfo=UTC)


def web_of(connection: sa.Connection, ids: Collection[ItemId]) -> Web:
    """Return the web of some items; ids that are no items are passed over."""
    reached: dict[str, tuple[datetime, Item]] = {}
    story_of: dict[ItemId, StoryId] = {}
    found: dict[tuple[str, str], Link] = {}
    decided: dict[tuple[str, str], Decision] = {}
    edge: set[str] = set(ids)
    while edge:
        told = set()
        for values in _matching(connection, items, items.c.id, edge):
            reached[values["id"]] = (values["first_seen_at"], rows.item(values))
            if values["story"]:
                story_of[ItemId(values["id"])] = StoryId(values["story"])
                told.add(values["story"])
        # Ids without an item are done with, too, or the search would not end.
        seen = reached.keys() | edge
        near = {values["id"] for values in _matching(connection, items, items.c.story, told)}
        for side in ("a", "b"):
            for values in _matching(connection, links, links.c[side], edge):
                found[values["a"], values["b"]] = Link(**values)
            for values in _matching(connection, decisions, decisions.c[side], edge):
                decided[values["a"], values["b"]] = Decision(**values)
        near |= {id for pair in (*found, *(p for p, d in decided.items() if d.same)) for id in pair}
        edge = near - seen
    ordered = sorted(reached.values(), key=lambda one: (one[0], one[1].published_at or _LAST, one[1].id))
    leads = _matching(connection, stories, stories.c.id, set(story_of.values()))
    return Web(
        tuple(item for _, item in ordered),
        story_of,
        {StoryId(values["id"]): ItemId(values["lead"]) for values in leads},
        tuple(found[pair] for pair in sorted(found)),
        tuple(decided[pair] for pair in sorted(decided)),
    )


def _matching(
    connection: sa.Connection, table: sa.Table, column: sa.Column[str], values: Iterable[str]
) -> list[sa.RowMapping]:
    return [
        row
        for batch in batches(sorted(values))
        for row in connection.execute(sa.select(table).where(column.in_(batch))).mappings()
    ]
