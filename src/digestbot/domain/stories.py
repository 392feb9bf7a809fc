"""Stories: items about one work, and what links them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digestbot.domain.kinds import ItemId, NewsKind, Outcome, StoryId
from digestbot.domain.sources import Item


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
