"""Changes to roadmaps: proposed, decided on, and what was seen of the documents and of the addresses in them."""

from __future__ import annotations

import sqlalchemy as sa

from digestbot.adapters.ledger.schema.columns import Instant, listed, metadata, text

proposals = sa.Table(
    "proposals",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    text("story", index=True),
    text("roadmap"),
    text("section"),
    text("chapter"),
    text("title"),
    text("url"),
    text("medium"),
    text("merit"),
    text("base"),
    text("diff"),
    text("reason"),
    listed("evidence"),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    text("state", index=True),
    sa.Column("decided_at", Instant),
    text("decided_by"),
    text("note"),
    sa.Column("kind", sa.Text, nullable=False, server_default="add"),
    sa.Column("stories", sa.JSON, nullable=False, server_default="[]"),
    text("subject", index=True),
    text("old_url"),
    text("anchor"),
    sa.Column("quotes", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("signs", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("due_at", Instant),
    sa.Column("waits_until", Instant),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    sa.Column("steps", sa.Integer, nullable=False, server_default="0"),
    text("reference"),
)

# What was said and done about proposals, never changed: votes, decisions and what became of them.
review_acts = sa.Table(
    "review_acts",
    metadata,
    sa.Column("proposal", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False, index=True),
    text("by"),
    text("kind"),
    text("state"),
    sa.Column("revision", sa.Integer, nullable=False),
    text("ground"),
    text("reason"),
    text("detail"),
)

# Proposals as messages in the reviewers' channels of Discord servers; `shown` names the standing that a message shows.
review_posts = sa.Table(
    "review_posts",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("proposal", sa.Text, primary_key=True),
    text("guild", index=True),
    text("state"),
    sa.Column("begun_at", Instant, nullable=False),
    text("message"),
    text("shown"),
)

# Stories that may be proposed yet: they wait for a second sign of their worth, or for room; `why` says which.
proposal_waits = sa.Table(
    "proposal_waits",
    metadata,
    sa.Column("story", sa.Text, primary_key=True),
    sa.Column("roadmap", sa.Text, primary_key=True),
    sa.Column("since", Instant, nullable=False),
    text("why"),
)

# How the addresses of roadmaps were found, the last time that they were looked at.
link_checks = sa.Table(
    "link_checks",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    text("state", index=True),
    text("reason"),
    sa.Column("checked_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False, index=True),
    sa.Column("failing_since", Instant),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    text("moved_to"),
    text("archived"),
    text("said"),
)

# Roadmaps as they were last looked at: their places by their ids, and what they link to.
outlines = sa.Table(
    "outlines",
    metadata,
    sa.Column("roadmap", sa.Text, primary_key=True),
    text("version"),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("noted_at", Instant, nullable=False),
)

# What happened to the documents, by review or by hand, and when that was noticed.
outline_events = sa.Table(
    "outline_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    text("roadmap", index=True),
    sa.Column("at", Instant, nullable=False),
    text("version"),
    text("what"),
    text("how"),
    text("place"),
    text("title"),
    text("url"),
    text("former"),
)
