"""Suggesters are told what became of their addresses: each standing once, up to what reviewers said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import NOW, item, proposal, verdict

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.domain import Act, FeedId, FeedState, Group, Outcome, ProposalState, Sighting, StoryId
from digestbot.responses import Answer, Standing, answers, news, tell

URL = "https://blog.example/a"


@pytest.fixture
def ledger(tmp_path: Path, blank_ledger: Path) -> Ledger:
    """A ledger in which somebody suggested an address."""
    (tmp_path / "ledger.db").write_bytes(blank_ledger.read_bytes())
    made = Ledger(sqlite_url(tmp_path / "ledger.db"))
    made.suggestions.suggest([URL], "ada", NOW)
    return made


def only(ledger: Ledger, by: str = "") -> Answer:
    """Return what became of the only address."""
    [found] = answers(ledger.suggestions, ledger.history, ledger.reviews, by)
    return found


def filed(ledger: Ledger, section: str = "I") -> None:
    """Record that the address was read, and where its story was filed."""
    entry = item("a", url=URL)
    outcome: Outcome = "filed" if section != "none" else "off_roadmap"
    ledger.suggestions.read(URL, entry.id)
    ledger.intake.record(FeedId("suggested"), [Sighting(entry, "")], FeedState(last_success_at=NOW), NOW)
    ledger.stories.record([], [Group(StoryId("s1"), entry.id, (entry.id,))], NOW)
    chapter = "first" if section != "none" else ""
    judged = replace(verdict(), section=section, chapter=chapter, reason="Shares its words.")
    ledger.filings.record_verdicts([(judged, outcome, "")], NOW)


def test_what_waits_is_no_news(ledger: Ledger) -> None:
    """An address that nobody has read waits; others' suggestions are theirs."""
    assert only(ledger, "ada").standing == "waiting"
    assert news([only(ledger)]) == []
    assert answers(ledger.suggestions, ledger.history, ledger.reviews, "alan") == []


def test_what_cannot_be_read_is_told_once(ledger: Ledger) -> None:
    """The reason is told, and the same standing no second time."""
    ledger.suggestions.failed(URL, "http-404: it is gone", "for good")

    [told] = news([only(ledger)])
    tell(ledger.reviews, [told], NOW)

    assert (told.standing, told.reason) == ("unreadable", "http-404: it is gone")
    assert news([only(ledger)]) == []


@pytest.mark.parametrize(("section", "standing", "place"), [("I", "filed", "first"), ("none", "off the roadmap", "")])
def test_where_it_was_filed_is_told(ledger: Ledger, section: str, standing: Standing, place: str) -> None:
    """With its place and the reason, or that it has none."""
    filed(ledger, section)

    found = only(ledger)

    assert (found.standing, found.place, found.reason) == (standing, place, "Shares its words.")


@pytest.mark.parametrize(
    ("state", "standing"),
    [("open", "proposed"), ("accepted", "accepted"), ("applied", "in the roadmap"), ("rejected", "not wanted")],
)
def test_what_reviewers_said_is_told(ledger: Ledger, state: ProposalState, standing: Standing) -> None:
    """A suggestion that was proposed follows its proposal, with what the reviewer said of it; each step is news."""
    filed(ledger)
    tell(ledger.reviews, [only(ledger)], NOW)
    ledger.publications.record_proposals([proposal()])
    said = replace(proposal(), state=state, note="we have three of those", steps=1)
    ledger.reviews.advance(said, Act(said.id, 1, NOW, "ada", "reject", state))

    [found] = news([only(ledger)])

    assert (found.standing, found.proposal, found.place) == (standing, "p1", "first")
    assert (found.reason == "we have three of those") is (state in ("applied", "rejected"))
