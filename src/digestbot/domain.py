"""The records that travel along the line. Standard library only; every instant is aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NewType

FeedId = NewType("FeedId", str)
ItemId = NewType("ItemId", str)
"""What an item is, not where it was seen: `arxiv:2604.01234`, `youtube:…`, `url:https://…`."""
StoryId = NewType("StoryId", str)
ProposalId = NewType("ProposalId", str)
DigestId = NewType("DigestId", str)

FeedKind = Literal["arxiv", "feed", "youtube", "suggested"]
"""`suggested` is the one feed that no file lists: what people handed in by address."""
Medium = Literal["paper", "post", "video", "repository"]
Outcome = Literal["filed", "off_roadmap", "duplicate", "joined", "known", "filtered", "baseline", "failed"]
"""Where an item ended: see `pipeline.line`. `known` is counted in a run's report and never recorded."""
Step = Literal["fetch", "dedupe", "triage", "read", "summarize", "propose", "publish", "deliver"]
ChannelKind = Literal["terminal", "file", "maildir", "smtp", "discord_webhook", "webhook", "atom"]
DeliveryState = Literal["pending", "sending", "sent", "in_doubt", "dead"]
NewsKind = Literal["withdrawn", "accepted", "code", "claims"]
PauseReason = Literal["", "failing", "gone", "by hand"]
"""Why a feed is no longer asked: it failed for days, its origin said that it is no more, or a person wanted it."""
PointKind = Literal["", "new", "how", "result", "limits"]
Level = Literal["introductory", "intermediate", "advanced"]
ProposalState = Literal["open", "accepted", "edited", "rejected", "stale", "applied", "reverted"]
CadenceKind = Literal["instant", "daily", "weekdays", "weekly", "cron"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Length = Literal["headlines", "short", "full"]
Rest = Literal["brief", "count"]
EmptyPolicy = Literal["skip", "note", "always"]
DigestLang = Literal["en", "zh-Hans", "zh-Hant"]
ReasonKind = Literal["section", "chapter", "keyword", "without", "medium", "level", "relevance", "language"]

Failure = Literal["passing", "for good", "early"]
"""How a suggestion failed: it may go another time, never, or is not out yet."""

OFF_ROADMAP = "none"
"""The section of a story that belongs nowhere."""


@dataclass(frozen=True)
class Feed:
    """A source in `feeds.yaml`; `url` is the query endpoint for arXiv, the feed's address otherwise."""

    id: FeedId
    kind: FeedKind
    url: str
    categories: tuple[str, ...] = ()
    query: str = ""
    roadmaps: tuple[str, ...] = ()
    every: timedelta | None = None
    """How often to read it, as the operator wants it; None leaves it to what the feed shows (`schedule`)."""
    lang: str = ""


@dataclass(frozen=True)
class FeedState:
    """What the ledger remembers of a feed between runs; all empty before its first.

    `begins_at` is where its first reading began, `failing_since` when the present streak of failures did.
    """

    etag: str = ""
    last_modified: str = ""
    last_success_at: datetime | None = None
    error_streak: int = 0
    reason: str = ""
    begins_at: datetime | None = None
    next_check_at: datetime | None = None
    """When it is to be asked next; None before the first reading, and while it is paused."""
    interval: timedelta | None = None
    """How often it publishes, as far as that was learned."""
    failing_since: datetime | None = None
    moved_to: str = ""
    """Where it moved for good: asked instead of the address in `feeds.yaml`."""
    closed_until: datetime | None = None
    """Until when its host asked to be left alone (Retry-After)."""
    paused_at: datetime | None = None
    paused_why: PauseReason = ""


@dataclass(frozen=True)
class Window:
    """The span of time a run asks for: entries published or announced from `since` up to `now`.

    `first` says that the feed was never read before, so that what is older than `since` is baseline; `begins` is where
    its first reading began, before which nothing is asked for.
    """

    since: datetime
    now: datetime
    first: bool
    begins: datetime


@dataclass(frozen=True)
class Item:
    """One entry as a feed returned it. `text` is plain text: markup, scripts and hidden parts are gone."""

    id: ItemId
    feed: FeedId
    url: str
    title: str
    text: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    medium: Medium = "post"
    lang: str = ""
    version: int = 1
    categories: tuple[str, ...] = ()
    comment: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Origin:
    """What a feed's origin says beside its entries: validators to send next time, and when to come back.

    None, or nothing, where it does not say.
    """

    etag: str = ""
    last_modified: str = ""
    fresh_for: timedelta | None = None
    """How long its answer may be kept, by Cache-Control or Expires."""
    ttl: timedelta | None = None
    """How long the feed itself says that it may be kept."""
    skip_hours: frozenset[int] = frozenset()
    """Hours of the UTC day, 0 to 23, in which it does not want to be asked; never all of them."""
    moved_to: str = ""
    """Where permanent redirects led, and nothing but permanent ones."""


@dataclass(frozen=True)
class Fetched:
    """What one visit to a feed gave; `unchanged` means the origin answered that nothing is new (304)."""

    items: tuple[Item, ...]
    origin: Origin = Origin()
    unchanged: bool = False
    left_out: tuple[str, ...] = ()
    """Entries that could not be read, each by its name and why."""
    missing: str = ""
    """Which part of the window could not be had, and why; the feed counts as failed, what came is recorded."""


@dataclass(frozen=True)
class Link:
    """Two items that are one work, and why. `a` < `b`; `score` is 0–1."""

    a: ItemId
    b: ItemId
    score: float
    basis: str


@dataclass(frozen=True)
class Decision:
    """What a person said of two items: one work (`same`) or two. `a` < `b`; the last word on a pair counts."""

    a: ItemId
    b: ItemId
    same: bool
    by: str
    reason: str
    decided_at: datetime


@dataclass(frozen=True)
class Web:
    """Everything that hangs together by links, stories and decisions, before anything is kept apart."""

    items: tuple[Item, ...] = ()
    """In order of arrival."""
    story_of: Mapping[ItemId, StoryId] = field(default_factory=dict)
    leads: Mapping[StoryId, ItemId] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True)
