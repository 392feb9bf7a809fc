"""A proposal's life: open → accepted, edited or rejected; an accepted one stands in the document at once.

Everything that decides is here; terminal, Discord and web only ask.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from digestbot.domain import Proposal, ProposalId, ProposalState
from digestbot.errors import ReviewError
from digestbot.keys import canonical_url
from digestbot.roadmap import Change, Roadmap, apply, changes_of, links, propose_resource


class ReviewLedger(Protocol):
    """What reviewing asks of the ledger."""

    def proposal(self, prefix: str) -> list[Proposal]: ...
    def decide(
        self, id: ProposalId, expected: ProposalState, state: ProposalState, now: datetime, by: str, note: str
    ) -> bool: ...


class RoadmapStore(Protocol):
    """What reviewing asks of the document."""

    def read(self) -> Roadmap: ...
    def write(self, roadmap: Roadmap, base: str, message: str) -> str: ...


@dataclass(frozen=True)
class Decision:
    """What became of a proposal; `commit` is empty where the roadmap is in no repository of ours."""

    proposal: Proposal
    commit: str = ""


def find(ledger: ReviewLedger, prefix: str) -> Proposal:
    """Return the one proposal whose id begins so; raises ReviewError when there is none or more than one."""
    found = ledger.proposal(prefix) if prefix else []
    if not found:
        raise ReviewError(f"there is no proposal {prefix!r}: see 'digestbot review list'")
    if len(found) > 1:
        raise ReviewError(f"{prefix!r} could be {', '.join(p.id for p in found)}: write more of the id")
    return found[0]


def accept(
    ledger: ReviewLedger, store: RoadmapStore, proposal: Proposal, by: str, now: datetime, merit: str = ""
) -> Decision:
    """Put the resource into the document and record the decision; with a `merit` of the reviewer's it is `edited`.

    The document is changed first and the decision recorded after: a crash in between leaves a proposal open whose
    resource stands in the document, and accepting it again then only records that.
    """
    _still_open(proposal)
    document = store.read()
    if document.name != proposal.roadmap:
        raise ReviewError(f"{proposal.id} is for the roadmap {proposal.roadmap!r}: set DIGESTBOT_ROADMAP to it")
    changed, commit = document, ""
    if canonical_url(proposal.url) not in links(document):
        changed = apply(document, *_changes(document, proposal, merit))
        commit = store.write(changed, document.version, message_of(proposal, by))
    try:
        return _record(ledger, proposal, "edited" if merit else "accepted", by, now, merit, commit)
    except ReviewError:
        if changed is not document:
            # Somebody turned it down while the document was written, and the first decision holds.
            store.write(document, changed.version, f"Take back {proposal.title[:60]}\n\nIt was decided otherwise.\n")
        raise


def reject(ledger: ReviewLedger, proposal: Proposal, by: str, now: datetime, reason: str) -> Decision:
    """Record that the proposal is not wanted, and why."""
    _still_open(proposal)
    return _record(ledger, proposal, "rejected", by, now, reason, "")


def message_of(proposal: Proposal, by: str) -> str:
    """Return the commit message: what, where, why, on what evidence, and who said so."""
    evidence = "".join(f"\n> {sentence}" for sentence in proposal.evidence[:3])
    return (
        f"Add {proposal.title[:60]}\n\nTo the chapter {proposal.chapter!r}. {proposal.reason}\n{proposal.url}\n"
        f"{evidence}\n\n"
        f"Digestbot-Proposal: {proposal.id}\nReviewed-by: {by}\n"
    )


def _changes(document: Roadmap, proposal: Proposal, merit: str) -> tuple[Change, ...]:
    """What the reviewer saw, or with words of the reviewer's own the same line written anew."""
    if not merit:
        return changes_of(proposal.diff, proposal.chapter, proposal.base)
    return (propose_resource(document, proposal.chapter, proposal.title, proposal.url, proposal.medium, merit),)


def _still_open(proposal: Proposal) -> None:
    if proposal.state != "open":
        when = f" on {proposal.decided_at:%Y-%m-%d}" if proposal.decided_at else ""
        raise ReviewError(f"{proposal.id} was {proposal.state} by {proposal.decided_by or 'somebody'}{when}")


def _record(
    ledger: ReviewLedger, proposal: Proposal, state: ProposalState, by: str, now: datetime, note: str, commit: str
) -> Decision:
    if not ledger.decide(proposal.id, "open", state, now, by, note):
        raise ReviewError(
            f"{proposal.id} was decided by somebody else at the same time: see 'digestbot review show {proposal.id}'"
        )
    return Decision(replace(proposal, state=state, decided_by=by, decided_at=now, note=note), commit)
