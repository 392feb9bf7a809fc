"""Everyday words of a question, and under which others papers speak of the same; pure.

Who asks why quantization hurts accuracy is answered by a paper on how it degrades it.
"""

from __future__ import annotations

import re

from digestbot.search.words import stems

_ALIKE = (
    "hurt hurts harm degrade degradation damage impair worsen drop loss decline deteriorate",
    "improve improvement boost enhance help helps increase better gain",
    "fail failure struggle break breakdown",
    "fast faster speed accelerate acceleration",
    "cheap cheaper cost expensive affordable",
    "wrong incorrect error mistake",
    "large larger big bigger size scale",
    "small smaller tiny compact lightweight",
    "remember memorize recall retain",
    "forget forgetting",
    "cheat cheating exploit hack",
    "slow slower latency",
    "trust trustworthy reliable reliability",
)
_LIGHT = (
    "become becomes becoming happen happens occur occurs get gets let lets cause causes caused make possible actually "
    "always never often sometimes good bad best able thing things people someone tend tends need needs want wants"
)
LIGHT = frozenset(stem for word in re.findall(r"\S+", _LIGHT) for stem in stems(word))
"""Words that ask for nothing by themselves."""


def names_alike(stem: str) -> tuple[tuple[str, ...], ...]:
    """Return the stems of an everyday word and of those that say the same, it first; only it where none do."""
    return ((stem,), *((other,) for other in _BY_STEM.get(stem, ()) if other != stem))


def _by_stem() -> dict[str, tuple[str, ...]]:
    rows = [tuple(dict.fromkeys(stem for word in row.split() for stem in stems(word))) for row in _ALIKE]
    return {stem: row for row in rows for stem in row}


_BY_STEM = _by_stem()
