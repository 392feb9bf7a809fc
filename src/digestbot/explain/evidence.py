"""Whether what was found is enough to answer from; pure.

Two things must hold: the words that carry the question occur in what was found, and some of it is about them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digestbot.explain.candidates import Candidate, Weights, forms
from digestbot.explain.understanding import Understood
from digestbot.offline.cues import STOP_WORDS
from digestbot.offline.terms import terms
from digestbot.search import Found

LEAST_COVERAGE = 0.6
"""The best passage must hold so much of the question, by weight."""
LEAST_OWN = 0.5
"""Its best sentence must hold so much by itself."""
_TELLING = 0.15
"""The share of a question's weight from which a word that nothing uses is told to the asker."""


@dataclass(frozen=True)
class Judged:
    """Whether there is enough; `unknown` are the words of the question that nothing that was found uses."""

    enough: bool
    unknown: tuple[str, ...] = ()


def judge(understood: Understood, found: Sequence[Found], said: Sequence[Candidate], weights: Weights) -> Judged:
    """Return whether a question can be answered from what was found."""
    unknown = _unknown(understood, found, weights)
    covered = max((one.coverage for one in found), default=0.0)
    own = max((one.own for one in said), default=0.0)
    return Judged(not unknown and covered >= LEAST_COVERAGE and own >= LEAST_OWN, unknown)


def _unknown(understood: Understood, found: Sequence[Found], weights: Weights) -> tuple[str, ...]:
    """Return the telling English words of a question that stand nowhere in what was found.

    Chinese words are found by their translations: whether those occur is the coverage's business.
    """
    held = frozenset[str]().union(*(forms(f"{one.document.title} {one.passage.text}") for one in found))
    total = sum(weights.values()) or 1.0
    asked = [term for subject in understood.subjects for term in terms(subject)]
    return tuple(
        term
        for term in dict.fromkeys(asked)
        if term.isascii()
        and term not in STOP_WORDS
        and weights.get(term, 0.0) >= _TELLING * total
        and not forms(term) & held
    )
