"""What people say of proposals: accept, edit, reject, later, revert. Every surface calls these and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from digestbot.domain import ActKind, Ground, Proposal, ProposalId
from digestbot.errors import ReviewError
from digestbot.review.applying import act_on, carry_out, is_being_reverted, outdated
from digestbot.review.desk import Desk, find, place_named
from digestbot.review.fitting import Fitted, anew, fitted, path_of, undo_of
from digestbot.review.marking import marked_changes
from digestbot.review.ports import Document
from digestbot.review.records import Decision, Reviewer
from digestbot.review.rules import TAKEN, count, due_of, require_open, require_seen, require_vote
from digestbot.roadmap import Change, Roadmap, changes_of, diff


def accept(desk: Desk, id: ProposalId, reviewer: Reviewer, now: datetime, seen: int = 0) -> Decision:
    """Give a vote for a proposal; with enough of them it is brought into the document at once.

    `seen` is the revision that the reviewer looked at, 0 where that is not known. Raises ReviewError for what was
    decided or changed since, and where the document moved on so that the change fits no more: then it is asked again.
    """
    proposal = find(desk.ledger, id)
    require_vote(reviewer)
    document = desk.document_of(proposal.roadmap)
    with document.alone():
        proposal = _present(desk, proposal, seen)
        fit = _fit(desk, document, proposal, now)
        if fit.fit == "made":
            return _made(desk, proposal, reviewer, fit.why, now)
        ready = proposal
        if fit.fit == "moved":
            ready = replace(proposal, diff=fit.diff, base=fit.changes[0].base)
        return _vote_for(desk, document, ready, reviewer, "accept", now)


def edit(
    desk: Desk,
    id: ProposalId,
    reviewer: Reviewer,
    now: datetime,
    words: str = "",
    lines: Sequence[Sequence[str]] = (),
    seen: int = 0,
    marked: str = "",
) -> Decision:
    """Give a vote for a proposal with words of the reviewer's own; earlier votes were on another text.

    `words` take the place of the line that introduces the resource, `lines` that of all new lines, a list for each of
    its places as `places` returns them; `marked` is its diff as `marked_text` gives it and the reviewer edited it, by
    which other lines may go, too. Raises ReviewError as `accept` does.
    """
    proposal = find(desk.ledger, id)
    require_vote(reviewer)
    document = desk.document_of(proposal.roadmap)
    with document.alone():
        proposal = _present(desk, proposal, seen)
        fit = _fit(desk, document, proposal, now)
        roadmap = document.read()
        if marked:
            changes = marked_changes(roadmap, fit.changes, marked)
        else:
            changes = _reworded(roadmap, proposal, words) if words else _relined(fit.changes, lines)
        edited = replace(
            proposal,
            merit=words or proposal.merit,
            base=roadmap.version,
            diff=diff(roadmap, changes, path_of(proposal)),
            revision=proposal.revision + 1,
        )
        return _vote_for(desk, document, edited, reviewer, "edit", now, detail=proposal.diff)


def places(proposal: Proposal) -> list[list[str]]:
    """Return the new lines of a proposal, without line ends, a list for each place of the document that it touches."""
    changes = changes_of(proposal.diff, proposal.chapter, proposal.base)
    return [[line.rstrip("\r\n") for line in change.new] for change in changes]


def reject(
    desk: Desk,
    id: ProposalId,
    reviewer: Reviewer,
    now: datetime,
    reason: str = "",
    ground: Ground = "other",
    wanted: str = "",
    seen: int = 0,
) -> Decision:
    """Give a vote against a proposal, and why; with enough of them it does not come back without new evidence.

    `wanted` is where a reviewer would rather see it, as `place_named` takes it; the ground is `wrong-place` then.
    """
    proposal = _present(desk, find(desk.ledger, id), seen)
    require_vote(reviewer)
    place = place_named(desk, proposal, wanted) if wanted else ""
    why: Ground = "wrong-place" if place else ground
    counted = count(proposal, desk.ledger.acts([proposal.id]), reviewer, "reject", desk.policy, now)
    if counted.state == "rejected":
        proposal = replace(proposal, decided_at=now, decided_by=reviewer.name, note=reason)
    after = act_on(desk, proposal, "reject", reviewer.name, now, counted.state, reason=reason, ground=why, detail=place)
    return Decision(after, counted.missing)


def later(desk: Desk, id: ProposalId, reviewer: Reviewer, now: datetime, until: datetime, reason: str = "") -> Decision:
    """Put a proposal off until an instant; it is due a term after that at the earliest.

    Raises ReviewError for an instant that is past, what was decided, and who may not decide.
    """
    proposal = _present(desk, find(desk.ledger, id), 0)
    require_vote(reviewer)
    if until <= now:
        raise ReviewError(f"{proposal.id} cannot be put off until {until:%Y-%m-%d %H:%M}: that is past")
    due = max(due_of(proposal, desk.policy), until + desk.policy.term / 2)
    put_off = replace(proposal, waits_until=until, due_at=due)
    return Decision(act_on(desk, put_off, "later", reviewer.name, now, "open", reason=reason))


def revert(desk: Desk, id: ProposalId, reviewer: Reviewer, now: datetime, reason: str = "") -> Decision:
    """Take an applied proposal out of the document again, and nothing else; raises ReviewError where it cannot be."""
    proposal = find(desk.ledger, id)
    require_vote(reviewer)
    document = desk.document_of(proposal.roadmap)
    with document.alone():
        proposal = find(desk.ledger, id)
        acts = desk.ledger.acts([proposal.id])
        if proposal.state != "applied" or is_being_reverted(acts):
            raise ReviewError(f"{proposal.id} is {proposal.state}: only what stands in the roadmap can be taken back")
        if not desk.hub and (hindrance := document.hindrance()):
            raise ReviewError(hindrance)
        undo_of(changes_of(proposal.diff, proposal.chapter, proposal.base))(document.read())
        asked = act_on(desk, proposal, "revert", reviewer.name, now, "applied", reason=reason)
        return carry_out(desk, document, asked, now)


def _vote_for(
    desk: Desk,
    document: Document,
    proposal: Proposal,
    reviewer: Reviewer,
    kind: ActKind,
    now: datetime,
    detail: str = "",
) -> Decision:
    counted = count(proposal, desk.ledger.acts([proposal.id]), reviewer, kind, desk.policy, now)
    if counted.missing:
        after = act_on(desk, proposal, kind, reviewer.name, now, counted.state, detail=detail)
        return Decision(after, counted.missing)
    if not desk.hub and (hindrance := document.hindrance()):
        raise ReviewError(f"{proposal.id} cannot be brought into the roadmap now: {hindrance}")
    decided = replace(proposal, decided_at=now, decided_by=reviewer.name)
    taken = act_on(desk, decided, kind, reviewer.name, now, counted.state, detail=detail)
    return carry_out(desk, document, taken, now)


def _present(desk: Desk, proposal: Proposal, seen: int) -> Proposal:
    """Return a proposal as it is by now; raises ReviewError where it was decided, or is another than was seen."""
    [present] = desk.ledger.proposal(proposal.id)
    if present.state in TAKEN:
        raise ReviewError(
            f"{present.id} was {present.state} by {present.decided_by} and is on its way into the roadmap"
        )
    require_open(present)
    require_seen(present, seen)
    return present


def _fit(desk: Desk, document: Document, proposal: Proposal, now: datetime) -> Fitted:
    """Return how a proposal fits by now; one that does not is asked again, or stale, and a ReviewError says so."""
    roadmap = document.read()
    fit = fitted(roadmap, proposal)
    if fit.fit != "gone":
        return fit
    if hindrance := "" if desk.hub else document.hindrance():
        # Marks of a conflict change what the lines around them are: a proposal is not stale for them.
        raise ReviewError(f"{proposal.id} cannot be brought into the roadmap now: {hindrance}")
    after = outdated(desk, roadmap, proposal, fit.why, now)
    told = (
        f"it was written anew: look again with 'digestbot review show {proposal.id}'"
        if after.state == "open"
        else "it is stale, and comes back when it can be written anew"
    )
    raise ReviewError(f"the roadmap has changed since {proposal.id} was proposed ({fit.why}); {told}")


def _made(desk: Desk, proposal: Proposal, reviewer: Reviewer, why: str, now: datetime) -> Decision:
    decided = replace(proposal, decided_at=now, decided_by=reviewer.name, note=why)
    after = act_on(desk, decided, "accept", reviewer.name, now, "applied", reason=why)
    return Decision(after, notes=(why,))


def _reworded(roadmap: Roadmap, proposal: Proposal, words: str) -> tuple[Change, ...]:
    if proposal.kind not in ("add", "replace"):
        raise ReviewError(f"{proposal.id} is no new resource: edit its lines instead of the words that introduce it")
    return anew(roadmap, replace(proposal, merit=words))


def _relined(changes: Sequence[Change], lines: Sequence[Sequence[str]]) -> tuple[Change, ...]:
    """Put other new lines into changes, each line with the line end of those that it takes the place of."""
    if len(lines) != len(changes):
        raise ReviewError(f"the edit has {len(lines)} places and the proposal {len(changes)}: keep their number")
    edited = []
    for change, own in zip(changes, lines, strict=True):
        ends = [line[len(line.rstrip("\r\n")) :] for line in (*change.new, *change.old, *change.before, *change.behind)]
        end = next(filter(None, ends), "\n")
        edited.append(replace(change, new=tuple(line.rstrip("\r\n") + end for line in own)))
    return tuple(edited)
