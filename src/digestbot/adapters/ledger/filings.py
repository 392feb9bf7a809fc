"""Stories on their way into the roadmap: verdicts, articles, summaries, and which step each still needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.corpus import remove_documents
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.placings import placings_of
from digestbot.adapters.ledger.schema import (
    articles,
    documents,
    items,
    model_calls,
    revisions,
    sightings,
    steps,
    stories,
    summaries,
    summary_cache,
    suspects,
    verdicts,
)
from digestbot.adapters.ledger.stories import story_of
from digestbot.domain import (
    OFF_ROADMAP,
    Article,
    Filed,
    Outcome,
    Placing,
    Step,
    Story,
    StoryId,
    Summary,
    Suspect,
    Usage,
    Verdict,
)

leads = stories.alias("leads")


class Filings:
    """The ledger's part for the steps from `triage` to `propose`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def untriaged(self) -> list[Story]:
        """Return the stories with an item under way, in order of their ids."""
        query = (
            sa.select(items.c.story)
            .join(sightings, sightings.c.item == items.c.id)
            .where(sightings.c.outcome == "", items.c.story.is_not(None))
            .distinct()
            .order_by(items.c.story)
        )
        with self._database.read() as connection:
            return story_of(connection, [StoryId(id) for id in connection.execute(query).scalars()])

    def unplaced(self, roadmap: str, since: datetime) -> list[Story]:
        """Return the stories from an instant on that have verdicts, but none for this roadmap, by their ids."""
        own = sa.exists().where(verdicts.c.story == stories.c.id, verdicts.c.roadmap == roadmap)
        judged = sa.exists().where(verdicts.c.story == stories.c.id, ~verdicts.c.history)
        query = sa.select(stories.c.id).where(stories.c.created_at >= since, judged, ~own).order_by(stories.c.id)
        with self._database.read() as connection:
            return story_of(connection, [StoryId(id) for id in connection.execute(query).scalars()])

    def record_verdicts(self, found: Sequence[tuple[Verdict, Outcome, str]], now: datetime) -> None:
        """Record verdicts, each with the outcome of the items under way in its story and the reason for it.

        Items that another roadmap had no place for are filed if this one has.
        """
        judged = [rows.row(v, decided_at=now, top=_pairs(v.top), history=False) for v, _, _ in found]
        with self._database.write() as connection:
            _leave_history(self._database, connection, [v.story for v, _, _ in found])
            self._database.upsert(connection, verdicts, judged)
            for verdict, outcome, reason in found:
                members = sa.select(items.c.id).where(items.c.story == verdict.story)
                others = sa.exists().where(verdicts.c.story == verdict.story, verdicts.c.roadmap != verdict.roadmap)
                elsewhere = sa.and_(sightings.c.outcome == "off_roadmap", others, sa.literal(outcome == "filed"))
                connection.execute(
                    sa.update(sightings)
                    .where(sightings.c.item.in_(members), sa.or_(sightings.c.outcome == "", elsewhere))
                    .values(outcome=outcome, reason=reason)
                )

    def placed(self, stories: Collection[StoryId], roadmap: str) -> dict[StoryId, Placing]:
        """Return a person's word on the places of these stories, for those that have one."""
        with self._database.read() as connection:
            return placings_of(connection, stories, roadmap)

    def unread(self, roadmap: str) -> list[Story]:
        """Return the filed stories without an article, the most relevant first."""
        best = (verdicts.c.relevance.desc(), verdicts.c.story)
        with self._database.read() as connection:
            query = (
                self._filed(roadmap)
                .order_by(None)
                .order_by(*best)
                .where(~sa.exists().where(articles.c.story == verdicts.c.story))
            )
            return story_of(connection, [StoryId(id) for id in connection.execute(query).scalars()])

    def record_articles(self, found: Sequence[Article], now: datetime) -> None:
        """Record what was read."""
        with self._database.write() as connection:
            self._database.upsert(connection, articles, [rows.row(article, read_at=now) for article in found])

    def unsummarized(self, roadmap: str, lang: str) -> list[tuple[Story, Verdict, Article]]:
        """Return the filed stories that were read and not summarized in a language, in order of their ids."""
        written = sa.exists().where(summaries.c.story == verdicts.c.story, summaries.c.lang == lang)
        with self._database.read() as connection:
            query = self._filed(roadmap).where(sa.exists().where(articles.c.story == verdicts.c.story), ~written)
            ids = [StoryId(id) for id in connection.execute(query).scalars()]
            return [(story, verdict, article) for story, verdict, article, _ in whole(connection, ids, roadmap, lang)]

    def record_summaries(self, found: Sequence[Summary], now: datetime) -> None:
        """Record summaries."""
        with self._database.write() as connection:
            self._database.upsert(connection, summaries, [rows.row(summary, written_at=now) for summary in found])

    def summaries(self, stories: Collection[StoryId], lang: str) -> dict[StoryId, Summary]:
        """Return the summaries of stories in a language, for those that have one."""
        with self._database.read() as connection:
            return summaries_of(connection, stories, lang)

    def bought(self, keys: Collection[str]) -> dict[str, Summary]:
        """Return the summaries that a model was paid for under these keys, whatever story they were written for."""
        with self._database.read() as connection:
            found = [
                row
                for batch in batches(list(keys))
                for row in connection.execute(sa.select(summary_cache).where(summary_cache.c.key.in_(batch)))
            ]
        return {row.key: rows.summary(row.body) for row in found}

    def keep_bought(self, found: Mapping[str, Summary], now: datetime) -> None:
        """Keep summaries under their keys."""
        with self._database.write() as connection:
            kept = [{"key": key, "body": rows.row(summary), "written_at": now} for key, summary in found.items()]
            self._database.upsert(connection, summary_cache, kept)

    def record_suspects(self, found: Sequence[Suspect], now: datetime) -> None:
        """Record stories that seem to speak to a model."""
        with self._database.write() as connection:
            values = [rows.row(one, signs=[list(sign) for sign in one.signs], found_at=now) for one in found]
            self._database.upsert(connection, suspects, values)

    def suspects(self, stories: Collection[StoryId]) -> dict[StoryId, Suspect]:
        """Return those of the stories that seem to speak to a model."""
        with self._database.read() as connection:
            found = _select(connection, suspects, list(stories))
        return {StoryId(row["story"]): rows.suspect(row) for row in found}

    def undone(self, step: Step, roadmap: str, lang: str) -> list[Filed]:
        """Return the summarized stories for which a step is not done yet, in order of their ids."""
        done = sa.exists().where(
            steps.c.subject == verdicts.c.story, steps.c.step == step, steps.c.input_hash == roadmap
        )
        return self._filed_where(roadmap, lang, ~done)

    def renewed(self, roadmap: str, lang: str, since: datetime) -> list[Filed]:
        """Return the stories that were looked at to be proposed, and of which something is new from an instant on.

        New is an item that joined them, or news of any kind. In order of their ids.
        """
        done = sa.exists().where(
            steps.c.subject == verdicts.c.story, steps.c.step == "propose", steps.c.input_hash == roadmap
        )
        joined = sa.exists().where(
            items.c.story == verdicts.c.story, items.c.first_seen_at >= since, items.c.id != leads.c.lead
        )
        news = sa.exists().where(revisions.c.story == verdicts.c.story, revisions.c.found_at >= since)
        lead = sa.exists().where(leads.c.id == verdicts.c.story, sa.or_(joined, news))
        return self._filed_where(roadmap, lang, sa.and_(done, lead))

    def mark_done(self, step: Step, roadmap: str, results: Sequence[tuple[StoryId, str]], now: datetime) -> None:
        """Remember that a step is done with these stories, each with its result in words."""
        with self._database.write() as connection:
            marks = [
                {"subject": story, "step": step, "input_hash": roadmap, "result": result, "at": now}
                for story, result in results
            ]
            self._database.insert_new(connection, steps, marks)

    def filed(self, roadmap: str, lang: str, ids: Sequence[StoryId]) -> list[Filed]:
        """Return those of these stories that are filed and summarized, in order of their ids."""
        return [
            found
            for batch in batches(list(ids))
            for found in self._filed_where(roadmap, lang, verdicts.c.story.in_(list(batch)))
        ]

    def judged_since(self, roadmap: str, since: datetime, relevance: float) -> list[tuple[Story, Verdict, datetime]]:
        """Return the stories judged from an instant on and at least so relevant, wherever they went, and when."""
        query = (
            sa.select(verdicts)
            .where(verdicts.c.roadmap == roadmap, verdicts.c.decided_at >= since, verdicts.c.relevance >= relevance)
            .where(~verdicts.c.history)
            .order_by(verdicts.c.story)
        )
        with self._database.read() as connection:
            found = {StoryId(row["story"]): row for row in connection.execute(query).mappings()}
            told = story_of(connection, list(found))
        return [(story, rows.verdict(found[story.id]), found[story.id]["decided_at"]) for story in told]

    def withdrawn(self) -> list[tuple[Story, str]]:
        """Return the stories that were taken back, each with what was said of it, in order of their ids."""
        query = sa.select(revisions.c.story, revisions.c.change).where(revisions.c.kind == "withdrawn")
        with self._database.read() as connection:
            said = {StoryId(row.story): row.change for row in connection.execute(query.order_by(revisions.c.story))}
            return [(story, said[story.id]) for story in story_of(connection, list(said))]

    def is_looked_at(self, roadmap: str, what: str, when: str) -> bool:
        """Tell whether a roadmap was looked at as a whole for something, at a time such as a week."""
        query = sa.select(steps.c.at).where(
            steps.c.subject == f"roadmap {roadmap}", steps.c.step == what, steps.c.input_hash == when
        )
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    def mark_looked_at(self, roadmap: str, what: str, when: str, now: datetime) -> None:
        """Remember that a roadmap was looked at."""
        with self._database.write() as connection:
            mark = {"subject": f"roadmap {roadmap}", "step": what, "input_hash": when, "result": "", "at": now}
            self._database.insert_new(connection, steps, [mark])

    def uncatalogued(self, roadmap: str, lang: str) -> list[Filed]:
        """Return the summarized stories that cannot be searched yet, in order of their ids."""
        return self._filed_where(roadmap, lang, ~sa.exists().where(documents.c.id == verdicts.c.story))

    def record_usage(self, step: Step, model: str, prompt: str, count: int, usage: Usage, now: datetime) -> None:
        """Record what a call of a chat model took, for `count` stories."""
        with self._database.write() as connection:
            connection.execute(
                sa.insert(model_calls).values(
                    at=now,
                    step=step,
                    model=model,
                    prompt=prompt,
                    stories=count,
                    tokens=usage.tokens,
                    cost_usd=usage.cost_usd,
                    output_tokens=usage.output_tokens,
                    calls=usage.calls,
                )
            )

    def _filed(self, roadmap: str) -> sa.Select[str]:
        where = (verdicts.c.roadmap == roadmap, verdicts.c.section != OFF_ROADMAP, ~verdicts.c.history)
        return sa.select(verdicts.c.story).where(*where).order_by(verdicts.c.story)

    def _filed_where(self, roadmap: str, lang: str, condition: sa.ColumnElement[bool]) -> list[Filed]:
        written = sa.exists().where(summaries.c.story == verdicts.c.story, summaries.c.lang == lang)
        with self._database.read() as connection:
            ids = [StoryId(id) for id in connection.execute(self._filed(roadmap).where(written, condition)).scalars()]
            found = whole(connection, ids, roadmap, lang)
        return [Filed(story, verdict, article, summary) for story, verdict, article, summary in found if summary]


