"""The tables of the ledger, alike on SQLite and PostgreSQL. Every change needs a migration beside it.

Keys are made from content, never counted up, so that a run that was killed and repeated writes the same rows.
"""

from digestbot.adapters.ledger.schema.answers import answer_verdicts, answers, documents, passages, term_counts
from digestbot.adapters.ledger.schema.columns import metadata
from digestbot.adapters.ledger.schema.digests import digest_contents, digest_entries, digests, outbox, suspensions
from digestbot.adapters.ledger.schema.filings import (
    articles,
    placings,
    steps,
    summaries,
    summary_cache,
    suspects,
    vectors,
    verdicts,
)
from digestbot.adapters.ledger.schema.passes import passes, sessions
from digestbot.adapters.ledger.schema.proposals import (
    link_checks,
    outline_events,
    outlines,
    proposal_waits,
    proposals,
    review_acts,
    review_posts,
)
from digestbot.adapters.ledger.schema.readers import (
    guilds,
    letters,
    opinions,
    sign_ups,
    subscription_marks,
    subscriptions,
)
from digestbot.adapters.ledger.schema.runs import alerts, leases, model_calls, runs
from digestbot.adapters.ledger.schema.sources import (
    announcements,
    feeds,
    items,
    listings,
    sightings,
    suggestion_answers,
    suggestions,
)
from digestbot.adapters.ledger.schema.stories import (
    aliases,
    decisions,
    doubts,
    item_keys,
    links,
    rechecks,
    revisions,
    stories,
)

__all__ = [
    "alerts",
    "aliases",
    "announcements",
    "answer_verdicts",
    "answers",
    "articles",
    "decisions",
    "digest_contents",
    "digest_entries",
    "digests",
    "documents",
    "doubts",
    "feeds",
    "guilds",
    "item_keys",
    "items",
    "leases",
    "letters",
    "link_checks",
    "links",
    "listings",
    "metadata",
    "model_calls",
    "opinions",
    "outbox",
    "outline_events",
    "outlines",
    "passages",
    "passes",
    "placings",
    "proposal_waits",
    "proposals",
    "rechecks",
    "review_acts",
    "review_posts",
    "revisions",
    "runs",
    "sessions",
    "sightings",
    "sign_ups",
    "steps",
    "stories",
    "subscription_marks",
    "subscriptions",
    "suggestion_answers",
    "suggestions",
    "summaries",
    "summary_cache",
    "suspects",
    "suspensions",
    "term_counts",
    "vectors",
    "verdicts",
]
