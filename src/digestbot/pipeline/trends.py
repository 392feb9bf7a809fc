"""What changed in a week: chapters that grow, and words of stories that fit no chapter; pure and without a model.

A chapter's share of a week's stories is held against its share of the weeks before. Were nothing different, each of
its stories would fall into this week by the same chance as every other story does; how often as many or more would
come by that chance is exact (one-sided binomial). A chapter is told when that is rarer than 1 in 20 even though many
chapters are asked about (Bonferroni), and it has stories enough to speak of.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from digestbot.domain import Dated, Growth, Topic, Trends

WEEK = timedelta(days=7)
WEEKS = 4
"""How many weeks before this one are compared with it, where the ledger has them."""
_LEAST = 3
_RARE = 0.05
_MOST = 5
_WORD = re.compile(r"[^\W\d_][\w-]*")
_PLAIN = frozenset(
    (
        *(
            "a",
            "an",
            "and",
            "are",
            "as",
            "at",
            "based",
            "beyond",
            "by",
            "can",
            "do",
            "for",
            "from",
            "how",
            "in",
            "into",
        ),
        *("is", "it", "its", "large", "learning", "model", "models", "new", "of", "on", "or", "our", "over", "than"),
        *("that", "the", "their", "through", "to", "toward", "towards", "under", "use", "using", "via", "vs", "we"),
        *("what", "when", "why", "with", "without"),
    )
)
"""Words that make no topic."""


def trends(found: Sequence[Dated], chapters: Mapping[str, str], now: datetime) -> Trends:
    """Return the trends of the week that ends now; `chapters` maps ids to titles, `found` goes back `WEEKS` more."""
    begins = now - WEEK
    week = [one for one in found if begins < one.at <= now]
    before = [one for one in found if begins - WEEKS * WEEK < one.at <= begins]
    weeks = min(WEEKS, math.ceil((begins - before[0].at) / WEEK)) if before else 0
    growing = _growing(week, before, weeks, chapters) if weeks >= 2 else []
    return Trends(weeks, tuple(growing), tuple(_topics(week, chapters)))


def tail(count: int, total: int, chance: float) -> float:
    """Return how often at least `count` of `total` come up when each does by this chance."""
    return math.fsum(math.comb(total, k) * chance**k * (1 - chance) ** (total - k) for k in range(count, total + 1))


def _growing(week: Sequence[Dated], before: Sequence[Dated], weeks: int, chapters: Mapping[str, str]) -> list[Growth]:
    here, there = Counter(one.chapter for one in week), Counter(one.chapter for one in before)
    section = {one.chapter: one.section for one in week}
    asked = [chapter for chapter in here if chapter in chapters]
    share = len(week) / (len(week) + len(before)) if week else 0.0
    grown = []
    for chapter in asked:
        total = here[chapter] + there[chapter]
        p = tail(here[chapter], total, share)
        if here[chapter] >= _LEAST and p * len(asked) < _RARE:
            grown.append(Growth(section[chapter], chapters[chapter], here[chapter], there[chapter] / weeks, p))
    return sorted(grown, key=lambda growth: (growth.p, growth.title))[:_MOST]


def _topics(week: Sequence[Dated], chapters: Mapping[str, str]) -> list[Topic]:
    """Return the pairs of words that the most chapterless titles share; a title counts for one topic only."""
    titles = [one.title for one in week if one.chapter not in chapters]
    known = {pair for title in chapters.values() for pair in _pairs(title)}
    topics: list[Topic] = []
    while len(topics) < _LEAST:
        counts = Counter(pair for title in titles for pair in _pairs(title) - known)
        best = min(counts, key=lambda pair: (-counts[pair], pair), default="")
        if not best or counts[best] < _LEAST:
            break
        holds = [title for title in titles if best in _pairs(title)]
        topics.append(Topic(best, len(holds), tuple(holds[:2])))
        titles = [title for title in titles if title not in holds]
    return topics


def _pairs(title: str) -> set[str]:
    words = [word.casefold() for word in _WORD.findall(title)]
    return {f"{a} {b}" for a, b in pairwise(words) if a not in _PLAIN and b not in _PLAIN}