def summaries_of(connection: sa.Connection, ids: Collection[StoryId], lang: str) -> dict[StoryId, Summary]:
    """Return the summaries of these stories in a language, for those that have one."""
    found = _select(connection, summaries, list(ids), summaries.c.lang == lang)
    return {StoryId(row["story"]): rows.summary(row) for row in found}


def whole(
    connection: sa.Connection, ids: Sequence[StoryId], roadmap: str, lang: str
) -> list[tuple[Story, Verdict, Article, Summary | None]]:
    """Return these stories with all that is known of them, those that were read, in this order.

    Without a summary in the language it is None.
    """
    judged = {v["story"]: rows.verdict(v) for v in _select(connection, verdicts, ids, verdicts.c.roadmap == roadmap)}
    read = {v["story"]: rows.article(v) for v in _select(connection, articles, ids)}
    written = summaries_of(connection, ids, lang)
    return [
        (s, judged[s.id], read[s.id], written.get(s.id))
        for s in story_of(connection, ids)
        if s.id in read and s.id in judged
    ]


def _select(
    connection: sa.Connection, table: sa.Table, ids: Sequence[StoryId], *where: sa.ColumnElement[bool]
) -> list[sa.RowMapping]:
    return [
        values
        for batch in batches(ids)
        for values in connection.execute(sa.select(table).where(table.c.story.in_(batch), *where)).mappings()
    ]


def _leave_history(database: Database, connection: sa.Connection, ids: Collection[StoryId]) -> None:
    """Forget what stories were found by that were only loaded: once they are read, they are found by more."""
    loaded = [row["story"] for row in _select(connection, verdicts, list(ids), verdicts.c.history)]
    remove_documents(database, connection, loaded)


def _pairs(top: tuple[tuple[str, float], ...]) -> list[list[object]]:
    return [[section, round(p, 4)] for section, p in top]
