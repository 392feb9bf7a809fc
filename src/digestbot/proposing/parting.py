"""Finds a chapter that has grown large and whose resources fall into two groups that have little in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digestbot.offline.vectors import embed
from digestbot.offline.vocabulary import Floats
from digestbot.proposing.emerging import is_known, name_of
from digestbot.roadmap import Chapter, Resource

LARGE = 14
"""List items from which a chapter is looked at: the largest one of the shipped roadmaps has six."""
_LEAST = 5
_APART = 0.2
"""By how much nearer, in cosine, resources must be to their own group than to the other one, on average.

Of pairs of chapters of two roadmaps put together as one, seven had this and a name: their halves agreed with the two
chapters in 83 to 100 % of the resources."""
_SURE = 0.9
"""Share of the resources that must be nearer to their own group, each by itself."""
_ROUNDS = 12


@dataclass(frozen=True)
class Parting:
    """Resources of a chapter that make a chapter of their own, under the words that they share, and those that stay.

    `apart` is how much nearer they are to their own than to the others, in cosine; `name` is what those that go share,
    `stays` what the others do, "" where they share no words.
    """

    chapter: Chapter
    name: str
    stays: str
    moved: tuple[Resource, ...]
    kept: tuple[Resource, ...]
    apart: float


def parting_of(chapter: Chapter, known: Sequence[str]) -> Parting | None:
    """Return how a chapter falls apart, None where it is not large or holds together.

    `known` are the titles of all chapters: what goes needs a name that none of them holds.
    """
    items = list({one.url: one for one in chapter.resources if one.item}.values())
    if len(items) < LARGE:
        return None
    vectors = embed([f"{one.title}\n{one.title}\n{one.words}" for one in items])
    sides = _halves(vectors)
    if min(sides.sum(), (~sides).sum()) < _LEAST:
        return None
    own, other = _nearness(vectors, sides)
    apart = float((own - other).mean())
    if apart < _APART or float((own > other).mean()) < _SURE:
        return None
    groups = [[one for one, side in zip(items, sides, strict=True) if side == wanted] for wanted in (True, False)]
    return _named(chapter, sorted(groups, key=len), known, apart)


def _named(chapter: Chapter, groups: Sequence[list[Resource]], known: Sequence[str], apart: float) -> Parting | None:
    """Return the parting by which a group goes that has a name, rather the smaller one; the chapter's title stays."""
    # A bare address that stands for a title has no words of its own.
    names = [name_of([one.title for one in group if "://" not in one.title]) for group in groups]
    for at, name in enumerate(names):
        rest, others = names[1 - at], groups[1 - at]
        alike = name and rest and is_known(name, [rest])
        # What most titles of the others hold as well does not tell the two groups from one another.
        shared = sum(is_known(name, [one.title]) for one in others) if name else 0
        if name and not alike and not is_known(name, known) and shared <= len(others) / 10:
            return Parting(chapter, name, rest, tuple(groups[at]), tuple(others), apart)
    return None


def _halves(vectors: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which rows are of the first of two groups, grown from the two rows that are farthest from each other."""
    near = vectors @ vectors.T
    first, second = np.unravel_index(int(near.argmin()), near.shape)
    middles = vectors[[int(first), int(second)]]
    sides = np.zeros(len(vectors), dtype=bool)
    for _ in range(_ROUNDS):
        to_first, to_second = (vectors @ middles.T).T
        fresh = to_first >= to_second
        if (fresh == sides).all() or fresh.all() or not fresh.any():
            break
        sides = fresh
        middles = np.stack([_middle(vectors[sides]), _middle(vectors[~sides])])
    return sides


def _middle(rows: Floats) -> Floats:
    mean = rows.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=rows.dtype)


def _nearness(vectors: Floats, sides: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[Floats, Floats]:
    """Return how near each row is to the rest of its own group and to the other one, as mean cosines."""
    near = vectors @ vectors.T
    same = sides[:, None] == sides[None, :]
    np.fill_diagonal(same, val=False)
    across = sides[:, None] != sides[None, :]
    own = (near * same).sum(axis=1) / np.maximum(same.sum(axis=1), 1)
    other = (near * across).sum(axis=1) / np.maximum(across.sum(axis=1), 1)
    return own, other
