"""How much of what was proposed was taken, by chapter and by kind. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from digestbot.domain import Act, Judged, Proposal, ProposalId

_CAUTION = 4.0
"""How many decisions weigh as much as what is known of the whole: few decisions move a figure little."""
_DECIDED = ("accepted", "edited", "applied", "rejected", "reverted")

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Rate:
    """Decisions in figures. `edited` are among `taken`; `share` is how much is likely to be taken, 0–1.

    What was taken back later counts as rejected.
    """

    taken: int = 0
    edited: int = 0
    rejected: int = 0
    waiting: int = 0
    share: float = 0.5

    @property
    def decided(self) -> int:
        """How many decisions these are."""
        return self.taken + self.rejected


def judged(acts: Iterable[Act]) -> list[Judged]:
    """Return the decisions that acts led to, in the order of proposals; the last one on each counts."""
    found: dict[ProposalId, Judged] = {}
    for act in acts:
        if act.state not in _DECIDED:
            found.pop(act.proposal, None)
        elif act.kind in ("accept", "edit"):
            edited = act.kind == "edit" or act.state == "edited"
            found[act.proposal] = Judged(act.proposal, True, edited, "", "", act.at)
        elif act.kind == "reject":
            found[act.proposal] = Judged(act.proposal, False, False, act.ground, act.detail, act.at)
        elif act.state in ("rejected", "reverted"):
            found[act.proposal] = Judged(act.proposal, False, False, "other", "", act.at)
    return list(found.values())


def rates(
    proposals: Sequence[Proposal], decisions: Iterable[Judged], key: Callable[[Proposal], Key]
) -> dict[Key, Rate]:
    """Return the figures of each group of proposals, such as `lambda one: one.chapter`.

    A group's share leans on that of all decisions, which itself begins at one half.
    """
    by_id = {one.proposal: one for one in decisions}
    counts: dict[Key, Counter[str]] = {}
    for proposal in proposals:
        counts.setdefault(key(proposal), Counter()).update(_words(proposal, by_id))
    everything: Counter[str] = sum(counts.values(), Counter())
    prior = _share(everything, 0.5)
    return {name: _rate(own, prior) for name, own in counts.items()}


def overall(proposals: Sequence[Proposal], decisions: Iterable[Judged]) -> Rate:
    """Return the figures of all proposals together."""
    by_id = {one.proposal: one for one in decisions}
    counts = Counter(word for proposal in proposals for word in _words(proposal, by_id))
    return _rate(counts, 0.5)


def _words(proposal: Proposal, decisions: Mapping[ProposalId, Judged]) -> list[str]:
    decision = decisions.get(proposal.id)
    if decision is None:
        return ["waiting"] if proposal.state == "open" else []
    return ["taken", *(["edited"] if decision.edited else [])] if decision.taken else ["rejected"]


def _rate(counts: Counter[str], prior: float) -> Rate:
    return Rate(
        counts["taken"], counts["edited"], counts["rejected"], counts["waiting"], round(_share(counts, prior), 4)
    )


def _share(counts: Counter[str], prior: float) -> float:
    return (counts["taken"] + _CAUTION * prior) / (counts["taken"] + counts["rejected"] + _CAUTION)
