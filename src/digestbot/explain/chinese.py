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
_AFFIXES = frozenset(
    "大小新超多非反半自微全深双单零少弱强软硬跨子器性化法率度型类层网图库集者家术学力式端量值点题论中内外时后前间下上过用做"
)
"""Characters that are put before or behind a name without making another thing of it."""
_FRAMES = frozenset(
    re.findall(
        r"\S+",
        "方法 技术 论文 研究 问题 时候 哪些 发生 导致 产生 引起 造成 出现 使用 进行 应该 需要 比较 主要 目前 现在 通常 "
        "意思 原理 情况 方面 办法 常见 有何 一般 如今 关系",
    )
)
"""Words that ask, in whatever a question is about."""


def beside_known(pairs: Sequence[str], before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return the pairs between two known names without those that only join a name to what stands beside it.

    A character of its own beside a name makes another thing of it, as 酒 of 蒸馏: such a pair stays.
    """
    row = [*before, *pairs, *after]
    start, end = len(before), len(before) + len(pairs)
    first = bool(before and pairs) and _overlap(before[-1], pairs[0]) and _is_joint(pairs[0][-1], row[start + 1 :][:1])
    last = bool(after and pairs) and _overlap(pairs[-1], after[0]) and _is_joint(pairs[-1][0], row[: end - 1][-1:])
    return list(pairs[first : len(pairs) - last])


def _is_joint(char: str, beside: Sequence[str]) -> bool:
    """Tell whether a character beside a name belongs to the next pair, or only makes a noun or a form of the name."""
    return char in _PARTICLES or char in _AFFIXES or bool(beside and char in beside[0])


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
