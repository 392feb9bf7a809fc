"""Alembic's entry: runs the migrations on the connection that `engine.Database.migrate` hands over."""

from __future__ import annotations

from alembic import context

from digestbot.adapters.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
