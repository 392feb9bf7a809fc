"""Which placement items must stay together when some are kept out of a training: whole lists."""

from __future__ import annotations

import collections
import re
from collections.abc import Sequence

from offline_corpus import Row


def lists(row: Row) -> list[str]:
    """Return the groups that must stay together: lists, venues over all years, rule-made arXiv items by month."""
    by_rule = "dw-dengwei/daily-arXiv-ai-enhanced"
    return [f"arXiv {row['date'][:7]}" if o == by_rule else re.sub(r"\d{4}$", "", o) for o in row["origins"]]


def assign(placed: Sequence[Row], folds: int) -> dict[str, int]:
    """Return the fold of each list: big lists first, each to the fold that has least of its sections."""
    sizes: collections.Counter[str] = collections.Counter()
    sections: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for row in placed:
        for name in lists(row):
            sizes[name] += 1
            sections[name][row["section"]] += 1
    held: list[collections.Counter[str]] = [collections.Counter() for _ in range(folds)]
    fold_of = {}
    for name, _ in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])):
        overlap = [(sum(fold[s] * n for s, n in sections[name].items()), fold.total()) for fold in held]
        fold_of[name] = overlap.index(min(overlap))
        held[fold_of[name]].update(sections[name])
    return fold_of
