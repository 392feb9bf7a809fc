"""Where stories stand in the roadmap: what later ones can go by, and what a person should look at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.schema import items, placings, proposals, review_acts, sightings, stories, verdicts
from digestbot.domain import OFF_ROADMAP, Outcome, Placing, Precedent, StoryId, Verdict

_SURE = 0.8
"""Confidence from which a filed story is a precedent: uncertain ones would only repeat their mistakes."""


class Placings:
    """The ledger's part for places that were decided on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def precedents(self, ids: Sequence[str], roadmap: str) -> dict[str, Precedent]:
        """Return the places of those of these stories, or items' stories, that were filed surely or decided on.

        A place that a person gave, or a reviewer named instead, counts for more than the one that was proposed; what
        was put nowhere is a precedent for that.
        """
        kept = sa.exists().where(
            proposals.c.story == verdicts.c.story,
            proposals.c.roadmap == roadmap,
            proposals.c.state.in_(("accepted", "edited", "applied")),
        )
        sure = sa.and_(verdicts.c.confidence >= _SURE, verdicts.c.needs_review == "")
        query = (
            sa.select(verdicts.c.story, verdicts.c.section, verdicts.c.chapter, items.c.title, kept.label("kept"))
            .join(stories, stories.c.id == verdicts.c.story)
            .join(items, items.c.id == stories.c.lead)
            .where(verdicts.c.roadmap == roadmap, verdicts.c.section != OFF_ROADMAP, sa.or_(sure, kept))
        )
        found: dict[str, Precedent] = {}
        with self._database.read() as connection:
            story_of = _stories_of(connection, ids)
            for batch in batches(sorted({story_of.get(id, id) for id in ids})):
                for row in connection.execute(query.where(verdicts.c.story.in_(batch))):
                    origin: Literal["reviewed", "filed"] = "reviewed" if row.kept else "filed"
                    found[row.story] = Precedent(row.title, row.section, row.chapter, origin, 1.0)
                for row in connection.execute(_turned_down(roadmap).where(proposals.c.story.in_(batch))):
                    section, _, chapter = (
                        row.detail.partition("/") if row.ground == "wrong-place" else (OFF_ROADMAP, "", "")
                    )
                    found[row.story] = Precedent(row.title, section, chapter, "reviewed", 1.0)
                found |= _given(connection, [StoryId(id) for id in batch], roadmap)
        return {id: found[story] for id in ids if (story := story_of.get(id, id)) in found}

    def verdict(self, story: StoryId, roadmap: str) -> Verdict | None:
        """Return where a story stands; None where it was not judged yet."""
        query = sa.select(verdicts).where(verdicts.c.story == story, verdicts.c.roadmap == roadmap)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return rows.verdict(row) if row else None

    def place(self, placing: Placing, verdict: Verdict, outcome: Outcome, reason: str) -> None:
        """Record a person's word, the verdict that it makes, and the outcome of the story's items that follows."""
        members = sa.select(items.c.id).where(items.c.story == verdict.story)
        with self._database.write() as connection:
            self._database.upsert(connection, placings, [rows.row(placing)])
            row = rows.row(verdict, decided_at=placing.decided_at, top=[list(one) for one in verdict.top])
            self._database.upsert(connection, verdicts, [row])
            connection.execute(
                sa.update(sightings)
                .where(sightings.c.item.in_(members), sightings.c.outcome.in_(("filed", "off_roadmap")))
                .values(outcome=outcome, reason=reason)
            )

    def to_review(self, roadmap: str) -> list[dict[str, Any]]:
        """Return the filings that a person should look at, newest first."""
        query = (
            sa.select(
                verdicts.c.story,
                items.c.title,
                items.c.url,
                verdicts.c.section,
                verdicts.c.chapter,
                verdicts.c.confidence,
                verdicts.c.needs_review,
                verdicts.c.decided_at,
            )
            .join(stories, stories.c.id == verdicts.c.story)
            .join(items, items.c.id == stories.c.lead)
            .where(verdicts.c.roadmap == roadmap, verdicts.c.needs_review != "")
            .order_by(verdicts.c.decided_at.desc(), verdicts.c.story)
        )
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _stories_of(connection: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    query = sa.select(items.c.id, items.c.story).where(items.c.story.is_not(None))
    found = (row for batch in batches(ids) for row in connection.execute(query.where(items.c.id.in_(batch))))
    return {row.id: row.story for row in found}


def placings_of(connection: sa.Connection, wanted: Collection[str], roadmap: str) -> dict[StoryId, Placing]:
    """Return the last word of a person on each of these stories, whichever of its items it was said of."""
    query = (
        sa.select(items.c.story, placings)
        .join(items, items.c.id == placings.c.item)
        .where(placings.c.roadmap == roadmap)
        .order_by(placings.c.decided_at, placings.c.item)
    )
    return {
        StoryId(row["story"]): rows.placing(row)
        for batch in batches(list(wanted))
        for row in connection.execute(query.where(items.c.story.in_(batch))).mappings()
    }


def _given(connection: sa.Connection, wanted: Collection[StoryId], roadmap: str) -> dict[str, Precedent]:
    given = placings_of(connection, wanted, roadmap)
    titles = (
        sa.select(stories.c.id, items.c.title)
        .join(items, items.c.id == stories.c.lead)
        .where(stories.c.id.in_(list(given)))
    )
    return {
        row.id: Precedent(row.title, given[row.id].section, given[row.id].chapter, "reviewed", 1.0)
        for row in connection.execute(titles)
    }


def _turned_down(roadmap: str) -> sa.Select[Any]:
    """Select the rejections that say where a story belongs instead, or that it belongs nowhere."""
    elsewhere = sa.and_(review_acts.c.ground == "wrong-place", review_acts.c.detail != "")
    return (
        sa.select(proposals.c.story, proposals.c.title, review_acts.c.ground, review_acts.c.detail)
        .join(review_acts, review_acts.c.proposal == proposals.c.id)
        .where(
            proposals.c.roadmap == roadmap,
            proposals.c.state == "rejected",
            review_acts.c.state == "rejected",
            sa.or_(elsewhere, review_acts.c.ground == "off-topic"),
        )
        .order_by(review_acts.c.at, review_acts.c.proposal)
    )
