"""Prices are data, and spending stops at the day's budget."""

from __future__ import annotations

import pytest

from digestbot.chat.budget import Price, allowed, price
from digestbot.errors import BudgetError


def test_a_call_costs_its_tokens_by_kind() -> None:
    """Fresh input, cached input and output are each counted at their own price per million."""
    listed = Price(input=2.0, cached=0.5, output=8.0)

    cost = listed.cost_usd(input_tokens=1_000_000, output_tokens=500_000, cached_tokens=400_000)

    assert cost == pytest.approx(0.6 * 2.0 + 0.4 * 0.5 + 0.5 * 8.0)


def test_a_dated_snapshot_costs_what_its_model_does() -> None:
    """The date at the end of a model's name does not hide its price."""
    dated = price("openai:gpt-4o-mini-2024-07-18")

    assert dated is not None
    assert dated == price("openai:gpt-4o-mini")


@pytest.mark.parametrize("model", ["openai:loopback", "gpt-4o-mini", "ollama:gpt-4o-mini", ""])
def test_an_unlisted_model_has_no_price(model: str) -> None:
    """No price is guessed: a model of another provider, or one not in the table, is unknown."""
    listed = price(model)

    assert listed is None


@pytest.mark.parametrize(("spent_usd", "budget_usd"), [(0.99, 1.0), (0.0, 0.01), (1_000.0, None)])
def test_spending_below_the_budget_is_allowed(spent_usd: float, budget_usd: float | None) -> None:
    """Below the day's budget, or without one, more may be spent."""
    allowed(spent_usd, budget_usd)


@pytest.mark.parametrize("spent_usd", [1.0, 1.5])
def test_a_spent_budget_is_said_in_plain_words(spent_usd: float) -> None:
    """At the budget the reason is a sentence that a digest can print."""
    with pytest.raises(BudgetError, match=r"^the day's budget of \$1\.00 is spent$"):
        allowed(spent_usd, 1.0)
