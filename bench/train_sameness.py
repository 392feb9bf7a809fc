"""Fits the weights of the "same work?" judge and writes them: rarity.json (word rarities) and sameness.json (trees).

Usage: python bench/train_sameness.py --data DIR [--out FOLDER]. Needs scikit-learn; the project itself does not.
"""

from __future__ import annotations

import argparse
import base64
import json
import math
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import arguments
import numpy as np
from sameness_data import SETS, Pair, augmented, labelled_pairs, month_pairs, rows, without_keys
from sklearn.ensemble import HistGradientBoostingClassifier

from digestbot.offline import pair_features
from digestbot.offline.pair_profile import plain, profile, words_of
from digestbot.offline.rarity import BUCKET_BITS, STEPS_PER_NAT, bucket

WEIGHTS = Path(pair_features.__file__).parent / "weights"
# The share of the training weight each set gets: its own pairs count by kind of source, not by how many were at hand.
# A false merge of two articles loses one of them; the catalogues of DBLP keep their own labels' balance.
FALSE_MERGE_COST = 2.0
SHARES = dict(zip(SETS, (1.6, 0.8, 0.8, 1.0, 1.0), strict=True))


def main() -> None:
    """Fit on everything under DIR and write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    arguments.add_data(parser)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    (options.out / "rarity.json").write_text(json.dumps(rarity_table(options.data)), encoding="utf-8")
    pairs = [strip(pair) for pair in labelled_pairs(options.data)]
    trees = fitted([*pairs, *augmented(pairs), *map(strip, month_pairs(options.data))])
    (options.out / "sameness.json").write_text(json.dumps(exported(trees), separators=(",", ":")), encoding="utf-8")


def strip(pair: Pair) -> Pair:
    """Return a pair without addresses: equal identifiers decide before the model is asked."""
    return Pair(
        pair.source, pair.kind, pair.label, without_keys(pair.a), without_keys(pair.b), pair.entities, pair.weight
    )


def rarity_table(data: Path) -> dict[str, Any]:
    """Return the table of word rarities over the arXiv texts and the DBLP titles, without any word in it."""
    counts: Counter[str] = Counter()
    documents = 0
    arxiv = [data / "arxiv-month/items.jsonl.gz", data / "parallel/zh_en.jsonl.gz"]
    texts = [f"{row['title']} {row['abstract']}"[:1500] for path in arxiv for row in rows(path)]
    dblp = [data / f"duplicates/{name}.jsonl.gz" for name in SETS if name.endswith("structured")]
    texts += sorted({str(row[side]["title"]) for path in dblp for row in rows(path) for side in ("a", "b")})
    for text in texts:
        counts.update(set(words_of(plain(text))))
        documents += 1
    table = bytearray([min(255, round(STEPS_PER_NAT * math.log(documents)))] * (1 << BUCKET_BITS))
    for word, count in sorted(counts.items(), key=lambda kv: (kv[1], kv[0])):
        if count >= 3:  # rarer words keep the ceiling, which leaves their places to no one
            table[bucket(word)] = min(table[bucket(word)], round(STEPS_PER_NAT * math.log(documents / count)))
    return {"documents": documents, "table": base64.b64encode(zlib.compress(bytes(table), 9)).decode()}


def matrix(pairs: Sequence[Pair]) -> np.ndarray[Any, Any]:
    """Return the feature rows of pairs, the sides in the order the judge uses."""
    return np.array([pair_features.features(*pair_features.ordered(profile(p.a), profile(p.b))) for p in pairs])


def weights_of(pairs: Sequence[Pair]) -> np.ndarray[Any, Any]:
    """Return a weight per pair such that each set has its share of the whole."""
    costs = [p.weight * (FALSE_MERGE_COST if p.source == "arxiv_pairs" and not p.label else 1.0) for p in pairs]
    total = dict.fromkeys(SHARES, 0.0)
    for pair, cost in zip(pairs, costs, strict=True):
        total[pair.source] += cost
    shares = [SHARES[p.source] * cost / total[p.source] for p, cost in zip(pairs, costs, strict=True)]
    return np.array(shares) * len(pairs) / sum(SHARES.values())


def fitted(pairs: Sequence[Pair], seed: int = 3) -> HistGradientBoostingClassifier:
    """Return shallow boosted trees in which a likeness can only raise the score and a difference only lower it."""
    trees = HistGradientBoostingClassifier(
        max_iter=220,
        learning_rate=0.06,
        max_leaf_nodes=12,
        min_samples_leaf=15,
        l2_regularization=3.0,
        max_features=0.5,
        monotonic_cst=[pair_features.DIRECTIONS[name] for name in pair_features.NAMES],
        random_state=seed,
    )
    return trees.fit(matrix(pairs), [p.label for p in pairs], sample_weight=weights_of(pairs))


def exported(trees: HistGradientBoostingClassifier) -> dict[str, Any]:
    """Return the trees as plain lists: per node [feature, threshold, NaN goes left, left, right], per leaf [value]."""
    out = []
    for (tree,) in trees._predictors:
        nodes = []
        for node in tree.nodes:
            if node["is_leaf"]:
                nodes.append([round(float(node["value"]), 5)])
            else:
                threshold = round(float(node["num_threshold"]), 6)
                nodes.append(
                    [
                        int(node["feature_idx"]),
                        threshold,
                        int(node["missing_go_to_left"]),
                        int(node["left"]),
                        int(node["right"]),
                    ]
                )
        out.append(nodes)
    return {"features": list(pair_features.NAMES), "base": float(trees._baseline_prediction[0][0]), "trees": out}


if __name__ == "__main__":
    main()
