"""Where stories stand in the roadmap: what later ones can go by, and what a person should look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.schema import items, proposals, review_acts, stories, verdicts
from digestbot.domain import OFF_ROADMAP, Precedent

_SURE = 0.8
"""Confidence from which a filed story is a precedent: uncertain ones would only repeat their mistakes."""


class Placings:
    """The ledger's part for places that were decided on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def precedents(self, ids: Sequence[str], roadmap: str) -> dict[str, Precedent]:
        """Return the places of those of these stories that were filed surely, or that reviewers decided on.

        A place that a reviewer named instead counts for more than the one that was proposed; what has no place here is
        a precedent for that.
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
            for batch in batches(ids):
                for row in connection.execute(query.where(verdicts.c.story.in_(batch))):
                    origin: Literal["reviewed", "filed"] = "reviewed" if row.kept else "filed"
                    found[row.story] = Precedent(row.title, row.section, row.chapter, origin, 1.0)
                for row in connection.execute(_turned_down(roadmap).where(proposals.c.story.in_(batch))):
                    section, _, chapter = (
                        row.detail.partition("/") if row.ground == "wrong-place" else (OFF_ROADMAP, "", "")
                    )
                    found[row.story] = Precedent(row.title, section, chapter, "reviewed", 1.0)
        return found

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
