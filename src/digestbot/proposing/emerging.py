"""Finds what a roadmap lacks a chapter for: good stories without a place that hang together and grow over weeks."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from digestbot.domain import StoryId
from digestbot.offline.rarity import rarity
from digestbot.offline.vectors import embed
from digestbot.offline.vocabulary import Floats

WEEK = timedelta(days=7)
WEEKS = 8
"""How far back stories are gathered."""
_LEAST_STORIES = 8
_LEAST_WEEKS = 3
_ALIKE = 0.66
"""Cosine from which two stories hang together. Of a month's 1,196 good stories without a place, 0.55 makes two clusters
that share no topic, 0.66 made topics that a person would name so, 0.7 loses half of them."""
MIN_RELEVANCE = 0.7
_NAMED_SHARE = 0.4
_WORD = re.compile(r"[^\W\d_][\w-]*")
_TELLING_NATS = 3.0
_PLAIN = frozenset(
    re.findall(
        r"\S+",
        "a an and are as at based benchmark benchmarking beyond by can do evaluating evaluation for framework from how "
        "in into is it its large language learning method model models multi new novel of on or our over study than "
        "that real-world large-scale fine-grained dataset datasets agentic end-to-end survey efficient visual "
        "reasoning the their through to toward towards under unified using via vs we what when why with without llm "
        "llms",
    )
)


@dataclass(frozen=True)
class Homeless:
    """A story that fits no chapter; `section` is `none` where it fits no section either, `fit` is 0–1."""

    story: StoryId
    title: str
    text: str
    section: str
    relevance: float
    at: datetime
    fit: float = 0.0


@dataclass(frozen=True)
class Topic:
    """Stories that hang together, nearest to their middle first, under words that their titles share."""

    name: str
    stories: tuple[Homeless, ...]
    by_week: tuple[int, ...]
    """How many came in each week, the oldest first."""


def topics(found: Sequence[Homeless], now: datetime, known: Sequence[str]) -> list[Topic]:
    """Return the topics that deserve a chapter, the largest first: enough stories over enough weeks, and not fewer now.

    `known` are titles of chapters that there are, or were proposed: a topic whose words they hold is none.
    """
    recent = [one for one in found if now - WEEKS * WEEK < one.at <= now]
    if len(recent) < _LEAST_STORIES:
        return []
    vectors = embed([f"{one.title}\n{one.title}\n{one.text[:1500]}" for one in recent])
    made = []
    for group in _clusters(vectors):
        stories = tuple(recent[place] for place in _from_the_middle(vectors, group))
        name, weeks = name_of([one.title for one in stories]), _weeks(stories, now)
        if name and _grows(weeks) and not is_known(name, known):
            made.append(Topic(name, stories, weeks))
    return made


def name_of(titles: Sequence[str]) -> str:
    """Return the words that titles share most tellingly, "" where they share none: a topic without a name is none."""
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for title in titles:
        words = _WORD.findall(title)
        phrases = {(a, b) for a, b in pairwise(words)} | {(a,) for a in words}
        folded = {" ".join(_stem(word) for word in phrase): " ".join(phrase) for phrase in phrases if _tells(phrase)}
        counts.update(folded.keys())
        for key, phrase in folded.items():
            spelled.setdefault(key, phrase)
    shared = {key: n for key, n in counts.items() if n >= max(3, math.ceil(_NAMED_SHARE * len(titles)))}
    # Two words say more than one where nearly as many titles have them.
    best = max(shared, key=lambda key: (shared[key] * (1.6 if " " in key else 1.0), key), default="")
    return _titled(spelled[best]) if best else ""


def is_known(name: str, known: Sequence[str]) -> bool:
    """Tell whether one of these titles holds all words of a name."""
    words = {_stem(word) for word in _WORD.findall(name)}
    return any(words <= {_stem(word) for word in _WORD.findall(title)} for title in known)


def _clusters(vectors: Floats) -> list[list[int]]:
    """Return groups of rows, the largest first: around the row with the most neighbours, then around what is left."""
    near = vectors @ vectors.T >= _ALIKE
    left = np.ones(len(vectors), dtype=bool)
    groups = []
    while left.any():
        counts = (near & left[None, :]).sum(axis=1) * left
        middle = int(counts.argmax())
        if counts[middle] < _LEAST_STORIES:
            break
        group = np.flatnonzero(near[middle] & left)
        left[group] = False
        groups.append([int(place) for place in group])
    return groups


def _from_the_middle(vectors: Floats, group: Sequence[int]) -> list[int]:
    middle = vectors[list(group)].mean(axis=0)
    return sorted(group, key=lambda place: -float(vectors[place] @ middle))


def _weeks(stories: Sequence[Homeless], now: datetime) -> tuple[int, ...]:
    counts = Counter(int((now - one.at) / WEEK) for one in stories)
    return tuple(counts[week] for week in range(max(counts), -1, -1))


def _grows(weeks: Sequence[int]) -> bool:
    """Tell whether stories came in enough weeks, and in the later half not fewer than in the earlier one."""
    half = len(weeks) // 2
    later, earlier = sum(weeks[len(weeks) - half :]), sum(weeks[:half])
    return sum(count > 0 for count in weeks) >= _LEAST_WEEKS and later >= earlier


def _tells(phrase: Sequence[str]) -> bool:
    if any(word.casefold() in _PLAIN or len(word) < 3 for word in phrase):
        return False
    # An adjective such as “multi-turn” names nothing alone.
    return len(phrase) > 1 or ("-" not in phrase[0] and rarity(phrase[0].casefold()) >= _TELLING_NATS)


def _stem(word: str) -> str:
    word = word.casefold()
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def _titled(phrase: str) -> str:
    return " ".join(word if word[1:] != word[1:].lower() else word[:1].upper() + word[1:] for word in phrase.split())
