"""What digests say, and the deliveries of them."""

from __future__ import annotations

import sqlalchemy as sa

from digestbot.adapters.ledger.schema.columns import Instant, metadata, text

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
    text("subscription", index=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    text("content", index=True),
)

digest_entries = sa.Table(
    "digest_entries",
    metadata,
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("story", sa.Text, primary_key=True, index=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    text("digest", index=True),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    text("digest", index=True),
    text("kind"),
    text("address"),
    text("state", index=True),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", Instant),
    sa.Column("sent_at", Instant),
    text("reference"),
    text("reason"),
)

# Addresses that a server said nobody has: nothing is sent there until a person says so.
suspensions = sa.Table(
    "suspensions",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    text("reason"),
)
