"""What the web pages need: passes to sign in with, the browsers that did, and stories in rows by place and time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "passes",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, server_default=""),
        sa.Column("role", sa.Text, nullable=False, server_default=""),
        sa.Column("hashed", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime),
        sa.Column("used_at", sa.DateTime),
        sa.Column("revoked_at", sa.DateTime),
    )
    op.create_index("uq_passes_hashed", "passes", ["hashed"], unique=True)
    op.create_table(
        "sessions",
        sa.Column("hashed", sa.Text, primary_key=True),
        sa.Column("passed", sa.Text, nullable=False, server_default=""),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_sessions_passed", "sessions", ["passed"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    # By roadmap, section or chapter, newest first: pages go on by key however many stories there are.
    for first in (["roadmap"], ["roadmap", "section"], ["roadmap", "chapter"]):
        names = [*first, "decided_at", "relevance", "story"]
        op.create_index(f"ix_verdicts_{'_'.join(names)}", "verdicts", names)
    for first in ([], ["outcome"]):
        names = [*first, "seen_at", "feed", "item"]
        op.create_index(f"ix_sightings_{'_'.join(names)}", "sightings", names)
