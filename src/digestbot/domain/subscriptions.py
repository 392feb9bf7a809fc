"""What a reader asked for, and why a story fits it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digestbot.domain.kinds import (
    CadenceKind,
    ChannelKind,
    DigestLang,
    EmptyPolicy,
    Length,
    Level,
    Medium,
    ReasonKind,
    Rest,
    Weekday,
)


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
