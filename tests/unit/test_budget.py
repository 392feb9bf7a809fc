"""Prices are data, and spending stops at the budget."""

from __future__ import annotations

import pytest

from digestbot.chat.budget import Limit, Price, Purse, price, tokens_of
from digestbot.domain import Usage
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


def test_without_limits_everything_may_be_spent() -> None:
    """No budget is no limit, and no reason to step down."""
    purse = Purse()

    purse.book(Usage(10**9, 1e6))

    assert purse.nearly_spent() == ""


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (Limit("day", "usd", 1.0, 1.0), "the day's budget of $1.00 is spent"),
        (Limit("month", "usd", 20.0, 25.0), "the month's budget of $20.00 is spent"),
        (Limit("day", "tokens", 50_000, 50_000), "the day's budget of 50,000 tokens is spent"),
        (Limit("day", "usd", 0.0, 0.0), "the day's budget of $0.00 is spent"),
    ],
)
def test_a_spent_budget_is_said_in_plain_words(limit: Limit, said: str) -> None:
    """At a budget of either unit and span the reason is a sentence that a digest can print."""
    with pytest.raises(BudgetError) as refused:
        Purse([limit]).nearly_spent()

    assert str(refused.value) == said


def test_a_call_that_would_overrun_a_budget_is_not_made() -> None:
    """What a call is expected to take is counted before it is made; a shorter one may still fit."""
    purse = Purse([Limit("day", "tokens", 1000, 900)])

    with pytest.raises(BudgetError):
        purse.book(Usage(200))

    purse.book(Usage(100))


def test_calls_under_way_count() -> None:
    """Of calls that are made at once each sees what the others have booked."""
    purse = Purse([Limit("day", "usd", 1.0, 0.0)])

    purse.book(Usage(0, 0.6))

    with pytest.raises(BudgetError):
        purse.book(Usage(0, 0.6))


def test_what_a_call_took_replaces_what_was_expected() -> None:
    """A call that took less than it was expected to leaves the rest to others."""
    purse = Purse([Limit("day", "tokens", 1000, 0)])

    purse.book(Usage(900))
    purse.settle(Usage(900), Usage(300))
    purse.book(Usage(700))

    with pytest.raises(BudgetError):
        purse.book(Usage(1))


@pytest.mark.parametrize(("spent", "small"), [(0.0, False), (0.79, False), (0.8, True), (0.99, True)])
def test_the_small_model_takes_over_before_the_end(spent: float, small: bool) -> None:
    """From four fifths of any budget on there is a reason to step down."""
    purse = Purse([Limit("month", "tokens", 10**6, 0), Limit("day", "usd", 1.0, spent)])

    assert bool(purse.nearly_spent()) is small


def test_an_unknown_cost_counts_in_tokens_alone() -> None:
    """A model without a price cannot spend money that anybody knows of, but its tokens are limited."""
    money, tokens = Purse([Limit("day", "usd", 1.0, 0.0)]), Purse([Limit("day", "tokens", 1000, 0)])

    money.book(Usage(10**9, None))

    with pytest.raises(BudgetError):
        tokens.book(Usage(10**9, None))


@pytest.mark.parametrize(("text", "count"), [("", 0), ("four", 1), ("five5", 2), ("模型", 2), ("模型 ab", 3)])
def test_tokens_are_about_four_letters_or_one_character(text: str, count: int) -> None:
    """An estimate needs no tokenizer: four letters make a token, and so does one Chinese character."""
    assert tokens_of(text) == count
