"""Whether what was found is enough to answer from; pure.

Two things must hold: every word that carries the question occurs in what was found, and some sentence and some document
are about most of them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digestbot.explain.candidates import Candidate
from digestbot.explain.concepts import Concept, share, words_of
from digestbot.explain.extracting import LEAST_OWN, Matter, holds_most
from digestbot.search import Found

LEAST_COVERED = 0.7
"""One document must hold so much of the question, by weight."""
LEAST_NEAR = 0.3
"""What comes nearest must hold so much."""
LEAST_ALIKE, LEAST_TITLED = 0.5, 8
"""Plain words may be of another field: something must mean nearly the same, or so many titles name them. Chosen on
ninety questions: in the vectors of search those of the field reach 0.53 and more; inflation, vaccines, banks stay below
0.5."""
_TELLING = 0.15
"""The share of a question's weight from which a concept that nothing holds leaves it unanswered."""
_LEAST_HELD = 0.6
"""A concept is held by a text that has so much of one of its names."""


@dataclass(frozen=True)
class Judged:
    """Whether there is enough; `unknown` are the words of the question that nothing that was found uses."""

    enough: bool
    unknown: tuple[str, ...] = ()


def judge(matter: Matter, found: Sequence[Found], said: Sequence[Candidate]) -> Judged:
    """Return whether a question can be answered from what was found."""
    texts = [words_of(f"{one.document.title} {one.passage.text}") for one in found]
    unknown = tuple(one.written for one in _telling(matter.whole) if not any(one.held(t) >= _LEAST_HELD for t in texts))
    parts = list(matter.subjects.values())
    covered = all(max((share(part, text) for text in texts), default=0.0) >= LEAST_COVERED for part in parts)
    own = all(any(share(part, one.words) >= LEAST_OWN for one in said) for part in parts)
    together = any(all(holds_most(part, text) for part in parts) for text in texts) or len(parts) > 1
    enough = bool(matter.whole) and not unknown and covered and own and together and _is_of_the_field(matter, found)
    return Judged(enough, unknown)


def _is_of_the_field(matter: Matter, found: Sequence[Found]) -> bool:
    """Tell whether plain words mean here what is asked: inflated scores say nothing of what causes inflation."""
    if not all(one.plain for one in matter.whole):
        return True
    titled = sum(share(matter.whole, words_of(one.document.title)) >= _LEAST_HELD for one in found)
    return titled >= LEAST_TITLED or max((one.similarity for one in found), default=0.0) >= LEAST_ALIKE


def near(matter: Matter, found: Sequence[Found]) -> list[Found]:
    """Return what was found that holds some of the question, so that nothing foreign is named as nearest."""
    return [
        one for one in found if share(matter.whole, words_of(f"{one.document.title} {one.passage.text}")) >= LEAST_NEAR
    ]


def _telling(about: Sequence[Concept]) -> list[Concept]:
    total = sum(one.weight for one in about)
    return [one for one in about if one.weight >= _TELLING * total]
