"""The tables of the ledger, alike on SQLite and PostgreSQL. Every change needs a migration beside it.

Keys are made from content, never counted up, so that a run that was killed and repeated writes the same rows.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa


class Instant(sa.TypeDecorator[datetime]):
    """An aware UTC instant, stored as naive UTC since SQLite knows no zones."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Span(sa.TypeDecorator[timedelta]):
    """A length of time, stored in whole seconds."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else round(value.total_seconds())

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> timedelta | None:
        return None if value is None else timedelta(seconds=value)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, **options: object) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="", **options)  # type: ignore[arg-type]  # forwarded


def _list(name: str) -> sa.Column[list[object]]:
    return sa.Column(name, sa.JSON, nullable=False)


feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("etag"),
    _text("last_modified"),
    sa.Column("begins_at", Instant),
    sa.Column("last_success_at", Instant),
    sa.Column("error_streak", sa.Integer, nullable=False, server_default="0"),
    _text("reason"),
    sa.Column("next_check_at", Instant),
    sa.Column("interval", Span),
    sa.Column("failing_since", Instant),
    _text("moved_to"),
    sa.Column("closed_until", Instant),
    sa.Column("paused_at", Instant),
    _text("paused_why"),
)

items = sa.Table(
    "items",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("feed"),
    _text("url"),
    _text("title"),
    _text("text"),
    sa.Column("published_at", Instant),
    sa.Column("updated_at", Instant),
    _list("authors"),
    _text("medium"),
    _text("lang"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    _list("categories"),
    _text("comment"),
    _list("links"),
    sa.Column("first_seen_at", Instant, nullable=False),
    sa.Column("story", sa.Text, index=True),
)

# Who showed an item to us, and where that sighting ended. The outcome is empty while the item is under way.
sightings = sa.Table(
    "sightings",
    metadata,
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("feed", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seen_at", Instant, nullable=False),
    _text("outcome", index=True),
    _text("reason"),
)

# The days of arXiv's listings that a feed was compared with; `reason` says why a day could not be.
listings = sa.Table(
    "listings",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("checked_at", Instant, nullable=False),
    _text("reason"),
)

# What these listings announced, and what became of each: see `digestbot.announcements.Standing`.
announcements = sa.Table(
    "announcements",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True, index=True),
    _text("kind"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    _text("standing", index=True),
)

# Strong identifiers and blocking keys: equality joins find candidates for "the same work" without any index.
item_keys = sa.Table(
    "item_keys",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True, index=True),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("a", sa.Text, primary_key=True),
    sa.Column("b", sa.Text, primary_key=True, index=True),
    sa.Column("score", sa.Float, nullable=False),
    _text("basis"),
)

# Pairs that the judge left apart in doubt, for people to decide on.
doubts = sa.Table(
    "doubts",
    metadata,
    sa.Column("a", sa.Text, primary_key=True),
    sa.Column("b", sa.Text, primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
    _text("basis"),
)

# What people decided on a pair: one work or two. It stands against every link, found before or after.
decisions = sa.Table(
    "link_decisions",
    metadata,
    sa.Column("a", sa.Text, primary_key=True),
    sa.Column("b", sa.Text, primary_key=True, index=True),
    sa.Column("same", sa.Boolean, nullable=False),
    _text("by"),
    _text("reason"),
    sa.Column("decided_at", Instant, nullable=False),
)

# Items to be judged once more: `former` holds the words that a later version replaced, null where only keys are new.
rechecks = sa.Table(
    "rechecks",
    metadata,
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("former", sa.JSON(none_as_null=True)),
)

# What became new about a story after it was first seen, counted from 1; each subject of a kind is told once.
revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("story", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    _text("change"),
    sa.Column("found_at", Instant, nullable=False),
)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("lead", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

aliases = sa.Table(
    "story_aliases",
    metadata,
    sa.Column("alias", sa.Text, primary_key=True),
    sa.Column("story", sa.Text, nullable=False, index=True),
)

# A space is an embedding model and what is embedded by it: vectors of two spaces are never compared.
vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("space", sa.Text, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.Column("indexed_at", Instant, index=True),
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    sa.Column("story", sa.Text, primary_key=True),
    sa.Column("roadmap", sa.Text, primary_key=True),
    _text("section", index=True),
    _text("chapter"),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("relevance", sa.Float, nullable=False),
    _text("reason"),
    _text("model"),
    _text("prompt"),
    _list("top"),
    sa.Column("decided_at", Instant, nullable=False),
    sa.Column("novelty", sa.Float),
    sa.Column("evidence", sa.Float),
    sa.Column("usefulness", sa.Float),
    _text("level"),
    sa.Column("tokens", sa.Integer, nullable=False, server_default="0"),
    sa.Column("cost_usd", sa.Float),
    _text("needs_review"),
    sa.Column("lookups", sa.JSON, nullable=False, server_default="[]"),
)

# Kept with an item: stories are joined and split, and a person's word on one outlives that. The last one counts.
placings = sa.Table(
    "placings",
    metadata,
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("roadmap", sa.Text, primary_key=True),
    sa.Column("decided_at", Instant, primary_key=True),
    _text("section"),
    _text("chapter"),
    _text("by"),
    _text("reason"),
    _text("former"),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("story", sa.Text, primary_key=True),
    _text("text"),
    _text("basis"),
    _text("note"),
    _text("url"),
    _text("lang"),
    _text("image"),
    sa.Column("read_at", Instant, nullable=False),
)

# What people handed in by address: `item` is empty until it was read, `reason` says why it could not be.
suggestions = sa.Table(
    "suggestions",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    _text("by"),
    sa.Column("suggested_at", Instant, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    _text("item", index=True),
    _text("reason"),
)

summaries = sa.Table(
    "summaries",
    metadata,
    sa.Column("story", sa.Text, primary_key=True),
    sa.Column("lang", sa.Text, primary_key=True),
    _text("tldr"),
    _list("points"),
    _list("evidence"),
    _text("model"),
    _text("basis"),
    sa.Column("dropped", sa.Integer, nullable=False, server_default="0"),
    _text("prompt"),
    sa.Column("written_at", Instant, nullable=False),
    _text("why"),
    _text("place"),
    _text("written"),
    sa.Column("lost", sa.JSON, nullable=False, server_default="[]"),
)

# What was paid for once: a model's summary by the hash of the text, the prompt, the model and the language.
summary_cache = sa.Table(
    "summary_cache",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("written_at", Instant, nullable=False),
)

# Stories whose text seems to speak to a model, for reviewers.
suspects = sa.Table(
    "suspects",
    metadata,
    sa.Column("story", sa.Text, primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
    _list("signs"),
    sa.Column("found_at", Instant, nullable=False),
)

# One row when a step is done with a subject: a rerun or a crash goes on with whatever has none.
steps = sa.Table(
    "steps",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),
    sa.Column("input_hash", sa.Text, primary_key=True),
    _text("result"),
    sa.Column("at", Instant, nullable=False),
)

proposals = sa.Table(
    "proposals",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("story", index=True),
    _text("roadmap"),
    _text("section"),
    _text("chapter"),
    _text("title"),
    _text("url"),
    _text("medium"),
    _text("merit"),
    _text("base"),
    _text("diff"),
    _text("reason"),
    _list("evidence"),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    _text("state", index=True),
    sa.Column("decided_at", Instant),
    _text("decided_by"),
    _text("note"),
    sa.Column("kind", sa.Text, nullable=False, server_default="add"),
    sa.Column("stories", sa.JSON, nullable=False, server_default="[]"),
    _text("subject", index=True),
    _text("old_url"),
    _text("anchor"),
    sa.Column("quotes", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("signs", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("due_at", Instant),
    sa.Column("waits_until", Instant),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    sa.Column("steps", sa.Integer, nullable=False, server_default="0"),
    _text("reference"),
)

# What was said and done about proposals, never changed: votes, decisions and what became of them.
review_acts = sa.Table(
    "review_acts",
    metadata,
    sa.Column("proposal", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False, index=True),
    _text("by"),
    _text("kind"),
    _text("state"),
    sa.Column("revision", sa.Integer, nullable=False),
    _text("ground"),
    _text("reason"),
    _text("detail"),
)

# What suggesters were told of their addresses; each standing is told once.
suggestion_answers = sa.Table(
    "suggestion_answers",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("standing", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

# Stories that may be proposed yet: they wait for a second sign of their worth, or for room; `why` says which.
proposal_waits = sa.Table(
    "proposal_waits",
    metadata,
    sa.Column("story", sa.Text, primary_key=True),
    sa.Column("roadmap", sa.Text, primary_key=True),
    sa.Column("since", Instant, nullable=False),
    _text("why"),
)

# How the addresses of roadmaps were found, the last time that they were looked at.
link_checks = sa.Table(
    "link_checks",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    _text("state", index=True),
    _text("reason"),
    sa.Column("checked_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False, index=True),
    sa.Column("failing_since", Instant),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    _text("moved_to"),
    _text("archived"),
    _text("said"),
)

# What digests say, once for all who got the same, by its hash.
digest_contents = sa.Table(
    "digest_contents",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
)

# Whose a digest is; where `content` is empty, `body` holds what it says as well.
digests = sa.Table(
    "digests",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("subscription", index=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    _text("content", index=True),
)

digest_entries = sa.Table(
    "digest_entries",
    metadata,
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("story", sa.Text, primary_key=True, index=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    _text("digest", index=True),
)

# A person's own subscriptions; those that the settings make have no row.
subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

# Up to when every story was looked at for a subscription, whether or not that made a digest.
subscription_marks = sa.Table(
    "subscription_marks",
    metadata,
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("handled_at", Instant, nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    _text("digest", index=True),
    _text("kind"),
    _text("address"),
    _text("state", index=True),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", Instant),
    sa.Column("sent_at", Instant),
    _text("reference"),
    _text("reason"),
)

# Addresses that a server said nobody has: nothing is sent there until a person says so.
suspensions = sa.Table(
    "suspensions",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    _text("reason"),
)

# Mails that are owed to people who asked for something on a page; a row goes when its mail went or was given up.
letters = sa.Table(
    "letters",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("address"),
    sa.Column("wish", sa.JSON, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", Instant),
)

# Who asked to subscribe within a day, by a name that only the web pages can make of an address.
sign_ups = sa.Table(
    "sign_ups",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _text("who", index=True),
    sa.Column("at", Instant, nullable=False, index=True),
)

# Discord servers that use the bot, and what they want of it.
guilds = sa.Table(
    "guilds",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
)

# What readers say of stories, and what they keep: a story by its id, a whole digest by its own.
opinions = sa.Table(
    "opinions",
    metadata,
    sa.Column("who", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("about", sa.Text, primary_key=True),
    _text("digest"),
    _text("title"),
    _text("url"),
    _text("reason"),
    sa.Column("liked", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("at", Instant, nullable=False),
)

model_calls = sa.Table(
    "model_calls",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False, index=True),
    _text("step"),
    _text("model"),
    _text("prompt"),
    sa.Column("stories", sa.Integer, nullable=False),
    sa.Column("tokens", sa.Integer, nullable=False),
    sa.Column("cost_usd", sa.Float),
    sa.Column("output_tokens", sa.Integer, nullable=False, server_default="0"),
    sa.Column("calls", sa.Integer, nullable=False, server_default="1"),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("now", Instant, nullable=False),
    sa.Column("finished_at", Instant, nullable=False),
    sa.Column("report", sa.JSON, nullable=False),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("until", Instant, nullable=False),
)

# What people asked and were answered. `key` is equal for questions that share an answer as long as nothing new is read.
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("key", index=True),
    _text("who", index=True),
    _text("follows"),
    sa.Column("asked_at", Instant, nullable=False),
    _text("state"),
    sa.Column("cached", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("body", sa.JSON, nullable=False),
)

answer_verdicts = sa.Table(
    "answer_verdicts",
    metadata,
    sa.Column("answer", sa.Text, primary_key=True),
    sa.Column("who", sa.Text, primary_key=True),
    _text("verdict"),
    _text("note"),
    sa.Column("at", Instant, nullable=False),
)

# What can be searched: loaded lines under their own ids, stories, and the chapters of the roadmap.
documents = sa.Table(
    "documents",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False),
    _text("source", index=True),
    _text("title"),
    _text("url"),
    _text("kind"),
    _text("lang"),
    _text("date"),
    _text("section"),
    _text("chapter"),
    sa.Index("uq_documents_id", "id", unique=True),
)

# The pieces that documents are cut into. `head` and `body` hold the terms of title and text as search.words makes them,
# separated by spaces, so that SQLite's and PostgreSQL's own full text index them alike, Chinese included.
passages = sa.Table(
    "passages",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False),
    _text("document", index=True),
    sa.Column("place", sa.Integer, nullable=False),
    _text("role"),
    _text("text"),
    _text("heading"),
    _text("at"),
    _text("lang"),
    _text("head"),
    _text("body"),
    sa.Index("uq_passages_id", "id", unique=True),
)

# In how many passages a term stands. Names that begin with # count other things: passages, terms, changes.
term_counts = sa.Table(
    "term_counts",
    metadata,
    sa.Column("term", sa.Text, primary_key=True),
    sa.Column("passages", sa.Integer, nullable=False),
)

# Roadmaps as they were last looked at: their places by their ids, and what they link to.
outlines = sa.Table(
    "outlines",
    metadata,
    sa.Column("roadmap", sa.Text, primary_key=True),
    _text("version"),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("noted_at", Instant, nullable=False),
)

# What happened to the documents, by review or by hand, and when that was noticed.
outline_events = sa.Table(
    "outline_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _text("roadmap", index=True),
    sa.Column("at", Instant, nullable=False),
    _text("version"),
    _text("what"),
    _text("how"),
    _text("place"),
    _text("title"),
    _text("url"),
    _text("former"),
)
