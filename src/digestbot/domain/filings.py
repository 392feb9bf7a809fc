"""Where stories belong, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digestbot.domain.kinds import Level, PointKind, StoryId
from digestbot.domain.stories import Story


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
