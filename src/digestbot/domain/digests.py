"""What is told, and what became of it on its way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from digestbot.domain.filings import Filed
from digestbot.domain.kinds import DeliveryState, DigestId, DigestLang, Level, ProposalId, StoryId
from digestbot.domain.stories import News
from digestbot.domain.subscriptions import Channel


@dataclass(frozen=True)
class Entry:
    """A story in a digest, ready for a reader."""

    story: StoryId
    title: str
    url: str
    medium: str
    tldr: str
    points: tuple[str, ...]
    why: str
    relevance: float
    basis: str
    others: tuple[tuple[str, str, str], ...] = ()
    """The story's other media: (medium, title, url)."""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    label: Literal["", "Update", "Withdrawn"] = ""
    """Whether it is told again, or was taken back; `change` says what happened."""
    change: str = ""
    first_told_at: datetime | None = None
    """When a digest of this subscription first held the story; None in that digest itself."""
    before: tuple[str, ...] = ()
    """What the roadmap says to know first, in its own words."""
    written: str = ""
    """The language of the summary where it is not the digest's."""
    level: Level | Literal[""] = ""
    because: str = ""
    """Why this subscription got it, in the digest's language."""


@dataclass(frozen=True)
class DigestSection:
    """A section of the roadmap, its best stories first; those beyond the digest's length are `brief`: a line each."""

    id: str
    title: str
    entries: tuple[Entry, ...]
    brief: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Foot:
    """What was done to make a digest, told honestly: outcomes, feeds that failed, who wrote it, what it cost."""

    outcomes: dict[str, int] = field(default_factory=dict, hash=False)
    failed_feeds: tuple[tuple[str, str], ...] = ()
    models: tuple[str, ...] = ()
    tokens: int = 0
    cost_usd: float | None = 0.0
    degraded: str = ""
    dropped: int = 0
    """Sentences of the summaries that were taken out because their sources do not show them."""
    headlines: int = 0
    """Stories that stand by their titles alone, since no money was left for their summaries."""


@dataclass(frozen=True)
class Growth:
    """A chapter with more stories in a week than the weeks before let expect; `p` is the chance of that by luck."""

    section: str
    title: str
    count: int
    weekly_before: float
    p: float


@dataclass(frozen=True)
class Topic:
    """Words that several stories without a chapter share in their titles, with two of these titles."""

    words: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Trends:
    """What changed in a week against the weeks before it; `weeks_before` is how many of those are known."""

    weeks_before: int
    growing: tuple[Growth, ...] = ()
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True)
class Digest:
    """What one subscription is sent at one time.

    `left_out` counts the stories beyond its length that are not told at all; a `note` is a digest with nothing to tell.
    """

    id: DigestId
    subscription: str
    roadmap_title: str
    created_at: datetime
    lead: str
    sections: tuple[DigestSection, ...]
    proposals: tuple[tuple[ProposalId, str], ...]
    foot: Foot
    lang: DigestLang = "en"
    zone: str = "UTC"
    left_out: int = 0
    note: bool = False
    trends: Trends | None = None
    subject: str = ""
    """Its first line where it is no subscriber's digest but a word to the operators, which has no foot."""
    earlier: tuple[DigestId, ...] = ()
    """The subscription's digests that first told the stories which this one has news of, oldest first."""

    def content(self) -> Digest:
        """Return what it says, whoever it is for: equal for all who get the same."""
        return replace(self, id=DigestId(""), subscription="", earlier=())


@dataclass(frozen=True)
class Receipt:
    """What became of a delivery; `reference` is the channel's own name for it (a path, a Message-ID, a message id)."""

    digest: DigestId
    channel: Channel
    state: DeliveryState
    at: datetime
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Update:
    """A story that a subscription was sent before, and what has become new about it since, oldest first."""

    filed: Filed
    news: tuple[News, ...]
    first_told_at: datetime
    first_told_in: DigestId | Literal[""] = ""


@dataclass(frozen=True)
class Delivery:
    """A row of the outbox: a digest on its way over one channel, at its `attempts`-th try if it is begun now.

    `doubt` says that an earlier try may have arrived.
    """

    key: str
    digest: Digest
    channel: Channel
    attempts: int
    doubt: bool


@dataclass(frozen=True)
class Suspension:
    """An address that nothing is sent to any more, since when and why."""

    channel: Channel
    at: datetime
    reason: str
