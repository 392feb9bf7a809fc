"""The words of asking: what a question holds that says nothing of what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable

from digestbot.search.words import stems

_STOP = frozenset(
    re.findall(
        r"\S+",
        "a about an and are as at be been between by can could did do does explain explained for from give "
        "had has have how i if in into is it its just like me mean means more my no not of on one or other "
        "our overview please should show so some such tell than that the their them then there these they "
        "this to up us use used using was we were what when where which while who why will with would you "
        "your vs versus via application approach compare comparison difference differ general latest method "
        "new newest paper recent recently research study survey technique topic various work works based "
        "paradigm ",
    )
)
_STOP_STEMS = frozenset(stem for word in _STOP for stem in stems(word))


def without_stops(words: Iterable[str]) -> tuple[str, ...]:
    """Return the stems that carry meaning; all of them where none does."""
    every = tuple(words)
    return tuple(word for word in every if word not in _STOP_STEMS) or every
