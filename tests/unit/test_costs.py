"""What models cost, and the places in doubt, as commands tell them."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW, item, verdict

from digestbot.adapters.ledger import Ledger
from digestbot.app import open_ledger
from digestbot.app.models import limits_of
from digestbot.chat.budget import Limit
from digestbot.commands.costs import costs_command, left
from digestbot.commands.reviewing import filings_command
from digestbot.commands.run import estimate_command
from digestbot.domain import FeedState, Group, Sighting, StoryId, Usage
from digestbot.errors import ConfigError
from digestbot.settings import Settings, load

MONTH = timedelta(days=20)


@pytest.fixture
def settings(tmp_path: Path, blank_ledger: Path) -> Settings:
    """Settings with a data folder and two budgets."""
    shutil.copy(blank_ledger, tmp_path / "ledger.db")
    return load(home=tmp_path, budget_usd_per_day=1.0, budget_tokens_per_month=1000, roadmap="map.md")


def spend(ledger: Ledger) -> None:
    """Record what two models took, one of them earlier in the month and without a known price."""
    ledger.filings.record_usage("triage", "openai:m", "file@2+12345678", 5, Usage(100, 0.25, 20, 2), NOW)
    ledger.filings.record_usage("triage", "local:m", "file@2+12345678", 5, Usage(50, None, 5, 1), NOW - MONTH / 4)


def test_costs_are_told_by_step_and_model(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each model, then their sum, which is unknown where one of them is; then what is left of the budgets."""
    ledger = open_ledger(settings)
    spend(ledger)
    ledger.close()

    costs_command(settings, None, NOW, as_json=False)

    told = capsys.readouterr()
    assert "openai:m" in told.out
    assert "$0.2500" in told.out
    assert told.out.count("cost unknown") == 2
    assert "Of the day's budget of $1.00, 25% is spent." in told.err
    assert "Of the month's budget of 1,000 tokens, 15% is spent." in told.err


def test_costs_are_a_list_for_machines(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json each row is an object; `--since` leaves out what was before."""
    ledger = open_ledger(settings)
    spend(ledger)
    ledger.close()

    costs_command(settings, NOW, NOW, as_json=True)

    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (row["step"], row["model"], row["calls"], row["cost_usd"]) == ("triage", "openai:m", 2, 0.25)


def test_nothing_spent_is_said(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Without calls there is no table, and a sentence says so."""
    costs_command(settings, None, NOW, as_json=False)

    told = capsys.readouterr()
    assert told.out == ""
    assert "No chat model was asked since 2026-04-01." in told.err


def test_limits_count_their_own_span(settings: Settings) -> None:
    """The day's budget counts from midnight, the month's from its first day, in UTC."""
    ledger = open_ledger(settings)
    spend(ledger)

    limits = limits_of(settings, ledger, NOW)
    ledger.close()

    assert limits == [Limit("day", "usd", 1.0, 0.25), Limit("month", "tokens", 1000.0, 150.0)]
    assert left([Limit("day", "usd", 0.0, 0.0)]) == []


def test_places_in_doubt_are_listed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Every story that waits for a reviewer stands in the list with the reason."""
    one = item()
    ledger = open_ledger(settings)
    ledger.intake.record(one.feed, [Sighting(one, "")], FeedState(last_success_at=NOW), NOW)
    ledger.stories.record([], [Group(StoryId("s1"), one.id, (one.id,))], NOW)
    ledger.filings.record_verdicts([(verdict(needs_review="chat says Images"), "filed", "")], NOW)
    ledger.close()

    filings_command(settings, as_json=True)

    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (row["story"], row["title"], row["needs_review"]) == ("s1", "Post a", "chat says Images")


def test_places_in_doubt_in_a_folder_are_listed(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder's whole name is its roadmap's, whatever stands behind a point of it."""
    (tmp_path / "map.v2").mkdir()
    own = settings.model_copy(update={"roadmap": str(tmp_path / "map.v2")})
    one = item()
    ledger = open_ledger(own)
    ledger.intake.record(one.feed, [Sighting(one, "")], FeedState(last_success_at=NOW), NOW)
    ledger.stories.record([], [Group(StoryId("s1"), one.id, (one.id,))], NOW)
    ledger.filings.record_verdicts([(verdict(needs_review="doubt", roadmap="map.v2"), "filed", "")], NOW)
    ledger.close()

    filings_command(own, as_json=True)

    assert json.loads(capsys.readouterr().out)["story"] == "s1"


def test_no_doubt_is_said(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing waits, that is told."""
    filings_command(settings, as_json=False)

    assert capsys.readouterr().err == "No filing waits for a reviewer.\n"


def test_without_a_chat_model_there_is_nothing_to_estimate(tmp_path: Path) -> None:
    """An estimate needs a model to be named."""
    with pytest.raises(ConfigError, match="nothing to estimate"):
        estimate_command(load(home=tmp_path), None, NOW, None, as_json=False)
