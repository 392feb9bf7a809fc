"""What reviewers like, learned from what they took and turned down: how likely the next proposal is taken. Pure.

A logistic regression in its kernel form: a new text is compared with every decided one by its meaning, its words, its
chapter and its kind of source. It needs no training of its own and no more decisions than there are; without any, or
far from all of them, its answer is the share that was taken so far.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digestbot.domain import Filed, Ground, Judged, Opinion, Proposal
from digestbot.offline.terms import terms
from digestbot.offline.vectors import embed

Floats = NDArray[np.float64]

LIKED_ALL_THE_SAME: tuple[Ground, ...] = ("wrong-place", "wording", "later-work")
"""Rejections that say nothing against the work itself."""
_MOST = 600
"""How many decisions are looked at, the last ones: tastes change, and the time it takes grows with their cube."""
_MEANING, _WORDS, _CHAPTER, _MEDIUM = 4.0, 8.0, 1.0, 0.5
"""How much it says that two texts are alike in this way: words most, for a taste is seldom a whole field. Set by hand
and not fitted; `bench/taste.py` shows what they bring to five made-up reviewers."""
_ROUNDS = 12
_CAUTION = 4.0
_TRUSTED = 20.0
"""How many decisions of the rarer kind are half trusted: nobody's taste shows while nearly all is taken, or nothing."""
_TRUSTED_VOTES = 5.0
"""The same for readers' votes: they change the order of a digest alone, so that a few may be heard. Set by hand."""
_LEAST_FAVOUR, _MOST_FAVOUR = 0.2, 2.0


@dataclass(frozen=True)
class Example:
    """What was or could be proposed: its words, and where it was to go."""

    text: str
    chapter: str
    medium: str


class Taste:
    """Tells how likely it is that a proposal is taken."""

    def __init__(self, examples: Sequence[Example], taken: Sequence[bool], trusted: float = _TRUSTED) -> None:
        """Learn from decided examples, the oldest first; so many of the rarer kind are half trusted."""
        self._examples, answers = list(examples)[-_MOST:], np.array(list(taken)[-_MOST:], float)
        self.base = (float(answers.sum()) + _CAUTION / 2) / (len(answers) + _CAUTION)
        rarer = min(float(answers.sum()), len(answers) - float(answers.sum()))
        self._trust = rarer / (rarer + trusted)
        self._bags = [frozenset(terms(one.text)) for one in self._examples]
        counts = Counter(term for bag in self._bags for term in bag)
        self._rarity = {term: math.log((1 + len(self._bags)) / number) for term, number in counts.items()}
        self._vectors = _vectors(self._examples)
        self._weights = _fitted(self._alike(self._examples), answers, self.base)

    def odds(self, candidates: Sequence[Example]) -> list[float]:
        """Return for each candidate how likely it is taken, 0–1."""
        if not candidates:
            return []
        logits = _logit(self.base) + self._alike(candidates) @ self._weights
        return [float(value) for value in _sigmoid(logits)]

    def favour(self, candidates: Sequence[Example]) -> list[float]:
        """Return how much decisions speak for each candidate: 1 where they say nothing, from 0.2 to 2."""
        return [
            min(_MOST_FAVOUR, max(_LEAST_FAVOUR, (value / self.base) ** self._trust)) for value in self.odds(candidates)
        ]

    def _alike(self, candidates: Sequence[Example]) -> Floats:
        """Return how alike each candidate is to each decided example."""
        if not self._examples:
            return np.zeros((len(candidates), 0))
        own = self._vectors if candidates is self._examples else _vectors(candidates)
        meaning = np.maximum(own @ self._vectors.T, 0) ** 2
        bags = [frozenset(terms(one.text)) for one in candidates]
        words = np.array([[self._shared(bag, other) for other in self._bags] for bag in bags])
        chapter = np.array([[one.chapter == other.chapter for other in self._examples] for one in candidates], float)
        medium = np.array([[one.medium == other.medium for other in self._examples] for one in candidates], float)
        return np.asarray(_MEANING * meaning + _WORDS * words + _CHAPTER * chapter + _MEDIUM * medium)

    def _shared(self, bag: frozenset[str], other: frozenset[str]) -> float:
        """Return how much of the rarity of two texts' words is that of words in both, 0–1."""
        both = sum(self._rarity.get(term, 0.0) for term in bag & other)
        return both / math.sqrt(self._weight(bag) * self._weight(other)) if both else 0.0

    def _weight(self, bag: frozenset[str]) -> float:
        return sum(self._rarity.get(term, 0.0) for term in bag)


def taste_of(proposals: Iterable[Proposal], decisions: Iterable[Judged]) -> Taste:
    """Learn from what was decided of proposals; rejections that say nothing against the work are left out."""
    by_id: Mapping[str, Proposal] = {one.id: one for one in proposals}
    telling = sorted(
        (one for one in decisions if one.proposal in by_id and (one.taken or one.ground not in LIKED_ALL_THE_SAME)),
        key=lambda one: (one.decided_at, one.proposal),
    )
    return Taste([example_of(by_id[one.proposal]) for one in telling], [one.taken for one in telling])


def taste_of_votes(votes: Sequence[Opinion]) -> Taste:
    """Learn from what readers said of stories, by their titles, the oldest vote first."""
    return Taste([Example(vote.title, "", "") for vote in votes], [vote.liked for vote in votes], _TRUSTED_VOTES)


def example_of(proposal: Proposal) -> Example:
    """Return what a proposal is compared by."""
    return Example(f"{proposal.title}\n{proposal.merit}", proposal.chapter, proposal.medium)


def candidate_of(filed: Filed) -> Example:
    """Return what a story that could be proposed is compared by."""
    lead = filed.story.lead
    return Example(f"{lead.title}\n{filed.summary.tldr}", filed.verdict.chapter, lead.medium)


def favours(taste: Taste, stories: Sequence[Filed]) -> dict[str, float]:
    """Return by story how much decisions speak for it, as `Taste.favour` says."""
    found = taste.favour([candidate_of(filed) for filed in stories])
    return {filed.story.id: value for filed, value in zip(stories, found, strict=True)}


def _vectors(examples: Sequence[Example]) -> Floats:
    if not examples:
        return np.zeros((0, 1))
    return np.asarray(embed([one.text for one in examples]), float)


def _fitted(alike: Floats, answers: Floats, base: float) -> Floats:
    """Return the weight of each example: Newton's steps on the penalized likelihood (Rasmussen and Williams, 3.4)."""
    logits = np.zeros(len(answers))
    weights = np.zeros(len(answers))
    for _ in range(_ROUNDS if len(answers) else 0):
        chances = _sigmoid(_logit(base) + logits)
        sure = np.maximum(chances * (1 - chances), 1e-6)
        root = np.sqrt(sure)
        target = sure * logits + answers - chances
        inner = np.eye(len(answers)) + root[:, None] * alike * root[None, :]
        weights = target - root * np.linalg.solve(inner, root * (alike @ target))
        logits = alike @ weights
    return weights


def _sigmoid(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))


def _logit(share: float) -> float:
    return math.log(share / (1 - share))
