"""What Chinese words of the field are called in English, as the bundled vectors of search learned it; pure.

The glossary knows the field's terms. The rest of a question, such as 图像 or 用户, stands in the space in which papers
and their Chinese summaries lie together: what lies next to it there is its translation.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digestbot.offline import vectors

LEAST_ALIKE = 0.85
"""The cosine from which the nearest English word is a translation: below it lies what merely stands in the same papers,
as "receiver" beside 接收, as in the acceptance of a paper, at 0.81."""
_LEAST_SECOND = 0.7
"""That of a second name, such as "vision" beside "visual"."""
_MAX_NAMES = 2
_LEAST_LETTERS = 3


@lru_cache(maxsize=4096)
def english_names(pair: str) -> tuple[str, ...]:
    """Return up to two English words for a pair of Chinese characters, the nearest first; none where none is near."""
    space = vectors.load("search")
    place = space.words.index.get(pair)
    rows, words, lengths = _english()
    if place is None or place >= len(space.concepts):
        return ()
    own = space.concepts[place]
    alike = (space.concepts @ own)[rows] / (lengths * max(float(np.linalg.norm(own)), 1e-9))
    best = [int(one) for one in np.argsort(-alike)[:_MAX_NAMES]]
    if alike[best[0]] < LEAST_ALIKE:
        return ()
    return tuple(words[one] for one in best if alike[one] >= _LEAST_SECOND)


@cache
def _english() -> tuple[NDArray[np.int64], list[str], NDArray[Any]]:
    """Return the rows of the space that are English words, the words, and the lengths of their vectors."""
    space = vectors.load("search")
    known = [(row, word) for word, row in space.words.index.items() if row < len(space.concepts) and _is_word(word)]
    rows = np.array([row for row, _ in known], dtype=np.int64)
    return rows, [word for _, word in known], np.maximum(np.linalg.norm(space.concepts[rows], axis=1), 1e-9)


def _is_word(gram: str) -> bool:
    return gram.isascii() and gram.isalpha() and len(gram) >= _LEAST_LETTERS
