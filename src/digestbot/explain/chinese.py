"""Which pairs of characters of a Chinese question are words; pure.

Chinese is indexed by pairs of neighbouring characters. Of those of a question only some are words: the others join the
end of one to the beginning of the next, or to a particle, and say nothing that a text could be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digestbot.explain.naming import english_names

_PARTICLES = frozenset(
    "的了吗呢吧着里在是会能和与或把被对从到向为很更最也都就才还又这那其它他她我你们什么怎哪些个种每之所而且于要让使"
)
"""Characters that join words: a pair with one of them is a word only where it is known as one."""
_FRAMES = frozenset(
    re.findall(
        r"\S+",
        "方法 技术 论文 研究 问题 时候 哪些 发生 导致 产生 引起 造成 出现 使用 进行 应该 需要 比较 主要 目前 现在 通常 "
        "意思 原理 情况 方面 办法 常见 有何 一般 如今 关系",
    )
)
"""Words that ask, in whatever a question is about."""


def words(pairs: Sequence[str]) -> list[str]:
    """Return those of a row of stems that are words, in their order; what is no Chinese is left as it is.

    Known words are taken first. What overlaps one of them, or holds a particle, is none; of what is left each pair may
    be one.
    """
    known = _known(pairs)
    return [
        pair
        for place, pair in enumerate(pairs)
        if pair.isascii() or (pair not in _FRAMES and (place in known or not _joins(place, pairs, known)))
    ]


def _known(pairs: Sequence[str]) -> set[int]:
    """Return the places of the pairs that have a translation or only frame a question, none of which overlap."""
    known: set[int] = set()
    for place, pair in enumerate(pairs):
        if pair.isascii() or (place - 1 in known and _overlap(pairs[place - 1], pair)):
            continue
        if pair in _FRAMES or english_names(pair):
            known.add(place)
    return known


def _joins(place: int, pairs: Sequence[str], known: set[int]) -> bool:
    """Tell whether a pair only joins what stands beside it."""
    pair = pairs[place]
    before = place - 1 in known and _overlap(pairs[place - 1], pair)
    after = place + 1 in known and _overlap(pair, pairs[place + 1])
    return before or after or bool(_PARTICLES.intersection(pair))


def _overlap(first: str, second: str) -> bool:
    """Tell whether two neighbours of a row share a character."""
    return not first.isascii() and not second.isascii() and first[-1] == second[0]
