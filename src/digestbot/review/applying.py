"""Brings what was decided into the document, and finishes what a crash, a full disk or a lost network left half done.

The decision is recorded first, then the document is changed, then that is recorded. Each part is done again without
harm, so that whatever is found decided and not in the document is simply brought there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from digestbot.domain import TAKEN_BACK, Act, ActKind, Proposal, ProposalState
from digestbot.errors import DigestbotError, ReviewError, StoreError
from digestbot.review.desk import Desk
from digestbot.review.fitting import anew, fitted, patch_of, path_of, undo_of
from digestbot.review.message import key_of, signed_change, signed_revert
from digestbot.review.ports import Document, Patch, Request, Signed, Written
from digestbot.review.records import Decision
from digestbot.review.rules import TAKEN, votes
from digestbot.roadmap import Change, Roadmap, changes_of, diff

BOT = "digestbot"


def finish(desk: Desk, now: datetime) -> list[Decision]:
    """Bring every decision that is not in the document into it; return what became of each.

    Asks what became of pull requests. A proposal that fits no more is asked again, or is stale; a stale one is asked
    again as soon as it fits, but for one whose work was withdrawn.
    """
    due = [one for state in TAKEN for one in desk.ledger.proposals(state=state)]
    due += [one for one in desk.ledger.proposals(state="applied") if is_being_reverted(desk.ledger.acts([one.id]))]
    due += [one for one in desk.ledger.proposals(state="stale") if not _is_over(desk.ledger.acts([one.id]))]
    return [decision for proposal in due if (decision := _finished(desk, proposal, now))]


def _is_over(acts: Sequence[Act]) -> bool:
    return bool(acts) and acts[-1].detail == TAKEN_BACK


def _finished(desk: Desk, proposal: Proposal, now: datetime) -> Decision | None:
    """Finish one decision, None where somebody else did; a roadmap that is gone keeps no other one from it."""
    try:
        document = desk.document_of(proposal.roadmap)
        with document.alone():
            [present] = desk.ledger.proposal(proposal.id)
            if present.steps != proposal.steps:
                return None
            if present.state == "stale":
                return _revived(desk, document.read(), present, now)
            return carry_out(desk, document, present, now)
    except DigestbotError as error:
        return Decision(proposal, notes=(str(error),))


def _revived(desk: Desk, roadmap: Roadmap, proposal: Proposal, now: datetime) -> Decision | None:
    """Ask a stale proposal again where the document takes it by now, None where it does not."""
    fit = fitted(roadmap, proposal)
    try:
        changes = fit.changes if fit.fit in ("fits", "moved") else anew(roadmap, proposal)
    except ReviewError:
        return None
    return Decision(ask_again(desk, roadmap, proposal, changes, now))


def is_being_reverted(acts: Sequence[Act]) -> bool:
    """Whether somebody asked for a proposal to be taken back, and nothing came of it so far."""
    kinds = [act.kind for act in acts if act.kind in ("applied", "revert", "reverted", "closed")]
    return bool(kinds) and kinds[-1] == "revert"


def carry_out(desk: Desk, document: Document, proposal: Proposal, now: datetime) -> Decision:
    """Bring a decided proposal into the document, or out of it; the document is held by the caller.

    What keeps it from there is a note: the decision stands, and the next try may succeed.
    """
    acts = desk.ledger.acts([proposal.id])
    is_revert = is_being_reverted(acts)
    changes = changes_of(proposal.diff, proposal.chapter, proposal.base)
    patch = undo_of(changes) if is_revert else patch_of(changes)
    signed = _signed(desk, proposal, acts, is_revert=is_revert)
    try:
        if desk.hub:
            found = desk.hub.request(key_of(proposal, is_revert=is_revert), document.read(), patch, signed)
            return _requested(desk, proposal, acts, found, now, is_revert=is_revert)
        written = _written(document, patch, signed)
    except ReviewError as error:
        return _unfit(desk, document, proposal, str(error), now, is_revert=is_revert)
    except StoreError as error:
        note = f"{error}; the decision stands, and the next review command tries again"
        if not acts or (acts[-1].kind, acts[-1].reason) != ("not applied", str(error)):
            proposal = act_on(desk, proposal, "not applied", BOT, now, proposal.state, reason=str(error))
        return Decision(proposal, notes=(note,))
    state: ProposalState = "reverted" if is_revert else "applied"
    proposal = act_on(desk, proposal, state, BOT, now, state, detail=written.commit, reason=written.note)  # type: ignore[arg-type]  # both words are states and acts
    return Decision(proposal, reference=written.commit, notes=tuple(filter(None, (written.note,))))


def outdated(desk: Desk, roadmap: Roadmap, proposal: Proposal, why: str, now: datetime) -> Proposal:
    """Record that a proposal fits no more, and ask it again where it can be written anew for the present document."""
    after = act_on(desk, replace(proposal, note=why), "stale", BOT, now, "stale", reason=why)
    try:
        changes = anew(roadmap, after)
    except ReviewError:
        return after
    return ask_again(desk, roadmap, after, changes, now)


def ask_again(desk: Desk, roadmap: Roadmap, proposal: Proposal, changes: Sequence[Change], now: datetime) -> Proposal:
    """Open a proposal anew with changes for the present document; earlier votes were on another text."""
    anew = replace(
        proposal,
        base=roadmap.version,
        diff=diff(roadmap, changes, path_of(proposal)),
        revision=proposal.revision + 1,
        due_at=now + desk.policy.term,
        decided_at=None,
        decided_by="",
        note="",
        reference="",
    )
    return act_on(desk, anew, "asked again", BOT, now, "open")


def act_on(
    desk: Desk, after: Proposal, kind: ActKind, by: str, now: datetime, state: ProposalState, **more: str
) -> Proposal:
    """Record an act by which a proposal becomes `after` in a state; raises ReviewError when somebody was quicker."""
    after = replace(after, state=state, steps=after.steps + 1)
    if kind in ("applied", "requested", "reverted") and more.get("detail"):
        after = replace(after, reference=more["detail"])
    act = Act(after.id, after.steps, now, by, kind, state, after.revision, **more)  # type: ignore[arg-type]  # grounds are checked where they come in
    if not desk.ledger.advance(after, act):
        raise ReviewError(
            f"{after.id} was decided by somebody else at the same time: see 'digestbot review show {after.id}'"
        )
    return after


def _written(document: Document, patch: Patch, signed: Signed) -> Written:
    if hindrance := document.hindrance():
        raise StoreError(hindrance)
    return document.write(patch, signed)


def _signed(desk: Desk, proposal: Proposal, acts: Sequence[Act], *, is_revert: bool) -> Signed:
    if is_revert:
        asked = next(act for act in reversed(acts) if act.kind == "revert")
        return signed_revert(proposal, desk.policy.reviewer(asked.by), asked.reason)
    names = votes(acts, proposal.revision).accepts or (proposal.decided_by,)
    return signed_change(proposal, [desk.policy.reviewer(name) for name in names if name])


def _requested(
    desk: Desk, proposal: Proposal, acts: Sequence[Act], found: Request, now: datetime, *, is_revert: bool
) -> Decision:
    """Record what became of a pull request; one that was closed is a rejection by whoever closed it."""
    if found.state == "merged":
        state: ProposalState = "reverted" if is_revert else "applied"
        kind: ActKind = "reverted" if is_revert else "applied"
        proposal = act_on(desk, proposal, kind, BOT, now, state, detail=found.commit or found.url, reason=found.url)
    elif found.state == "closed":
        closed: ProposalState = "applied" if is_revert else "rejected"
        note = f"its pull request was closed: {found.url}"
        proposal = act_on(desk, replace(proposal, note=note), "closed", BOT, now, closed, reason=note, detail=found.url)
    elif not any(act.kind == "requested" and act.detail == found.url for act in acts):
        proposal = act_on(desk, proposal, "requested", BOT, now, proposal.state, detail=found.url)
    return Decision(proposal, reference=found.url)


def _unfit(desk: Desk, document: Document, proposal: Proposal, why: str, now: datetime, *, is_revert: bool) -> Decision:
    if is_revert:
        note = f"it cannot be taken back: {why}"
        return Decision(act_on(desk, proposal, "closed", BOT, now, "applied", reason=note), notes=(note,))
    after = outdated(desk, document.read(), proposal, why, now)
    told = "it was written anew for the present roadmap: look again" if after.state == "open" else "it is stale"
    return Decision(after, notes=(f"{why}; {told}",))
