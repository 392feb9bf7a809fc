"""What model calls took: for budgets and for whoever pays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digestbot.adapters.ledger.engine import Database
from digestbot.adapters.ledger.schema import model_calls
from digestbot.domain import Usage


class Spending:
    """The ledger's part for what was paid."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spent(self, since: datetime) -> Usage:
        """Return what model calls took from an instant on; the cost is that of the calls whose price is known."""
        query = sa.select(
            sa.func.coalesce(sa.func.sum(model_calls.c.tokens), 0).label("tokens"),
            sa.func.coalesce(sa.func.sum(model_calls.c.cost_usd), 0.0).label("cost_usd"),
        ).where(model_calls.c.at >= since)
        with self._database.read() as connection:
            row = connection.execute(query).one()
        return Usage(int(row.tokens), float(row.cost_usd))

    def costs(self, since: datetime) -> list[dict[str, Any]]:
        """Return what model calls took from an instant on, by step, prompt and model; a cost is None if unknown."""
        names = (model_calls.c.step, model_calls.c.prompt, model_calls.c.model)
        counted = ("calls", "stories", "tokens", "output_tokens")
        query = (
            sa.select(
                *names,
                *(sa.func.sum(model_calls.c[name]).label(name) for name in counted),
                sa.func.sum(model_calls.c.cost_usd).label("known_usd"),
                sa.func.count(model_calls.c.cost_usd).label("priced"),
                sa.func.count().label("rows"),
            )
            .where(model_calls.c.at >= since)
            .group_by(*names)
            .order_by(*names)
        )
        with self._database.read() as connection:
            found = connection.execute(query).all()
        return [
            {
                **{name: getattr(row, name) for name in ("step", "prompt", "model", *counted)},
                "cost_usd": float(row.known_usd) if row.priced == row.rows else None,
            }
            for row in found
        ]
