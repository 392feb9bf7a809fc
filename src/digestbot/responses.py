"""Tells suggesters what became of their addresses: each new standing once, whatever surface tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from digestbot.domain import Proposal, ProposalState, Suggestion
from digestbot.suggestions import Seen, Suggested, SuggestionLedger, outcome

Standing = Literal[
    "waiting", "unreadable", "off the roadmap", "filed", "proposed", "accepted", "in the roadmap", "not wanted"
]
_OF_PROPOSALS: dict[ProposalState, Standing] = {
    "open": "proposed",
    "stale": "proposed",
    "accepted": "accepted",
    "edited": "accepted",
    "applied": "in the roadmap",
    "rejected": "not wanted",
    "reverted": "not wanted",
}


class Suggestions(SuggestionLedger, Protocol):
    """What is asked of the ledger's suggestions."""

    def all(self, by: str = "") -> list[Suggestion]: ...


class Told(Protocol):
    """What is asked of the ledger's reviews."""

    def proposals(self) -> list[Proposal]: ...
    def answers(self) -> set[tuple[str, str]]: ...
    def told(self, answers: Sequence[tuple[str, str]], now: datetime) -> None: ...


@dataclass(frozen=True)
class Answer:
    """What became of an address by now, and whether that was told before.

    `reason` is why it could not be read, why it was filed so, or what a reviewer said; `place` is its chapter or
    section, "" where it has none. `asked_in` and `lang` are the suggestion's own channel and language.
    """

    url: str
    by: str
    suggested_at: datetime
    standing: Standing
    title: str = ""
    place: str = ""
    reason: str = ""
    proposal: str = ""
    is_told: bool = False
    asked_in: str = ""
    lang: str = ""


def answers(
    ledger: Suggestions,
    seen: Seen,
    reviews: Told,
    by: str = "",
    mine: Callable[[Suggestion], bool] = lambda row: True,
) -> list[Answer]:
    """Return what became of each address that somebody, or anybody, suggested, in order of arrival.

    `mine` tells which suggestions are looked at.
    """
    rows = [row for row in ledger.all(by) if mine(row)]
    if not rows:
        return []
    proposals = {story: one for one in reviews.proposals() for story in (one.story, *one.stories) if story}
    told = reviews.answers()
    return [_answer(ledger, seen, row, proposals, told) for row in rows]


def news(found: Sequence[Answer]) -> list[Answer]:
    """Return the answers that are yet to be told: what only waits is no news."""
    return [one for one in found if not one.is_told and one.standing != "waiting"]


def tell(reviews: Told, found: Sequence[Answer], now: datetime) -> None:
    """Remember that these answers were told."""
    reviews.told([(one.url, one.standing) for one in found], now)


def _answer(
    ledger: Suggestions,
    seen: Seen,
    row: Suggestion,
    proposals: Mapping[Any, Proposal],
    told: set[tuple[str, str]],
) -> Answer:
    found = outcome(ledger, seen, Suggested(row.url, row.url, "waiting", item=row.item or ""))
    proposal = proposals.get(found["story"])
    standing = _standing(found, proposal)
    said = proposal.note if proposal and standing in ("not wanted", "in the roadmap") else found["reason"]
    place = proposal.chapter if proposal else found["chapter"] or found["section"]
    return Answer(
        url=row.url,
        by=row.by,
        suggested_at=row.suggested_at,
        standing=standing,
        title=found["title"],
        place="" if standing == "off the roadmap" else place,
        reason=said,
        proposal=proposal.id if proposal else "",
        is_told=(row.url, standing) in told,
        asked_in=row.place,
        lang=row.lang,
    )


def _standing(found: Mapping[str, Any], proposal: Proposal | None) -> Standing:
    if proposal:
        return _OF_PROPOSALS[proposal.state]
    if found["standing"] == "refused":
        return "unreadable"
    if found["outcome"] in ("", "under way"):
        return "waiting"
    return "off the roadmap" if found["outcome"] == "off_roadmap" or not found["section"] else "filed"
