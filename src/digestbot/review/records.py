"""Who reviews, under which rules, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from digestbot.domain import Act, Proposal

Role = Literal["reader", "reviewer", "lead"]
"""A reader looks, a reviewer has a vote, a lead's word is enough by itself."""
Fit = Literal["fits", "moved", "gone", "made"]


@dataclass(frozen=True)
class Reviewer:
    """Somebody who acts on proposals; `mail` makes them co-author of what they accept, where it is known."""

    name: str
    role: Role = "reviewer"
    mail: str = ""


@dataclass(frozen=True)
class Policy:
    """The rules of a review.

    `quorum` is how many must say the same; past its due date one is enough. With no reviewers named, whoever can reach
    the review has a vote.
    """

    quorum: int = 1
    term: timedelta = timedelta(days=14)
    reviewers: Mapping[str, Reviewer] = field(default_factory=dict)

    def reviewer(self, name: str) -> Reviewer:
        """Return who this is: a reader where reviewers are named and this is none of them."""
        return self.reviewers.get(name) or Reviewer(name, "reader" if self.reviewers else "reviewer")


@dataclass(frozen=True)
class Standing:
    """A proposal as it stands on the present document.

    `diff` is what accepting it would do now, "" where it no longer fits and `why` says so. `accepts` and `rejects` name
    who voted so on this revision, `missing` is how many more votes an acceptance takes, 0 when it is decided.
    """

    proposal: Proposal
    acts: tuple[Act, ...]
    fit: Fit
    diff: str
    why: str
    accepts: tuple[str, ...]
    rejects: tuple[str, ...]
    missing: int

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been decided before."""
        due = self.proposal.due_at
        return self.proposal.state == "open" and due is not None and due <= now


@dataclass(frozen=True)
class Decision:
    """What became of a proposal by an act.

    `missing` is how many votes are still to come; then it stays open. `reference` is a commit or a pull request, empty
    where there is none. `notes` tell what a reviewer should know beside: a push that failed, a document not committed.
    """

    proposal: Proposal
    missing: int = 0
    reference: str = ""
    notes: tuple[str, ...] = ()
