"""Passes, and lists by key, in a real database: SQLite always, PostgreSQL too where it is installed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import NOW, item, proposal
from test_ledger import ledger, url

from digestbot.adapters.ledger import Ledger
from digestbot.domain import FeedId, FeedState, ProposalId, ProposalState, Sighting
from digestbot.domain.passes import Pass, Session

__all__ = ["ledger", "url"]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WAITING: tuple[ProposalState, ...] = ("open",)
OVER: tuple[ProposalState, ...] = ("applied", "stale")
ADA = Pass("p1", "ada", "reviewer", "a" * 64, NOW, NOW + 30 * DAY)


def test_a_pass_is_found_by_its_hash_while_it_is_valid(ledger: Ledger) -> None:
    """A token's hash finds its pass until its last day or until it is revoked, and nothing else does."""
    ledger.passes.add(ADA)
    ledger.passes.add(replace(ADA, id="p2", name="bob", hashed="b" * 64))
    ledger.passes.revoke("p2", NOW)

    assert ledger.passes.of_token(ADA.hashed, NOW) == ADA
    assert ledger.passes.of_token(ADA.hashed, NOW + 30 * DAY) is None
    assert ledger.passes.of_token("b" * 64, NOW) is None
    assert ledger.passes.of_token("", NOW) is None
    assert [one.revoked_at for one in ledger.passes.all()] == [None, NOW]


def test_use_is_noted_once_an_hour(ledger: Ledger) -> None:
    """When a pass was last used is known to the hour, so that reading writes little."""
    ledger.passes.add(ADA)

    for minutes in (0, 30, 59, 61):
        ledger.passes.of_token(ADA.hashed, NOW + timedelta(minutes=minutes))
        if minutes == 59:
            early = ledger.passes.all()[0].used_at

    assert early == NOW
    assert ledger.passes.all()[0].used_at == NOW + timedelta(minutes=61)


def test_a_session_ends(ledger: Ledger) -> None:
    """A browser is signed in until its time is over, it is signed out, or its pass is revoked."""
    ledger.passes.add(ADA)
    for name, days in (("s1", 1), ("s2", 9), ("s3", 9)):
        ledger.passes.begin(Session(name, "p1", NOW, NOW + days * DAY))

    ledger.passes.end("s2")
    before = [ledger.passes.of_session(name, NOW + 2 * DAY) is not None for name in ("s1", "s2", "s3", "s4")]
    ledger.passes.revoke("p1", NOW)

    assert before == [False, False, True, False]
    assert ledger.passes.of_session("s3", NOW) is None


def test_proposals_go_on_by_key(ledger: Ledger) -> None:
    """Each proposal is met once, the latest first, also of those made at one instant."""
    made = [proposal(f"p{n}", subject=str(n), created_at=NOW + (n // 2) * HOUR) for n in range(7)]
    ledger.publications.record_proposals(made)

    met: list[str] = []
    while found := ledger.reviews.latest(WAITING, before=met[-1] if met else "", limit=2):
        met += [one.id for one in found]

    assert met == ["p6", "p4", "p5", "p2", "p3", "p0", "p1"]
    assert ledger.reviews.latest(OVER) == []
    assert ledger.reviews.latest(WAITING, before=ProposalId("none")) == []
    assert ledger.reviews.latest(WAITING, roadmap="other") == []


def test_items_go_on_by_key(ledger: Ledger) -> None:
    """Each sighting is met once, last seen first, also of those seen at one instant; a wrong place is told."""
    for n in range(5):
        now = NOW + (n // 2) * HOUR
        ledger.intake.record(FeedId("blog"), [Sighting(item(str(n)), "")], FeedState(last_success_at=now), now)

    met, before = [], ""
    while True:
        found, before = ledger.history.seen(before=before, limit=2)
        met += [one["title"] for one in found]
        if not before:
            break

    assert met == ["Post 4", "Post 3", "Post 2", "Post 1", "Post 0"]
    assert ledger.history.seen(feed="other") == ([], "")
    for wrong in ("x", "~~", "2026-04-12~blog~x", f"{NOW.isoformat()}~blog~"):
        with pytest.raises(LookupError):
            ledger.history.seen(before=wrong)
