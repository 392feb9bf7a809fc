"""What model calls cost, by a table of list prices, and whether more may be spent today; pure."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from digestbot.errors import BudgetError

_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True)
class Price:
    """USD per million tokens; `cached` is for input that the provider had seen shortly before."""

    input: float
    cached: float
    output: float

    def cost_usd(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> float:
        """Return what a call cost; the cached tokens are among the input tokens."""
        fresh = input_tokens - cached_tokens
        return (fresh * self.input + cached_tokens * self.cached + output_tokens * self.output) / 1_000_000


def price(model: str) -> Price | None:
    """Return the list price of `provider:model`, also of a dated snapshot of it; None where it is not known."""
    return _table().get(_SNAPSHOT.sub("", model))


def allowed(spent_usd: float, budget_usd_per_day: float | None) -> None:
    """Raise BudgetError when today's spending has reached the day's budget; None is no limit."""
    if budget_usd_per_day is not None and spent_usd >= budget_usd_per_day:
        raise BudgetError(f"the day's budget of ${budget_usd_per_day:.2f} is spent")


@functools.cache
def _table() -> Mapping[str, Price]:
    rows = json.loads(files("digestbot.chat").joinpath("prices.json").read_text("utf-8"))["models"]
    return {model: Price(**row) for model, row in rows.items()}
