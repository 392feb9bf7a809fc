"""What the API answers with and is sent: the shapes of its JSON. Their descriptions stand in the OpenAPI document."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """Made of a record that has these fields, or more."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Problem(Shape):
    """What is wrong with a request (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(description="the status in words")
    status: int
    detail: str = Field(default="", description="what is wrong, and with what")


class Point(Shape):
    """One thing that a summary says."""

    text: str
    kind: str = Field(description="new, how, result, limits, or empty")
    at: str = Field(description="where a video says it, as in 12:34")


class Story(Shape):
    """Articles about one work, filed in a roadmap."""

    id: str
    page: str = Field(default="", description="its page here")
    title: str
    url: str
    medium: str = Field(description="paper, post, video or repository")
    others: list[str] = Field(description="the media of its other members")
    lang: str
    authors: list[str]
    published_at: datetime | None
    filed_at: datetime
    updated_at: datetime = Field(description="when the last of its verdict, summary and news was made")
    roadmap: str
    section: str
    chapter: str = Field(description="empty where no chapter stands out")
    relevance: float = Field(description="0 to 1")
    level: str
    reason: str = Field(description="why it is filed there")
    tldr: str
    points: list[Point]
    summary_lang: str
    basis: str = Field(description="what the summary rests on, such as abstract or full text")


class Stories(Shape):
    """Stories in a row, newest filed first, or best found first."""

    stories: list[Story]
    next: str | None = Field(default=None, description="the address of what comes after these; null at the end")


class Item(Shape):
    """What a feed showed of a story."""

    id: str
    feed: str
    url: str
    title: str
    medium: str
    lang: str
    authors: list[str]
    published_at: datetime | None


class Verdict(Shape):
    """Where a story belongs in a roadmap, and why."""

    roadmap: str
    section: str = Field(description="none where it belongs nowhere")
    chapter: str
    confidence: float = Field(description="0 to 1")
    relevance: float = Field(description="0 to 1")
    level: str
    reason: str
    model: str
    decided_at: datetime


class Summary(Shape):
    """A story in short, in one language, with the sentences that it rests on."""

    lang: str
    tldr: str
    points: list[Point]
    evidence: list[str]
    why: str
    basis: str
    model: str


class News(Shape):
    """Something material that became new about a story."""

    at: datetime
    kind: str
    change: str


class WholeStory(Shape):
    """A story with all that is known of it."""

    id: str
    page: str
    first_seen_at: datetime
    items: list[Item] = Field(description="the original work first")
    verdicts: list[Verdict]
    summaries: list[Summary]
    news: list[News]
    digests: list[str] = Field(description="the public digests that told it, by their ids")


class Seen(Shape):
    """An item as a feed showed it, and where it ended."""

    id: str
    feed: str
    seen_at: datetime
    outcome: str = Field(
        description="filed, off_roadmap, duplicate, joined, filtered, baseline, failed; empty if not yet"
    )
    reason: str
    title: str
    url: str
    medium: str
    published_at: datetime | None
    story: str | None


class Items(Shape):
    """Items in a row, last seen first."""

    items: list[Seen]
    next: str | None = Field(default=None, description="the address of what comes after these; null at the end")


class Digest(Shape):
    """A public digest in short."""

    id: str
    page: str
    created_at: datetime
    lang: str
    lead: str
    count: int = Field(description="how many stories it tells")


class Digests(Shape):
    """Digests in a row, newest first."""

    digests: list[Digest]
    next: str | None = Field(default=None, description="the address of what comes after these; null at the end")


class Entry(Shape):
    """A story as a digest tells it."""

    story: str
    title: str
    url: str
    medium: str
    authors: list[str]
    published_at: datetime | None
    label: str = Field(description="Update or Withdrawn where it is told again")
    change: str
    tldr: str
    points: list[str]
    why: str
    relevance: float
    basis: str


class DigestSection(Shape):
    """A section of a digest: stories told whole, and those in a line each."""

    id: str
    title: str
    entries: list[Entry]
    brief: list[Entry]


class WholeDigest(Digest):
    """A public digest whole."""

    sections: list[DigestSection]
    left_out: int


class Resource(Shape):
    """A link out of a roadmap."""

    title: str
    url: str
    kind: str


class Chapter(Shape):
    """A part of a section about one topic."""

    id: str
    title: str
    goal: str
    prerequisites: str
    resources: list[Resource]


class Section(Shape):
    """A part of a roadmap."""

    id: str
    title: str
    goal: str
    prerequisites: str
    filing: bool = Field(description="whether stories are filed into it")
    chapters: list[Chapter]


class Roadmap(Shape):
    """The living document."""

    name: str
    title: str
    lang: str
    version: str = Field(description="changes with every change of its text")
    sections: list[Section]


class Roadmaps(Shape):
    """The roadmaps that stories are filed into, the main one first."""

    roadmaps: list[Roadmap]


class Entrance(Shape):
    """What there is."""

    name: str = "digestbot"
    version: str
    openapi: str
    links: dict[str, str]
