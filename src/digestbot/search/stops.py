"""The words of asking: what a question holds that says nothing of what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable

from digestbot.search.words import stems

ASKING = frozenset(
    re.findall(
        r"\S+",
        "about actually between difference differences different do does doing done explain get gets good got how like "
        "made make makes me much my really should show still tell there well what whats when where which who whom "
        "why work working works would you your",
    )
)
"""Words that ask, in whatever a question is about."""
_STOP = ASKING | frozenset(
    re.findall(
        r"\S+",
        "a an and are as at be been by can could did explained for from give had has have i if in into is it its just "
        "mean means more no not of on one or other our overview please so some such than that the their them then "
        "these they this to up us use used using was we were while will with vs versus via application approach "
        "compare comparison differ latest method new newest paper recent recently research study survey "
        "technique topic various based paradigm",
    )
)
_STOP_STEMS = frozenset(stem for word in _STOP for stem in stems(word))


def without_stops(words: Iterable[str]) -> tuple[str, ...]:
    """Return the stems that carry meaning; all of them where none does."""
    every = tuple(words)
    return tuple(word for word in every if word not in _STOP_STEMS) or every
