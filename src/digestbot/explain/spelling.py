"""A word that nothing uses, as the field's word that is one slip of the finger away from it; pure.

Names of methods are never changed: only words in lower case, and only into words of the glossary.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from string import ascii_lowercase

from digestbot.offline.rarity import rarity
from digestbot.search.glossary import names

_LEAST_LETTERS = 5
"""Shorter ones are one slip away from too many."""
_WORD = re.compile(r"[a-z]{4,}")


def respelled(question: str, unknown: Sequence[str]) -> str:
    """Return a question with its unknown words spelled as the field does, the same where none is near a known one."""
    for word in unknown:
        right = _nearest(word) if word in question else ""
        if right:
            question = re.sub(rf"\b{re.escape(word)}\b", right, question)
    return question


def _nearest(word: str) -> str:
    """Return the commonest known word that is one letter more, less, other or swapped away, "" for none."""
    if not (len(word) >= _LEAST_LETTERS and word.isascii() and word.isalpha() and word.islower()):
        return ""
    return min(_slips(word) & _known(), key=lambda one: (rarity(one), one), default="")


def _slips(word: str) -> set[str]:
    cuts = [(word[:place], word[place:]) for place in range(1, len(word) + 1)]  # the first letter is seldom wrong
    left_out = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    other = {a + c + b[1:] for a, b in cuts if b for c in ascii_lowercase}
    more = {a + c + b for a, b in cuts for c in ascii_lowercase}
    return left_out | swapped | other | more


@cache
def _known() -> frozenset[str]:
    """Return the English words of the glossary's names, written small, and their plurals."""
    written = {word for row in names() for name in row for word in _WORD.findall(name)}
    return frozenset(written | {f"{word}s" for word in written})