class News:
    """Something material that is new about a known story, in one sentence; a subject of a kind is news only once."""

    kind: NewsKind
    subject: str
    change: str


@dataclass(frozen=True)
class Story:
    """Items about one work. The lead is the original work; members are in order of arrival, the lead among them."""

    id: StoryId
    lead: Item
    members: tuple[Item, ...]


@dataclass(frozen=True)
class Usage:
    """What model calls took. `cost_usd` is None where the price of a model is not known.

    `output_tokens` are those of `tokens` that the model wrote.
    """

    tokens: int = 0
    cost_usd: float | None = 0.0
    output_tokens: int = 0
    calls: int = 0

    def __add__(self, other: Usage) -> Usage:
        unknown = self.cost_usd is None or other.cost_usd is None
        return Usage(
            self.tokens + other.tokens,
            None if unknown else (self.cost_usd or 0) + (other.cost_usd or 0),
            self.output_tokens + other.output_tokens,
            self.calls + other.calls,
        )


@dataclass(frozen=True)
class Precedent:
    """A work that has its place in the roadmap already: a resource of the document, or a story that was filed.

    `similarity` is 0–1, higher is closer to the story that it was looked up for.
    """

    title: str
    section: str
    chapter: str
    origin: Literal["resource", "reviewed", "filed"]
    similarity: float


@dataclass(frozen=True)
class Lookup:
    """A question that an agent put to one of its tools, and what it saw."""

    tool: str
    asked: str
    saw: str


@dataclass(frozen=True)
class Verdict:
    """Where a story belongs and why. Probabilities, confidence, relevance and its rubric are 0–1.

    `section` is `none` when it belongs nowhere; `chapter` is a chapter's id, or empty when no chapter stands out.
    `top` holds what the offline model gives each section, best first. The rubric is None, and the level empty, where
    whoever judged cannot know. `tokens` and `cost_usd` are the story's share of the calls that led to this verdict.
    `needs_review` says why a person should look at the filing, and is empty where nobody has to.
    """

    story: StoryId
    roadmap: str
    section: str
    chapter: str
    confidence: float
    relevance: float
    reason: str
    model: str
    top: tuple[tuple[str, float], ...] = ()
    prompt: str = ""
    novelty: float | None = None
    evidence: float | None = None
    usefulness: float | None = None
    level: Level | Literal[""] = ""
    tokens: int = 0
    cost_usd: float | None = 0.0
    needs_review: str = ""
    lookups: tuple[Lookup, ...] = ()


