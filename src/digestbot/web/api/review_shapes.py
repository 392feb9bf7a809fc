"""What the API says of proposals: the shapes of its JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from digestbot.domain import ProposalState
from digestbot.web.api.shapes import Shape


class Quote(Shape):
    """Words that a proposal rests on."""

    text: str
    source: str


class Proposal(Shape):
    """A change to a roadmap that waits for a decision, or was decided."""

    id: str
    page: str = Field(default="", description="its page here")
    state: ProposalState
    kind: str
    roadmap: str
    section: str
    chapter: str
    title: str
    url: str
    old_url: str = Field(description="of the resource that is replaced or goes")
    medium: str
    merit: str = Field(description="the line that introduces it")
    story: str
    reason: str
    quotes: list[Quote]
    signs: list[str]
    confidence: float
    revision: int = Field(description="grows with every change of its text: send it back as `seen`")
    created_at: datetime
    due_at: datetime | None
    waits_until: datetime | None
    decided_at: datetime | None
    reference: str = Field(description="where it went: a commit or a pull request")


class Proposals(Shape):
    """Proposals in a row, the latest first."""

    proposals: list[Proposal]
    next: str | None = Field(default=None, description="the address of what comes after these; null at the end")


class Act(Shape):
    """One line of what happened to a proposal."""

    at: datetime
    by: str = Field(description="empty for those who sent no token")
    kind: str
    state: str
    ground: str
    reason: str


class WholeProposal(Proposal):
    """A proposal as it stands on the present document."""

    fit: str = Field(description="fits, moved, gone or made")
    why_not: str = Field(description="why it does not fit; empty for those who sent no token")
    diff: str = Field(description="what accepting it would do now")
    accepts: int
    rejects: int
    missing: int = Field(description="how many more votes an acceptance takes")
    acts: list[Act]


class Voted(Shape):
    """What became of a proposal by a vote."""

    proposal: WholeProposal
    missing: int = Field(description="how many more such votes are wanted before it is decided")
    reference: str
    notes: list[str]
