"""What was read, as people look at it: stories in a row, one of them whole, and digests that anybody may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digestbot.domain.digests import Digest
from digestbot.domain.filings import Article, Point, Summary, Verdict
from digestbot.domain.kinds import DigestId, Level, Medium, StoryId
from digestbot.domain.stories import News, Story


@dataclass(frozen=True)
class Card:
    """A filed story in a row of them. `place` is where it stands in that row, for asking what comes after it."""

    id: StoryId
    title: str
    url: str
    medium: Medium
    lang: str
    authors: tuple[str, ...]
    published_at: datetime | None
    filed_at: datetime
    updated_at: datetime
    """When the last of verdict, summary and news was made."""
    roadmap: str
    section: str
    chapter: str
    relevance: float
    level: Level | Literal[""]
    reason: str
    tldr: str = ""
    points: tuple[Point, ...] = ()
    basis: str = ""
    why: str = ""
    summary_lang: str = ""
    others: tuple[Medium, ...] = ()
    """The media of its other members, each once."""
    place: str = ""


@dataclass(frozen=True)
class Cards:
    """Stories in a row, newest filed first; `before` is what to ask for those that come after them, "" at the end."""

    cards: tuple[Card, ...]
    before: str = ""


@dataclass(frozen=True)
class Told:
    """A digest that anybody may see, and that held a story."""

    digest: DigestId
    at: datetime


@dataclass(frozen=True)
class Dossier:
    """A story with all that is known of it.

    Verdicts come with when they were decided, the summaries in every language that there is. `article` comes without
    its text, and is None where none was read. `told` are digests that anybody may see.
    """

    story: Story
    first_seen_at: datetime
    verdicts: tuple[tuple[Verdict, datetime], ...]
    article: Article | None
    summaries: tuple[Summary, ...]
    news: tuple[tuple[datetime, News], ...]
    told: tuple[Told, ...]
    placed: tuple[tuple[datetime, str, str], ...] = ()
    """People's words on where it belongs: when, in which roadmap, and why; never who."""


@dataclass(frozen=True)
class Digests:
    """Digests that anybody may see, newest first; `before` as with `Cards`."""

    digests: tuple[Digest, ...]
    before: str = ""
