"""Scores how likely people are to pick an item out of a day's papers, learned from what curators picked before.

Must not decide anything by itself: it orders items, the pipeline's policy cuts.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digestbot.offline import vectors, vocabulary
from digestbot.offline.filer import FilingText, counted
from digestbot.offline.vectors import Space
from digestbot.offline.vocabulary import Floats

CATEGORIES = (
    "cs.CL",
    "cs.CV",
    "cs.AI",
    "cs.LG",
    "cs.GR",
    "cs.IT",
    "cs.GT",
    "cs.CE",
    "cs.RO",
    "eess.IV",
    "cs.HC",
    "cs.CY",
    "cs.IR",
    "cs.MA",
)
_TAIL = 0.005
_PAGE_WORDS = ("project page", ".github.io", "huggingface")


@dataclass(frozen=True)
class Relevance:
    """A logistic model over terms, concept vectors and a few traits of how a paper presents itself."""

    space: Space
    term_weights: Floats
    concept_weights: Floats
    trait_weights: Floats
    bias: float
    levels: Floats
    """The log-odds of a month's papers, from the least likely to be chosen to the likeliest, at equal distances."""

    def score(self, texts: Sequence[FilingText]) -> Floats:
        """Return the share of a month's papers that are less likely to be chosen than a text, each in 0..1.

        A rank says more than a chance: one paper in twenty is chosen, so that a chance of 0.2 is a very good paper's.
        Beyond the best and the worst of the month the curve goes on, so that no two different chances become equal.
        """
        odds = self.log_odds(texts)
        shares = np.linspace(_TAIL, 1 - _TAIL, len(self.levels))
        inside = np.interp(odds, self.levels, shares)
        below, above = np.minimum(odds - self.levels[0], 0), np.maximum(odds - self.levels[-1], 0)
        ranks: Floats = (inside * np.exp(below) + _TAIL * (1 - np.exp(-above))).astype(np.float32)
        return ranks

    def log_odds(self, texts: Sequence[FilingText]) -> Floats:
        """Return the logarithm of the odds that people would choose each text among the papers of its day."""
        counts = [counted(text) for text in texts]
        if not counts:
            return np.zeros(0, dtype=np.float32)
        scores: Floats = self.space.words.bags(counts).normalized().times(self.term_weights)[:, 0]
        scores = scores + self.space.embed_counts(counts) @ self.concept_weights
        odds: Floats = scores + traits(texts) @ self.trait_weights + np.float32(self.bias)
        return odds


def relevance(texts: Sequence[FilingText]) -> Floats:
    """Return for each text the share of a month's papers that people would sooner pass over, in 0..1."""
    return load().score(texts)


@functools.cache
def load() -> Relevance:
    """Return the bundled model, read once."""
    arrays = vocabulary.load_weights("relevance")
    return Relevance(
        space=vectors.load(),
        term_weights=vocabulary.unpack(arrays, "terms"),
        concept_weights=arrays["concepts"].astype(np.float32),
        trait_weights=arrays["traits"].astype(np.float32),
        bias=float(arrays["bias"]),
        levels=arrays["levels"].astype(np.float32),
    )


def traits(texts: Sequence[FilingText]) -> Floats:
    """Return what a title, an abstract and the categories show at a glance; one row a text."""
    return np.array([_traits(text) for text in texts], dtype=np.float32)


def _traits(text: FilingText) -> list[float]:
    title, abstract = text.title, text.abstract[: vocabulary.MAX_CHARS].lower()
    head, colon, _ = title.partition(":")
    shown: list[bool | float] = [
        len(title) / 80,
        bool(colon),
        bool(colon) and len(head.split()) == 1,
        "github" in abstract,
        "http" in abstract,
        any(word in abstract for word in _PAGE_WORDS),
        "code" in abstract and ("available" in abstract or "release" in abstract),
        len(abstract[:1200]) / 1200,
        any(c.isdigit() for c in head),
        sum(c.isupper() for c in head) / (len(head) + 1),
        "survey" in title.lower(),
        "benchmark" in title.lower() or "benchmark" in abstract,
        *(name in text.categories for name in CATEGORIES),
        *(text.categories[:1] == (name,) for name in CATEGORIES[:3]),
    ]
    return [float(value) for value in shown]
