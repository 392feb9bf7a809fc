"""Pairs of items: whether two are one work, one about the other, or neither, and why.

Pure: what is compared comes in, and nothing is recorded here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from digestbot.domain import Item, ItemId, Link
from digestbot.identity import PAPER_KEYS, about_keys, code_key, own_keys, stated_keys
from digestbot.keys import strong_keys
from digestbot.offline.sameness import judge, titles_allow
from digestbot.offline.subject import are_different, speaks_of
from digestbot.offline.work import Work
from digestbot.ports import Progress

_ABOUT = 0.22
"""Cosine similarity a post needs with the one paper that it links and names to count as a post about it."""
_ABOUT_UNNAMED = 0.6
"""The same for a post that links a paper without a word of its title."""
_DOUBTFUL = 0.3
"""The model's score from which a pair that is kept apart is shown to people: of the labelled pairs between it and the
threshold every second one is the same work, below it one in twenty (bench/sameness_data.py)."""
_DOUBTFUL_ABOUT = 0.4
"""Cosine similarity from which a post that links one paper and does not name it is shown to people."""

Standing = Literal["same", "doubtful", "apart"]


@dataclass(frozen=True)
class Comparison:
    """Pairs of items to be compared, each with the similarity of its vectors; `names` are keys learnt of the items."""

    items: Mapping[ItemId, Item]
    names: Mapping[ItemId, frozenset[str]]
    pairs: tuple[tuple[ItemId, ItemId, float], ...]

    def split(self, size: int) -> list[Comparison]:
        """Return the same pairs in parts of at most so many, in order, each part with what it needs alone."""
        parts = [self.pairs[start : start + size] for start in range(0, len(self.pairs), size)]
        return [self._of(part) for part in parts]

    def _of(self, pairs: tuple[tuple[ItemId, ItemId, float], ...]) -> Comparison:
        ids = {id for a, b, _ in pairs for id in (a, b)}
        names = {id: self.names[id] for id in ids if id in self.names}
        return Comparison({id: self.items[id] for id in ids}, names, pairs)


@dataclass
class Judged:
    """What became of the pairs that were compared."""

    links: list[Link] = field(default_factory=list)
    doubts: list[Link] = field(default_factory=list)


def weighed(comparison: Comparison, progress: Progress, total: int) -> Judged:
    """Judge pairs one after another; `total` is what the progress is told in."""
    items, found, count = comparison.items, Judged(), len(comparison.pairs)
    for done, (a, b, similarity) in enumerate(comparison.pairs, 1):
        link, standing = weigh_pair(items[a], items[b], similarity, comparison.names)
        if standing != "apart":
            (found.links if standing == "same" else found.doubts).append(link)
        if done % 200 == 0:
            progress("dedupe", total * done // count, total)
    return found


def judge_pair(a: Item, b: Item, similarity: float) -> Link | None:
    """Return the link between two items if they are one work, told why; None in doubt."""
    link, standing = weigh_pair(a, b, similarity, {})
    return link if standing == "same" else None


def weigh_pair(a: Item, b: Item, similarity: float, names: Mapping[ItemId, frozenset[str]]) -> tuple[Link, Standing]:
    """Return how two items stand to each other, with the score and what speaks for it.

    `names` are keys that the ledger has of them beside their own, such as the address that a page was read from.
    """
    one, other = (a.id, b.id) if a.id < b.id else (b.id, a.id)
    shared = own_keys(a) & own_keys(b)
    if shared:
        return Link(one, other, 1.0, f"same {min(shared)}"), "same"
    stated = _stated(a, b, names)
    if stated and titles_allow(work_of(a), work_of(b)):
        return Link(one, other, 0.99, f"same {min(stated)} by what its page or its authors say"), "same"
    subject, how = _about(a, b)
    if subject:
        near = min(max(round(similarity, 3), 0.0), 1.0)
        return Link(one, other, near, f"{how}, {subject}"), _standing_about(a, b, similarity)
    verdict = judge(work_of(a), work_of(b))
    link = Link(one, other, round(verdict.score, 3), verdict.basis)
    if _link_others(a, b):
        return link, "apart"
    doubt = _is_series(a, b)
    standing: Standing = (
        "same" if verdict.same and not doubt else "doubtful" if verdict.score >= _DOUBTFUL and not doubt else "apart"
    )
    return link, standing


def _standing_about(a: Item, b: Item, similarity: float) -> Standing:
    paper, other = (a, b) if a.medium == "paper" else (b, a)
    named = speaks_of(paper.title, f"{other.title}\n{other.text[:4000]}")
    if similarity >= (_ABOUT if named else _ABOUT_UNNAMED):
        return "same"
    return "doubtful" if named or similarity >= _DOUBTFUL_ABOUT else "apart"


def _link_others(a: Item, b: Item) -> bool:
    """Tell whether the two are, or are about, different papers: a talk on one paper is no talk on another."""
    if a.medium == b.medium == "paper":
        return False
    one, other = subjects(a), subjects(b)
    schemes = {key.partition(":")[0] for key in one} & {key.partition(":")[0] for key in other}
    return bool(schemes) and not one & other


def _is_series(a: Item, b: Item) -> bool:
    """Tell whether two posts or videos are entries of one series: alike in all but what they are about."""
    if "paper" in (a.medium, b.medium) or a.title == b.title:
        return False
    return are_different((a.title, a.text[:4000]), (b.title, b.text[:4000]))


def _stated(a: Item, b: Item, names: Mapping[ItemId, frozenset[str]]) -> frozenset[str]:
    """The names that one is known by elsewhere and the other is; two that only claim a name must share an address."""
    own_a, own_b = own_keys(a), own_keys(b)
    more_a = (stated_keys(a) | names.get(a.id, frozenset())) - own_a
    more_b = (stated_keys(b) | names.get(b.id, frozenset())) - own_b
    addresses = {key for key in more_a & more_b if key.startswith("url:")}
    return frozenset((more_a & own_b) | (own_a & more_b) | addresses)


def _about(a: Item, b: Item) -> tuple[str, str]:
    """The work that one of the two is and the other alone is about, and how that is said; empty if there is none."""
    for paper, other in ((a, b), (b, a)):
        if paper.medium != "paper" or other.medium == "paper":
            continue
        told = about_keys(other) & (own_keys(paper) | stated_keys(paper))
        if told:
            return min(told), "it links one paper"
        if other.medium == "repository" and code_key(paper) in own_keys(other):
            return code_key(paper), "the paper names one repository"
    return "", ""


def work_of(item: Item) -> Work:
    """Return what is compared of an item."""
    year = item.published_at.year if item.published_at else None
    return Work(
        item.title, item.text[:4000], item.authors, item.url, year=year, kind=item.medium, keys=strong_keys(item.url)
    )


def subjects(item: Item) -> frozenset[str]:
    """The works that an item is, or is about: a paper speaks of itself and of its code."""
    if item.medium == "paper":
        papers = {key for key in own_keys(item) | stated_keys(item) if key.startswith(PAPER_KEYS)}
        return frozenset(papers | {key for key in [code_key(item)] if key})
    repository = {key for key in own_keys(item) if item.medium == "repository" and key.startswith("repo:")}
    return about_keys(item) | repository
