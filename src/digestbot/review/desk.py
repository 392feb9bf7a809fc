"""The desk at which proposals are looked at: one set of functions for every surface. It changes nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from digestbot.domain import Act, Proposal, ProposalId, ProposalState
from digestbot.errors import DigestbotError, ReviewError
from digestbot.review.fitting import Fitted, fitted
from digestbot.review.ports import Document, Hub, ReviewLedger
from digestbot.review.records import Policy, Standing
from digestbot.review.rules import due_of, needed, votes


@dataclass(frozen=True)
class Desk:
    """All that a review needs. Its functions are plain and may be called from any thread, not from an event loop.

    `document_of` opens the roadmap of a name; `hub` is there where changes are asked for by pull request.
    """

    ledger: ReviewLedger
    document_of: Callable[[str], Document]
    policy: Policy = field(default_factory=Policy)
    hub: Hub | None = None


def find(ledger: ReviewLedger, prefix: str) -> Proposal:
    """Return the one proposal whose id begins so; raises ReviewError when there is none or more than one."""
    found = ledger.proposal(prefix) if prefix else []
    if not found:
        raise ReviewError(f"there is no proposal {prefix!r}: see 'digestbot review list'")
    if len(found) > 1:
        raise ReviewError(f"{prefix!r} could be {', '.join(p.id for p in found)}: write more of the id")
    return found[0]


def waiting(desk: Desk, now: datetime, roadmap: str = "") -> list[Proposal]:
    """Return the open proposals of a roadmap, or of all, soonest due first; those put off until later are left out.

    Each has a due date, also those that were made without one.
    """
    found = [
        replace(proposal, due_at=due_of(proposal, desk.policy))
        for proposal in desk.ledger.proposals(state="open")
        if (not roadmap or proposal.roadmap == roadmap)
        and (proposal.waits_until is None or proposal.waits_until <= now)
    ]
    return sorted(found, key=lambda one: (one.due_at or now, one.created_at, one.id))


def standing(desk: Desk, id: ProposalId, now: datetime) -> Standing:
    """Return a proposal with its votes and acts, and with what accepting it would do to the document as it is now."""
    proposal = find(desk.ledger, id)
    proposal = replace(proposal, due_at=due_of(proposal, desk.policy))
    acts = desk.ledger.acts([proposal.id])
    if proposal.state != "open":
        return _standing(proposal, acts, Fitted("fits", diff=proposal.diff), 0)
    try:
        fit = fitted(desk.document_of(proposal.roadmap).read(), proposal)
    except DigestbotError as error:  # a roadmap that cannot be read hides no proposal for it
        fit = Fitted("gone", why=str(error))
    said = votes(acts, proposal.revision)
    return _standing(proposal, acts, fit, max(1, needed(proposal, desk.policy, now) - len(said.accepts)))


def place_named(desk: Desk, proposal: Proposal, wanted: str) -> str:
    """Return the place of a proposal's roadmap that somebody named, as `section/chapter`.

    Raises ReviewError where there is none: a section, a chapter or both are names.
    """
    section, _, chapter = wanted.rpartition("/")
    for found in desk.document_of(proposal.roadmap).read().sections:
        own = {one.id for one in found.chapters}
        if (not section or found.id == section) and chapter in own:
            return f"{found.id}/{chapter}"
        if not section and found.id == chapter:
            return f"{found.id}/"
    raise ReviewError(f"the roadmap {proposal.roadmap!r} has no place {wanted!r}: expected SECTION, CHAPTER or both")


def audit(ledger: ReviewLedger, prefix: str = "", state: ProposalState | None = None) -> list[Act]:
    """Return the audit log, oldest first: of one proposal, of those in a state, or whole."""
    found = [find(ledger, prefix)] if prefix else ledger.proposals(state=state)
    return sorted(ledger.acts([one.id for one in found]), key=lambda act: (act.at, act.proposal, act.number))


def _standing(proposal: Proposal, acts: Sequence[Act], fit: Fitted, missing: int) -> Standing:
    said = votes(acts, proposal.revision)
    return Standing(proposal, tuple(acts), fit.fit, fit.diff, fit.why, said.accepts, said.rejects, missing)
