"""Filed stories in rows: what is told of each, and where it stands in its row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.engine import batches
from digestbot.adapters.ledger.schema import items, revisions, stories, summaries, verdicts
from digestbot.domain import Card, StoryId

ORDER = (verdicts.c.decided_at, verdicts.c.relevance, verdicts.c.story)
"""What stands first comes last: rows are shown from the end."""
STAMP = "%Y%m%dT%H%M%S%f"
_PLACE = re.compile(r"(\d{8}T\d{12})~(\d(?:\.\d{1,20})?(?:e-\d{1,3})?)~([\w:./-]{1,300})")


def judged() -> sa.Select[Any]:
    """Return the query for verdicts with what their stories' leads are."""
    return sa.select(verdicts, items.c.title, items.c.url, items.c.medium, items.c.lang, items.c.authors,
                     items.c.published_at).join(stories, stories.c.id == verdicts.c.story).join(
                     items, items.c.id == stories.c.lead)  # fmt: skip


def cards_from(connection: sa.Connection, found: Sequence[sa.RowMapping], langs: Sequence[str]) -> tuple[Card, ...]:
    """Return the stories of rows of `judged`, each with its summary in the best of these languages."""
    ids = [row["story"] for row in found]
    told, media, changed = _summaries(connection, ids, langs), _media(connection, ids), _changed(connection, ids)
    return tuple(
        _card(row, told.get(row["story"], {}), media.get(row["story"], ()), changed.get(row["story"])) for row in found
    )


def place_of(before: str) -> tuple[Any, Any, Any]:
    """Return the values of ORDER that a card's place stands for; raises LookupError for what is none."""
    match = _PLACE.fullmatch(before)
    if not match:
        raise LookupError(before)
    at = sa.literal(instant_of(match[1]), verdicts.c.decided_at.type)
    return at, sa.literal(float(match[2])), sa.literal(match[3])


def instant_of(stamp: str) -> datetime:
    """Return the instant that STAMP wrote; raises LookupError for what is none."""
    try:
        return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise LookupError(stamp) from error


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
        place=f"{row['decided_at']:{STAMP}}~{row['relevance']!r}~{row['story']}",
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
