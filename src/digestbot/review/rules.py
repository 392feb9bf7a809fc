"""The rules of a decision: who may act, whose votes count, when they are enough. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digestbot.domain import Act, ActKind, Proposal, ProposalState
from digestbot.errors import ReviewError
from digestbot.review.records import Policy, Reviewer

TAKEN: tuple[ProposalState, ...] = ("accepted", "edited")
"""Decided, and not in the document yet."""
_ASKED_ANEW: tuple[ActKind, ...] = ("asked again",)
_FOR: tuple[ActKind, ...] = ("accept", "edit")


@dataclass(frozen=True)
class Votes:
    """Who last said what of a proposal's present text, in the order in which they first spoke."""

    accepts: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Count:
    """Where a vote leads: the state after it, and how many more such votes would change that, 0 when it decides."""

    state: ProposalState
    missing: int


def require_vote(reviewer: Reviewer) -> None:
    """Raise ReviewError for somebody who may look only."""
    if reviewer.role == "reader":
        raise ReviewError(f"{reviewer.name!r} may look and not decide: reviewers are named in DIGESTBOT_REVIEWERS")


def require_open(proposal: Proposal) -> None:
    """Raise ReviewError for a proposal that was decided, naming who did and when."""
    if proposal.state == "stale":
        raise ReviewError(
            f"{proposal.id} is stale, not to be decided on: {proposal.note or 'it fits the roadmap no more'}"
        )
    if proposal.state != "open":
        when = f" on {proposal.decided_at:%Y-%m-%d}" if proposal.decided_at else ""
        raise ReviewError(f"{proposal.id} was {proposal.state} by {proposal.decided_by or 'somebody'}{when}")


def require_seen(proposal: Proposal, seen: int) -> None:
    """Raise ReviewError where a reviewer looked at another text than what is decided now; 0 takes what there is."""
    if seen and seen != proposal.revision:
        raise ReviewError(
            f"{proposal.id} was changed since you saw it: look again with 'digestbot review show {proposal.id}'"
        )


def votes(acts: Sequence[Act], revision: int) -> Votes:
    """Return the votes on a revision; a later word of the same reviewer takes the place of the earlier one."""
    said: dict[str, bool] = {}
    for act in acts:
        if act.kind in _ASKED_ANEW:
            said.clear()
        elif act.revision == revision and act.kind in (*_FOR, "reject"):
            said[act.by] = act.kind in _FOR
    return Votes(tuple(who for who, yes in said.items() if yes), tuple(who for who, yes in said.items() if not yes))


def needed(proposal: Proposal, policy: Policy, now: datetime) -> int:
    """Return how many have to say the same: the quorum, or one when the proposal is overdue."""
    return 1 if due_of(proposal, policy) <= now else max(1, policy.quorum)


def due_of(proposal: Proposal, policy: Policy) -> datetime:
    """Return until when a proposal should be decided: its own date, else a term after it was made."""
    return proposal.due_at or proposal.created_at + policy.term


def count(
    proposal: Proposal, acts: Sequence[Act], reviewer: Reviewer, kind: ActKind, policy: Policy, now: datetime
) -> Count:
    """Return where a vote leads that `reviewer` gives on the proposal's present revision.

    What somebody edited is a new text: votes on the one before it do not count.
    """
    before = votes(acts, proposal.revision)
    is_for = kind in _FOR
    same = {reviewer.name, *(before.accepts if is_for else before.rejects)}
    missing = 0 if reviewer.role == "lead" else max(0, needed(proposal, policy, now) - len(same))
    if missing:
        return Count("open", missing)
    if not is_for:
        return Count("rejected", 0)
    was_edited = proposal.revision > 1 and any(act.kind == "edit" and act.revision == proposal.revision for act in acts)
    return Count("edited" if kind == "edit" or was_edited else "accepted", 0)
