"""`digestbot reconcile`, and what `digestbot why` says of announcements."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fakes import paper

from digestbot.adapters.ledger import Ledger
from digestbot.announcements import Announcement, Tally
from digestbot.app import open_ledger
from digestbot.commands.look import why_command
from digestbot.commands.reconciling import reconcile_command, tally_line
from digestbot.domain import FeedId, FeedState, ItemId, Sighting
from digestbot.settings import Settings, load

FRIDAY = date(2026, 4, 10)
NOW = datetime(2026, 4, 10, 6, tzinfo=UTC)
ARXIV = FeedId("arxiv")


@pytest.fixture
def settings(tmp_path: Path, blank_ledger: Path) -> Settings:
    """Settings whose ledger has Friday's listing: one paper recorded as version 2, one missing; Thursday is unread."""
    shutil.copy(blank_ledger, tmp_path / "ledger.db")
    found = load(home=tmp_path, database_url=None)
    ledger = open_ledger(found)
    fill(ledger)
    ledger.close()
    return found


def fill(ledger: Ledger) -> None:
    ledger.intake.record(
        ARXIV, [Sighting(paper(version=2, links=("https://github.com/ann/code",)), "")], FeedState(), NOW
    )
    ledger.announcements.record(ARXIV, date(2026, 4, 9), "no run read that day's listing", {}, NOW)
    here = Announcement(ItemId("arxiv:2604.00001"), "replace", 2)
    gone = Announcement(ItemId("arxiv:2604.00002"), "new")
    ledger.announcements.record(ARXIV, FRIDAY, "", {here: "recorded", gone: "missing"}, NOW)


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (Tally(ARXIV, FRIDAY), "complete: nothing was announced"),
        (Tally(ARXIV, FRIDAY, "no run"), "not checked: no run"),
        (
            Tally(ARXIV, FRIDAY, "", {"new": 3, "cross": 1}, {"recorded": 3, "fetched": 1}),
            "complete: 4 announced (3 new, 1 cross-listed), 4 recorded (1 by number)",
        ),
        (
            Tally(ARXIV, FRIDAY, "", {"replace": 3}, {"older": 1, "outside": 2}),
            "complete: 3 announced (3 replaced), 0 recorded, 1 replacement of older papers left out, "
            "2 outside its query",
        ),
        (
            Tally(ARXIV, FRIDAY, "", {"new": 1}, {"given_up": 1}, (), ("2604.1",)),
            "incomplete: 1 announced (1 new), 0 recorded, given up 1: 2604.1",
        ),
        (
            Tally(ARXIV, FRIDAY, "timeout", {"new": 1}, {"recorded": 1}),
            "not checked: timeout; 1 announced (1 new), 1 recorded",
        ),
    ],
)
def test_a_day_is_told_in_a_sentence(tally: Tally, expected: str) -> None:
    """Complete, incomplete or not checked comes first; then what was announced, and where it went."""
    assert tally_line(tally) == expected


def test_many_missing_papers_are_cut_short_for_people() -> None:
    """Thirty numbers are named; JSON has all of them."""
    numbers = tuple(f"2604.{n:05}" for n in range(40))

    line = tally_line(Tally(ARXIV, FRIDAY, "", {"new": 40}, {"missing": 40}, numbers))

    assert line.endswith("2604.00029 and 10 more")


def test_reconcile_names_what_is_missing(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Days come newest first, and the status says that a paper is missing."""
    status = reconcile_command(settings, None, "", 20, as_json=False)

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()[1:]]
    assert status == 1
    assert lines[0].startswith("2026-04-10 arxiv incomplete: 2 announced (1 new, 1 replaced), 1 recorded, missing 1:")
    assert lines[-1] == "2026-04-09 arxiv not checked: no run read that day's listing"


def test_reconcile_as_json_has_every_number(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """One object a day; a day without missing papers ends in status 0."""
    missing = reconcile_command(settings, FRIDAY, "", 20, as_json=True)
    unread = reconcile_command(settings, date(2026, 4, 9), "arxiv", 20, as_json=True)

    friday, thursday = map(json.loads, capsys.readouterr().out.splitlines())
    assert (missing, unread) == (1, 0)
    assert (friday["day"], friday["complete"], friday["missing"]) == ("2026-04-10", False, ["2604.00002"])
    assert thursday["reason"] == "no run read that day's listing"


def test_why_tells_as_what_a_paper_was_announced(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Kind and version stand among what happened to the paper, the links of its authors above."""
    status = why_command(settings, "2604.00001", as_json=False)

    told = " ".join(capsys.readouterr().out.split())
    assert status == 0
    assert "announced by arXiv as replaced, version 2; recorded (feed arxiv)" in told
    assert "links: https://github.com/ann/code" in told


def test_why_knows_a_paper_that_was_only_announced(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """No feed showed it, but that it is waited for is told."""
    status = why_command(settings, "https://arxiv.org/abs/2604.00002v1", as_json=False)

    told = " ".join(capsys.readouterr().err.split())
    assert status == 1
    assert told.startswith("announced by arXiv as new, version 1; missing: the API does not have it yet")
