"""Tells whether a text from outside speaks to a model instead of to its readers, and by which words; pure.

Rules and weights, no learning: each sign has a name that a reviewer understands. Works that study such attacks quote
them, so a text that says it studies them needs more than one sign; a sentence is judged by itself. A text that is not
flagged may still be hostile: the checks of replies do not depend on this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digestbot.suspicion.signs import ANYWHERE, BREAK, COMMANDS, OPENING, STUDIES

MAX_CHARS = 60_000
FLAGGED = 0.5
"""Score from which a text is suspicious; chosen on 503 attacks, 150 harmless texts and 5,897 abstracts of a month."""
_STUDIED = 0.6
_MAX_SPAN_CHARS = 80
_MAX_CLAUSE_CHARS = 160


@dataclass(frozen=True)
class Sign:
    """A sign of a command to a model: its name, the words that show it, and what it weighs, 0–1."""

    name: str
    span: str
    weight: float


@dataclass(frozen=True)
class Suspicion:
    """How suspicious a text is, 0–1, and why; each sign counts once."""

    score: float
    signs: tuple[Sign, ...]

    @property
    def flagged(self) -> bool:
        """Whether a reviewer should look at the source."""
        return self.score >= FLAGGED


def suspicion(text: str) -> Suspicion:
    """Return how suspicious a whole text is; at most `MAX_CHARS` of it are read."""
    shown = text[:MAX_CHARS]
    signs = _signs(shown)
    score = sum(sign.weight for sign in signs)
    # Whoever studies attacks quotes them: one sign beside the field's own words is a quotation more often than not.
    if signs and STUDIES.search(shown):
        score -= _STUDIED
    return Suspicion(min(max(score, 0.0), 1.0), signs)


def is_suspicious(sentence: str) -> bool:
    """Tell whether a single sentence has a sign strong enough not to be repeated."""
    return any(sign.weight >= FLAGGED for sign in _signs(sentence[:MAX_CHARS]))


def _signs(text: str) -> tuple[Sign, ...]:
    found: dict[str, Sign] = {}
    for name, weight, match in (*_commands(text), *_anywhere(text)):
        span = " ".join(match.group().split())[:_MAX_SPAN_CHARS]
        found.setdefault(name, Sign(name, span, weight))
    return tuple(found.values())


def _anywhere(text: str) -> Iterator[tuple[str, float, re.Match[str]]]:
    for name, (weight, patterns) in ANYWHERE.items():
        for pattern in patterns:
            if match := pattern.search(text):
                yield name, weight, match


def _commands(text: str) -> Iterator[tuple[str, float, re.Match[str]]]:
    begins = [0, *(match.end() for match in BREAK.finditer(text))]
    verbs = [place for place in begins if OPENING.match(text, place)]
    for name, (weight, patterns) in COMMANDS.items():
        for pattern in patterns:
            for place in verbs:
                if match := pattern.match(text, place, place + _MAX_CLAUSE_CHARS):
                    yield name, weight, match
