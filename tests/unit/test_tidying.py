"""What is let go of, and that everything that says why stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW, article

from digestbot.adapters.ledger import Ledger
from digestbot.app import tidied, tidied_daily
from digestbot.commands.keeping import tidy_command
from digestbot.domain import Usage
from digestbot.settings import Settings, load

YEAR, WEEK = timedelta(days=366), timedelta(days=7)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of the ledger's own folder, with texts kept for a year and records for a month."""
    return load(home=tmp_path, keep_texts_days=365, keep_records_days=30)


def fill(ledger: Ledger) -> None:
    """Record an old and a new one of each kind."""
    for id, at in (("old", NOW - YEAR), ("new", NOW - WEEK)):
        ledger.filings.record_articles([article(id)], at)
        ledger.filings.record_usage("triage", "openai:m", "file", 1, Usage(10, 0.1), at)
        ledger.publications.record_run(at, at, {"of": id})


def test_old_texts_and_records_go(ledger: Ledger, settings: Settings) -> None:
    """Each kind is counted; what is new stays, and a second time there is nothing left to do."""
    fill(ledger)

    gone = tidied(settings, ledger, NOW)
    again = tidied(settings, ledger, NOW)

    assert {name: count for name, count in gone.items() if count} == {"texts": 1, "reports": 1, "model calls": 1}
    assert not any(again.values())
    assert ledger.spending.spent(NOW - 2 * YEAR).tokens == 10


def test_a_dry_one_only_counts(ledger: Ledger, settings: Settings) -> None:
    """What it tells is what would go, and it is all there afterwards."""
    fill(ledger)

    told = tidied(settings, ledger, NOW, dry=True)

    assert tidied(settings, ledger, NOW) == told


def test_calls_that_a_budget_counts_stay(ledger: Ledger, settings: Settings) -> None:
    """However short records are kept: the month's budget is counted from them."""
    ledger.filings.record_usage("triage", "openai:m", "file", 1, Usage(10, 0.1), NOW - timedelta(days=40))

    assert tidied(settings, ledger, NOW)["model calls"] == 0


def test_it_is_done_once_a_day(ledger: Ledger, settings: Settings) -> None:
    """Whichever process comes second within a day leaves it."""
    fill(ledger)

    first, second = tidied_daily(settings, ledger, NOW), tidied_daily(settings, ledger, NOW + timedelta(minutes=1))

    assert (first["texts"], second) == (1, {})


def test_the_command_tells_what_went(ledger: Ledger, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """In words of its own for a dry one."""
    fill(ledger)

    tidy_command(settings, NOW, True, False)
    tidy_command(settings, NOW, False, False)

    assert capsys.readouterr().err.splitlines() == [
        "would let go of 1 texts, 1 reports, 1 model calls",
        "let go of 1 texts, 1 reports, 1 model calls",
    ]
