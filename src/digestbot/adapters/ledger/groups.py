"""Writes what deduplication made of stories: grown, merged, split off, and with news."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from digestbot.adapters.ledger import rows
from digestbot.adapters.ledger.corpus import remove_documents
from digestbot.adapters.ledger.engine import Database, batches
from digestbot.adapters.ledger.schema import (
    aliases,
    articles,
    digest_entries,
    items,
    proposals,
    revisions,
    sightings,
    stories,
    summaries,
    suspects,
    verdicts,
)
from digestbot.domain import Group, StoryId


def record_group(database: Database, connection: sa.Connection, group: Group, now: datetime) -> None:
    """Write a story as deduplication sees it, in a transaction that is open."""
    database.insert_new(connection, stories, [{"id": group.story, "lead": group.lead, "created_at": now}])
    connection.execute(sa.update(stories).where(stories.c.id == group.story).values(lead=group.lead))
    for batch in batches(sorted(group.members)):
        connection.execute(sa.update(items).where(items.c.id.in_(batch)).values(story=group.story))
    for old in group.merged:
        _merge(database, connection, old, group.story)
    if group.merged:
        database.insert_new(connection, aliases, [{"alias": old, "story": group.story} for old in group.merged])
    # A story that was split off may get back the id under which it was merged.
    connection.execute(sa.delete(aliases).where(aliases.c.alias == group.story))
    for item, (outcome, reason) in group.outcomes.items():
        where = (sightings.c.item == item, sightings.c.outcome == "")
        connection.execute(sa.update(sightings).where(*where).values(outcome=outcome, reason=reason))
    if group.split_from and group.reopened:
        _reopen(database, connection, group, group.split_from)
    if group.news:
        _tell(database, connection, group, now)


def _reopen(database: Database, connection: sa.Connection, group: Group, split_from: StoryId) -> None:
    """Send a story that was split off to triage; what carried a story of its own once is not announced again."""
    carried = ("filed", "off_roadmap")
    mark = (
        sa.select(sightings)
        .where(sightings.c.item.in_(group.members), sightings.c.outcome.in_((*carried, "duplicate", "joined")))
        .order_by(sightings.c.item != group.reopened, sightings.c.outcome.not_in(carried), sightings.c.seen_at)
        .order_by(sightings.c.item, sightings.c.feed, sightings.c.version)
    )
    found = connection.execute(mark).first()
    if found is None:
        return
    own = (sightings.c.item == found.item, sightings.c.feed == found.feed, sightings.c.version == found.version)
    reason = f"split from {split_from} by hand"
    connection.execute(sa.update(sightings).where(*own).values(outcome="", reason=reason))
    if found.outcome in carried:
        held = sa.select(digest_entries).where(digest_entries.c.story == split_from).order_by(digest_entries.c.revision)
        entries = [{**values, "story": group.story, "revision": 0} for values in connection.execute(held).mappings()]
        database.insert_new(connection, digest_entries, entries)


def _tell(database: Database, connection: sa.Connection, group: Group, now: datetime) -> None:
    """Number what is new about a story; after changed claims its article and summary are made anew."""
    own = revisions.c.story == group.story
    known = {(row.kind, row.subject) for row in connection.execute(sa.select(revisions).where(own))}
    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(revisions.c.number), 0)).where(own)).scalar_one()
    new = [news for news in group.news if (news.kind, news.subject) not in known]
    marks = [
        rows.row(news, story=group.story, number=last + number, found_at=now) for number, news in enumerate(new, 1)
    ]
    database.insert_new(connection, revisions, marks)
    if any(news.kind == "claims" for news in new):
        connection.execute(sa.delete(articles).where(articles.c.story == group.story))
        connection.execute(sa.delete(summaries).where(summaries.c.story == group.story))
        remove_documents(database, connection, [group.story])


def _merge(database: Database, connection: sa.Connection, old: StoryId, new: StoryId) -> None:
    """Give the younger story's rows to the older one, which keeps its own where both have some."""
    connection.execute(sa.update(items).where(items.c.story == old).values(story=new))
    connection.execute(sa.update(aliases).where(aliases.c.story == old).values(story=new))
    connection.execute(sa.update(proposals).where(proposals.c.story == old).values(story=new))
    for table, others in (
        (verdicts, ["roadmap"]),
        (articles, []),
        (summaries, ["lang"]),
        (suspects, []),
    ):
        kept = table.alias("kept")
        same = sa.and_(kept.c.story == new, *(kept.c[name] == table.c[name] for name in others))
        connection.execute(sa.update(table).where(table.c.story == old, ~sa.exists().where(same)).values(story=new))
        connection.execute(sa.delete(table).where(table.c.story == old))
    _merge_entries(connection, old, new)
    connection.execute(sa.delete(revisions).where(revisions.c.story == old))
    # What the younger one was indexed as would only repeat the older one's text in a search.
    remove_documents(database, connection, [old])
    connection.execute(sa.delete(stories).where(stories.c.id == old))


def _merge_entries(connection: sa.Connection, old: StoryId, new: StoryId) -> None:
    """A subscription that was sent only the younger story knows what the older one has told until now."""
    last = sa.select(sa.func.coalesce(sa.func.max(revisions.c.number), 0)).where(revisions.c.story == new)
    kept = digest_entries.alias("kept")
    later = digest_entries.alias("later")
    held = sa.exists().where(kept.c.story == new, kept.c.subscription == digest_entries.c.subscription)
    newer = sa.exists().where(
        later.c.story == old,
        later.c.subscription == digest_entries.c.subscription,
        later.c.revision > digest_entries.c.revision,
    )
    mine = digest_entries.c.story == old
    moved = connection.execute(sa.select(digest_entries).where(mine, ~held, ~newer)).mappings().all()
    revision = connection.execute(last).scalar_one()
    connection.execute(sa.delete(digest_entries).where(mine))
    if moved:
        entries = [{**values, "story": new, "revision": revision} for values in moved]
        connection.execute(sa.insert(digest_entries), entries)
