"""Changes to the roadmap that wait for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digestbot.domain.kinds import ProposalId, ProposalKind, ProposalState, StoryId


@dataclass(frozen=True)
class Quote:
    """Words that a proposal rests on, as they stand at `source`, an address."""

    text: str
    source: str


@dataclass(frozen=True)
class Proposal:
    """A change to one chapter of the roadmap, with its evidence.

    `diff` is the whole change, in one or more hunks, made against version `base` of the document; `anchor` is the
    version of the chapter alone. `chapter` is the one that a new chapter comes behind. `title`, `url`, `medium` and
    `merit`, the line that introduces it, are those of the resource that it brings in, as far as it brings one.
    """

    id: ProposalId
    story: StoryId
    """The first of `stories`; empty where none is behind it."""
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
    """`accepted` and `edited` are decided and not in the document yet, `applied` stands in it."""
    decided_at: datetime | None = None
    decided_by: str = ""
    note: str = ""
    kind: ProposalKind = "add"
    stories: tuple[StoryId, ...] = ()
    """All stories behind it, the best first."""
    subject: str = ""
    """What it is about: there are never two open proposals for one subject."""
    old_url: str = ""
    """The address of the resource that is replaced, retired, merged away or corrected."""
    anchor: str = ""
    quotes: tuple[Quote, ...] = ()
    signs: tuple[str, ...] = ()
    """What spoke for it beside its own text; a rejected idea comes back only with a sign that it lacked."""
    due_at: datetime | None = None
    """Until when it should be decided."""
    waits_until: datetime | None = None
    """Until when a reviewer put it off."""
    revision: int = 1
    """Grows with every change of what is to be accepted."""
    steps: int = 0
    """How often somebody acted on it."""
    reference: str = ""
    """Where it went: a commit, or a pull request."""