@dataclass(frozen=True)
class Article:
    """The text of a story's lead. `basis` says what it is; anything but `full text` and `transcript` is partial.

    The text of a transcript begins with the video's description. After it stand what was said, a paragraph a line, each
    line with the time at which it begins in brackets (`[12:34] And so attention …`, `[1:02:03] …`), and before the
    first line of a chapter the chapter's title as a line of its own (`## [12:00] Attention`). A time is never a word of
    what was said: cite it, or take it off with `offline.timed.untimed`.
    """

    story: StoryId
    text: str
    basis: Literal["full text", "transcript", "abstract", "description", "feed text"]
    note: str = ""
    """Why there is no more, or what was left out; empty when all was read."""
    url: str = ""
    """Where the text was read, after redirects; empty where it came with the feed."""
    lang: str = ""
    image: str = ""
    """The page's own picture of itself; an address for surfaces that show one, never opened by us."""


@dataclass(frozen=True)
class Point:
    """One thing that a summary says, and which part of the story it is, where that is known.

    `at` is where a video says it, as in `12:34`; empty for what is read.
    """

    text: str
    kind: PointKind = ""
    at: str = ""


@dataclass(frozen=True)
class Summary:
    """A story in short, every statement of it found in the article; `evidence` holds the sentences it rests on.

    `why` is what it gives to `place`, a chapter as `roadmap/chapter`; another roadmap has the verdict's reason instead.
    `written` is the language of the words where it is not `lang`. `dropped` counts the sentences that the article did
    not show, `lost` holds the first of them, each with what was wrong.
    """

    story: StoryId
    lang: str
    tldr: str
    points: tuple[Point, ...]
    evidence: tuple[str, ...]
    model: str
    basis: str
    dropped: int = 0
    prompt: str = ""
    why: str = ""
    place: str = ""
    written: str = ""
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suspect:
    """A story whose text seems to speak to a model instead of to its readers; for the reviewer, not for readers.

    `score` is 0–1; `signs` name what was seen, each with its words.
    """

    story: StoryId
    score: float
    signs: tuple[tuple[str, str], ...]


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


@dataclass(frozen=True)
class Channel:
    """Somewhere a digest goes; `address` is a path, a mailbox or a URL, never shown whole when secret."""

    kind: ChannelKind
    address: str = ""


@dataclass(frozen=True)
class Rule:
    """What a subscription wants; an empty list asks for nothing in particular. All that is asked for must hold.

    It is about one roadmap, by name; empty means whichever the run files into.
    `keywords`: one of them must occur, none of `without` may; see `subscriptions.keywords` for how they are written.
    `relevance` is 0–1. A story whose level is not known passes, unless `strict_level`.
    """

    roadmap: str = ""
    sections: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    media: tuple[Medium, ...] = ()
    levels: tuple[Level, ...] = ()
    strict_level: bool = False
    min_relevance: float = 0.0
    story_langs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cadence:
    """When a subscription is due, in its own zone (an IANA name). `at` is HH:MM, `quiet` HH:MM-HH:MM or empty."""

    kind: CadenceKind = "instant"
    at: str = "08:00"
    weekday: Weekday = "mon"
    cron: str = ""
    zone: str = "UTC"
    quiet: str = ""


@dataclass(frozen=True)
class Shape:
    """How a digest is written: its own words' language (empty: the roadmap's), how long, and what if it is empty.

    The best `max_items` stories are told at `length`; the `rest` get a line each or are only counted.
    """

    lang: DigestLang | Literal[""] = ""
    length: Length = "full"
    max_items: int = 40
    rest: Rest = "brief"
    empty: EmptyPolicy = "skip"


@dataclass(frozen=True)
class Subscription:
    """Who gets what, when and how.

    It gets stories first seen from `since` on (None: all there are). `created_at` is None for one that only the
    settings make.
    """

    id: str
    channels: tuple[Channel, ...]
    rule: Rule = Rule()
    cadence: Cadence = Cadence()
    shape: Shape = Shape()
    created_at: datetime | None = None
    since: datetime | None = None
    paused_until: datetime | None = None


@dataclass(frozen=True)
class Reason:
    """Why a story is in a digest or not: which part of the rule, and what of the story met or failed it."""

    kind: ReasonKind
    what: str = ""


