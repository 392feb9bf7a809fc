"""What model calls cost, by a table of list prices, and whether more may be spent; touches nothing outside."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from digestbot.domain import Usage
from digestbot.errors import BudgetError

SMALL_FROM = 0.8
"""The share of a budget from which the small model takes over: what is left still buys it many calls."""
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


@dataclass(frozen=True)
class Limit:
    """A budget: so much in `unit` for the day or the month, and what of it was spent before this run."""

    span: str
    unit: str
    most: float
    spent: float

    def said(self) -> str:
        """Return it in words that a digest can print: the day's budget of $1.00."""
        amount = f"${self.most:.2f}" if self.unit == "usd" else f"{self.most:,.0f} tokens"
        return f"the {self.span}'s budget of {amount}"


class Purse:
    """What may still be spent in this run. A call is booked before it is made, so that no budget is overrun by many.

    A call of a model without a known price counts for tokens alone.
    """

    def __init__(self, limits: Sequence[Limit] = ()) -> None:
        """Take the limits with what was spent before."""
        self._limits = limits
        self._used = Usage()
        self._usd = 0.0

    def book(self, expected: Usage) -> None:
        """Set a call's expected usage aside; raises BudgetError when a limit would be overrun by it."""
        for limit in self._limits:
            after = limit.spent + self._own(limit) + _amount(limit, expected)
            if after > limit.most or limit.spent + self._own(limit) >= limit.most:
                raise BudgetError(f"{limit.said()} is spent")
        self.settle(Usage(0, 0.0), expected)

    def settle(self, expected: Usage, actual: Usage) -> None:
        """Put what a call took in the place of what was expected of it."""
        self._used += Usage(actual.tokens - expected.tokens)
        self._usd += (actual.cost_usd or 0.0) - (expected.cost_usd or 0.0)

    def nearly_spent(self) -> str:
        """Return why the small model should take over, "" while there is enough; raises BudgetError at a limit."""
        self.book(Usage())
        for limit in self._limits:
            if limit.spent + self._own(limit) >= SMALL_FROM * limit.most:
                return f"{SMALL_FROM:.0%} of {limit.said()} is spent"
        return ""

    def _own(self, limit: Limit) -> float:
        return self._usd if limit.unit == "usd" else self._used.tokens


def _amount(limit: Limit, usage: Usage) -> float:
    return (usage.cost_usd or 0.0) if limit.unit == "usd" else usage.tokens


def tokens_of(text: str) -> int:
    """Return about how many tokens a text has: four characters of an alphabet or one of Chinese make one.

    For budgets and estimates only: no tokenizer is at hand for every model, and OpenAI's would have to be downloaded.
    """
    wide = sum(character >= "\u2e80" for character in text)
    return math.ceil((len(text) - wide) / 4) + wide


@functools.cache
def _table() -> Mapping[str, Price]:
    rows = json.loads(files("digestbot.chat").joinpath("prices.json").read_text("utf-8"))["models"]
    return {model: Price(**row) for model, row in rows.items()}
