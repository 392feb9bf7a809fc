"""Finds resources of a chapter that stand against their levels: the advanced ones before the introductory ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from digestbot.domain import Level
from digestbot.proposing.hunger import dates_of
from digestbot.proposing.presence import keys_of
from digestbot.roadmap import Chapter, Resource, Roadmap
from digestbot.roadmap.lines import bare, split

_LEVELS: tuple[Level, ...] = ("introductory", "intermediate", "advanced")
_TOLD: Mapping[Level, re.Pattern[str]] = {
    "introductory": re.compile(
        r"\b(?:introduction to|introductory|beginners?|primer|getting started|fundamentals"
        r"|no (?:prior|previous) knowledge|start(?:ing)? (?:here|point)|first steps)\b"
        r"|入门|入門|初学|初學|零基础|零基礎|新手",
        re.IGNORECASE,
    ),
    "intermediate": re.compile(r"\bintermediate level\b|中级|中級", re.IGNORECASE),
    "advanced": re.compile(
        r"\b(?:advanced(?! (?:rag|retrieval|data|math))|for experts|expert level|deep dive|graduate(?:-level)?"
        r"|research level|assumes (?:familiarity|knowledge|that you know))\b|进阶|進階|高级|高級",
        re.IGNORECASE,
    ),
}
"""Words of a level. “In depth” is not among them: it is said of books for beginners, too."""
_LEAST_KNOWN = 4
_LEAST_AGAINST = 3
_SHARE_AGAINST = 0.8
"""Share of the pairs of two levels that must stand against them: some list one thing twice on purpose."""
_BULLET = re.compile(r"\s*(?:>\s*)*[-+*]\s")


@dataclass(frozen=True)
class Told:
    """A resource's level, and what says so: words of the document, or a judgement on its story."""

    resource: Resource
    level: Level
    words: str


@dataclass(frozen=True)
class Disorder:
    """Resources of a list whose levels are known, as they should stand; `against` of `pairs` stand otherwise now."""

    chapter: Chapter
    order: tuple[Told, ...]
    against: int
    pairs: int


def disorder_of(roadmap: Roadmap, chapter: Chapter, judged: Mapping[str, Level]) -> Disorder | None:
    """Return the list of a chapter that stands most against its levels, None where none clearly does.

    `judged` says by a key of an address how a story was judged. A numbered list, and one in order of its dates, has its
    order for another reason.
    """
    found = []
    for run in _runs(roadmap, chapter):
        told = [one for one in (_told(resource, judged) for resource in run) if one]
        ranks = [_LEVELS.index(one.level) for one in told]
        pairs = [(a, b) for a, b in combinations(ranks, 2) if a != b]
        against = sum(a > b for a, b in pairs)
        is_clear = against >= _LEAST_AGAINST and against >= _SHARE_AGAINST * len(pairs)
        if len(told) >= _LEAST_KNOWN and is_clear and not _is_dated(run):
            order = sorted(told, key=lambda one: _LEVELS.index(one.level))
            found.append(Disorder(chapter, tuple(order), against, len(pairs)))
    return max(found, key=lambda one: one.against, default=None)


def _runs(roadmap: Roadmap, chapter: Chapter) -> Iterator[list[Resource]]:
    """Yield the items of each bulleted list of a chapter that stand right behind one another on one level."""
    lines, run, mark, end = split(roadmap.text), list[Resource](), "", 0
    listed = Counter(one.url for one in chapter.resources)
    heads = {one.item: one for one in reversed(chapter.resources) if one.item and listed[one.url] == 1}
    for (first, last), resource in sorted(heads.items()):
        bullet = _BULLET.match(bare(lines[first - 1]))
        own = bullet.group() if bullet else ""
        if own != mark or any(bare(line).strip() for line in lines[end : first - 1]):
            yield run
            run = []
        if own:
            run.append(resource)
        mark, end = own, last
    yield run


def _told(resource: Resource, judged: Mapping[str, Level]) -> Told | None:
    """Return the level that a resource's own words tell, else that of its story; None where they tell none or two."""
    said = f"{resource.title}\n{resource.words}"
    found = [(level, match.group()) for level, form in _TOLD.items() if (match := form.search(said))]
    if len(found) == 1:
        return Told(resource, found[0][0], resource.words or resource.title)
    level = next((judged[key] for key in sorted(keys_of(resource.url)) if key in judged), None)
    return Told(resource, level, "") if level and not found else None


def _is_dated(run: Sequence[Resource]) -> bool:
    dates = [min(found) for one in run if (found := list(dates_of([one])))]
    return len(dates) >= max(3, len(run) / 2) and (
        all(a <= b for a, b in pairwise(dates)) or all(a >= b for a, b in pairwise(dates))
    )
