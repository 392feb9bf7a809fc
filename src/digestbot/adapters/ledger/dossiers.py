"""Whole stories: all that is recorded of each, read for many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.schema import (
    aliases,
    articles,
    digest_entries,
    digests,
    items,
    placings,
    revisions,
    stories,
    summaries,
    verdicts,
)
from digestbot.adapters.ledger.stories import story_of
from digestbot.domain import DigestId, Dossier, News, Story, StoryId, Told

PUBLIC = "default"
"""The subscription whose digests anybody may see: the settings' own. Every other is somebody's."""
_Found = Mapping[str, Sequence[sa.RowMapping]]


def dossiers_of(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Dossier]:
    """Return stories by their ids, or by ones that they had before; without those on which nothing was decided.

    As many as one statement may name, see `engine.batches`.
    """
    alias = sa.select(aliases.c.alias, aliases.c.story).where(aliases.c.alias.in_(ids))
    own = {id: StoryId(id) for id in ids} | {row.alias: StoryId(row.story) for row in connection.execute(alias)}
    held = sorted(set(own.values()))
    parts = {name: _by_story(connection, query) for name, query in _queries(held).items()}
    whole = {story.id: _dossier(story, parts) for story in story_of(connection, held) if story.id in parts["verdicts"]}
    return {id: whole[story] for id, story in own.items() if story in whole}


def _queries(ids: Sequence[StoryId]) -> Mapping[str, sa.Select[Any]]:
    """Return what asks for each part of stories, every row with its `story`."""
    return {
        "verdicts": sa.select(verdicts).where(verdicts.c.story.in_(ids)),
        "told": sa.select(digest_entries.c.story, digests.c.id, digests.c.created_at)
        .join(digests, digest_entries.c.digest == digests.c.id)
        .where(digest_entries.c.story.in_(ids), digests.c.subscription == PUBLIC)
        .order_by(digests.c.created_at.desc()),
        "placed": sa.select(items.c.story, placings.c.decided_at, placings.c.roadmap, placings.c.reason)
        .join(items, items.c.id == placings.c.item)
        .where(items.c.story.in_(ids))
        .order_by(placings.c.decided_at),
        "news": sa.select(revisions).where(revisions.c.story.in_(ids)),
        "articles": sa.select(*(one for one in articles.c if one.name != "text")).where(articles.c.story.in_(ids)),
        "summaries": sa.select(summaries).where(summaries.c.story.in_(ids)),
        "stories": sa.select(stories.c.id.label("story"), stories.c.created_at).where(stories.c.id.in_(ids)),
    }


def _by_story(connection: sa.Connection, query: sa.Select[Any]) -> dict[str, list[sa.RowMapping]]:
    found: dict[str, list[sa.RowMapping]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["story"], []).append(row)
    return found


def _dossier(story: Story, parts: Mapping[str, _Found]) -> Dossier:
    own = {name: found.get(story.id, ()) for name, found in parts.items()}
    return Dossier(
        story=story,
        first_seen_at=own["stories"][0]["created_at"],
        verdicts=tuple((rows.verdict(row), row["decided_at"]) for row in own["verdicts"]),
        article=next((rows.article({**row, "text": ""}) for row in own["articles"]), None),
        summaries=tuple(map(rows.summary, own["summaries"])),
        news=tuple((row["found_at"], News(row["kind"], row["subject"], row["change"])) for row in own["news"]),
        told=tuple(Told(DigestId(row["id"]), row["created_at"]) for row in own["told"]),
        placed=tuple((row["decided_at"], row["roadmap"], row["reason"]) for row in own["placed"]),
    )
