"""`digestbot costs`: what chat models took, and what the budgets leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from digestbot.app import ledger_of
from digestbot.app.models import limits_of
from digestbot.chat.budget import Limit
from digestbot.commands.console import shown_cost, terminal, write_json
from digestbot.domain import Usage
from digestbot.settings import Settings


def costs_command(settings: Settings, since: datetime | None, now: datetime, as_json: bool) -> int:
    """Write calls, stories, tokens and cost by step, prompt and model, and their sum."""
    start = since or now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with ledger_of(settings) as ledger:
        rows = ledger.spending.costs(start)
        limits = limits_of(settings, ledger, now)
    if as_json:
        for row in rows:
            write_json(row)
        return 0
    where = terminal()
    total = sum((Usage(row["tokens"], row["cost_usd"], row["output_tokens"], row["calls"]) for row in rows), Usage())
    columns = ("step", "prompt", "model", "calls", "stories", "tokens", "written", "cost")
    counted = ("model", "calls", "stories", "tokens", "output_tokens")
    table = [
        (r["step"], r["prompt"].partition("+")[0], *(r[name] for name in counted), shown_cost(r["cost_usd"]))
        for r in rows
    ]
    whole = ("all", "", "", total.calls, "", total.tokens, total.output_tokens, shown_cost(total.cost_usd))
    where.table(columns, [*table, whole] if rows else [], wide="model")
    where.say(f"Since {start:%Y-%m-%d %H:%M} UTC." if rows else f"No chat model was asked since {start:%Y-%m-%d}.")
    for line in left(limits):
        where.say(line)
    return 0


def left(limits: Sequence[Limit]) -> list[str]:
    """Return a line for each budget: how much of it is spent."""
    return [f"Of {limit.said()}, {limit.spent / limit.most:.0%} is spent." for limit in limits if limit.most]