@dataclass(frozen=True)
class Match:
    """Whether a rule wants a story, with what met it, or with everything that failed it."""

    wanted: bool
    reasons: tuple[Reason, ...] = ()


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

    outcomes: dict[str, int] = field(default_factory=dict)
    failed_feeds: tuple[tuple[str, str], ...] = ()
    models: tuple[str, ...] = ()
    tokens: int = 0
    cost_usd: float | None = 0.0
    degraded: str = ""
    dropped: int = 0
    """Sentences of the summaries that were taken out because their sources do not show them."""


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
    earlier: tuple[DigestId, ...] = ()
    """The subscription's digests that first told the stories which this one has news of, oldest first."""


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
class Chapter:
    """A chapter of a roadmap as the models read it; `text` is its prose and the titles of its resources.

    `prerequisites` is the document's own statement, empty where it makes none.
    """

    id: str
    title: str
    text: str
    prerequisites: str = ""


@dataclass(frozen=True)
class Section:
    """A section of a roadmap; `filing` is False for preliminaries, which stories are never filed into."""

    id: str
    title: str
    goal: str
    chapters: tuple[Chapter, ...]
    filing: bool = True
    prerequisites: str = ""


@dataclass(frozen=True)
class Outline:
    """A roadmap as a taxonomy. `name` is its file's stem, `version` the hash of its bytes."""

    name: str
    title: str
    lang: str
    version: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Sighting:
    """An item as one feed showed it, and where that ended; an empty outcome means that the item is under way."""

    item: Item
    outcome: Outcome | Literal[""]
    reason: str = ""


@dataclass(frozen=True)
class Reading:
    """A visit to a feed as the ledger keeps it: what it showed, nothing if it failed, and what to remember of it.

    `changed` are known items whose entries changed without a new version.
    """

    feed: FeedId
    state: FeedState
    seen: tuple[Sighting, ...] = ()
    changed: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """An address that a person handed in; `item` is what stood there, None until it was read."""

    url: str
    by: str
    suggested_at: datetime
    tries: int = 0
    item: ItemId | None = None
    reason: str = ""


@dataclass(frozen=True)
class Known:
    """What the ledger has of an item: its latest version, the feeds that showed it, and its authors' comment."""

    version: int
    feeds: frozenset[FeedId]
    comment: str = ""
    only_indexed: bool = False
    """Whether it never went further than the index: every feed that showed it did so before its own beginning."""


@dataclass(frozen=True)
class Group:
    """A story as deduplication sees it: its members, the ids that it had before, and the outcomes to record.

    `outcomes` maps an item under way to (outcome, reason); the one that is not in it goes on to triage. A story that
    was split off by hand has no story of its own yet: `split_from` names the one that its items were in, and `reopened`
    the item that carries it to triage. `news` is what its arrivals and new versions changed.
    """

    story: StoryId
    lead: ItemId
    members: tuple[ItemId, ...]
    merged: tuple[StoryId, ...] = ()
    outcomes: dict[ItemId, tuple[Outcome, str]] = field(default_factory=dict)
    split_from: StoryId | None = None
    reopened: ItemId | None = None
    news: tuple[News, ...] = ()


@dataclass(frozen=True)
class Filed:
    """A story with all that is known of it; `summary` is None where even its title says nothing to summarize."""

    story: Story
    verdict: Verdict
    article: Article
    summary: Summary


@dataclass(frozen=True)
class Candidate:
    """A story that could be told: when it was first seen, and when the last of verdict and summary was made."""

    filed: Filed
    first_seen_at: datetime
    ready_at: datetime


@dataclass(frozen=True)
class Unfiled:
    """A story that no digest can tell: it belongs nowhere, or it is not summarized yet (`reason` says which)."""

    story: StoryId
    title: str
    url: str
    off_roadmap: bool
    reason: str


@dataclass(frozen=True)
class Dated:
    """When a filed story was first seen and where it went, for counting."""

    at: datetime
    section: str
    chapter: str
    title: str


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


@dataclass(frozen=True)
class Document:
    """Something that can be searched, under its own id."""

    id: str
    title: str
    text: str = ""
    url: str = ""
    kind: str = ""
    lang: str = ""
    date: str = ""
    source: Literal["loaded", "story"] = "loaded"
