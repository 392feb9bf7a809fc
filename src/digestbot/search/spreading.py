"""Chooses among candidates so that what is chosen differs: maximal marginal relevance over meaning, source and day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from math import exp
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from digestbot.domain import Document, Shelved

MOST_OF_DOCUMENT = 3
"""Passages of one document in one answer."""
_POOL = 5
"""Candidates looked at for each one that is chosen."""
_LIKENESS, _SAME_DOCUMENT, _SAME_SOURCE, _SAME_DAY = 0.25, 0.15, 0.02, 0.02
"""What it costs a passage to say what another chosen one says, or to come from the same place."""
_NEWS, _NEWS_DAYS = 0.6, 120
"""What being of today is worth where the question asks for news, and after how many days a third of it is left."""


class Ranked(Protocol):
    """A candidate as far as choosing goes."""

    @property
    def shelved(self) -> Shelved: ...
    @property
    def document(self) -> Document: ...
    @property
    def score(self) -> float: ...
    @property
    def vector(self) -> NDArray[np.float32]: ...


One = TypeVar("One", bound=Ranked)


def spread(ranked: Sequence[One], limit: int, today: date | None) -> list[One]:
    """Return up to `limit` of the candidates, best first; `today` where newer ones are wanted."""
    worth = {id(one): one.score + (_newness(one.document.date, today) if today else 0.0) for one in ranked}
    pool = sorted(ranked, key=lambda one: -worth[id(one)])[: _POOL * limit]
    chosen: list[One] = []
    cost = dict.fromkeys(worth, 0.0)
    while pool and len(chosen) < limit:
        best = max(pool, key=lambda one: worth[id(one)] - cost[id(one)])
        chosen.append(best)
        of_document = sum(one.document.id == best.document.id for one in chosen)
        full = of_document >= MOST_OF_DOCUMENT
        pool = [one for one in pool if one is not best and not (full and one.document.id == best.document.id)]
        for one in pool:
            cost[id(one)] = max(cost[id(one)], _redundancy(one, best))
    return chosen


def _redundancy(one: Ranked, other: Ranked) -> float:
    a, b = one.document, other.document
    return (
        _LIKENESS * max(0.0, float(one.vector @ other.vector))
        + _SAME_DOCUMENT * (a.id == b.id)
        + _SAME_SOURCE * (bool(a.url) and _host(a.url) == _host(b.url))
        + _SAME_DAY * (bool(a.date) and a.date[:10] == b.date[:10])
    )


@lru_cache(maxsize=10_000)
def _host(url: str) -> str | None:
    """Return the host of an address, read once: every candidate is compared with every chosen one."""
    return urlsplit(url).hostname


def _newness(day: str, today: date) -> float:
    try:
        age = (today - date.fromisoformat(day[:10])).days
    except ValueError:
        return 0.0
    return _NEWS * exp(-max(0, age) / _NEWS_DAYS)
