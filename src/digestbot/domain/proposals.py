"""Changes to the roadmap that wait for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digestbot.domain.kinds import ProposalId, ProposalState, StoryId


@dataclass(frozen=True)
class Proposal:
    """A resource that a chapter of the roadmap should have, with its evidence.

    `base` is the version of the document that `diff` was made against; `merit` is the line that introduces it.
    """

    id: ProposalId
    story: StoryId
    roadmap: str
    section: str
    chapter: str
    title: str
    url: str
    medium: str
    merit: str
    base: str
    diff: str
    reason: str
    evidence: tuple[str, ...]
    confidence: float
    created_at: datetime
    state: ProposalState = "open"
    decided_at: datetime | None = None
    decided_by: str = ""
    note: str = ""
