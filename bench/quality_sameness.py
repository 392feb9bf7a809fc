"""Measures the "same work?" judge and its blocking keys on the data folder.

Usage: python bench/quality_sameness.py --data DIR [--shipped-only]. Cross-validated figures fit new weights per fold
and never see a record of the test; "shipped" figures use the weights in the package, which were fitted on this very
data: they show that the pieces fit together, not how good they are.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import arguments
import numpy as np
from sameness_data import Pair, augmented, folds, labelled_pairs, month_pairs, rows
from train_sameness import fitted, matrix, strip

from digestbot.offline.blocking import blocking_keys
from digestbot.offline.sameness import THRESHOLD, Work, judge, work_from

Scores = list[float]
# Keys that more works hold are passed over when candidates are searched.
CAP = 50


def main() -> None:
    """Print all figures as text."""
    parser = argparse.ArgumentParser(description=__doc__)
    arguments.add_data(parser)
    parser.add_argument("--shipped-only", action="store_true", help="leave out the cross-validation (minutes)")
    options = parser.parse_args()
    pairs = labelled_pairs(options.data)
    bare = [strip(pair) for pair in pairs]
    if not options.shipped_only:
        scores = cross_validated(bare, month_pairs(options.data))
        report("cross-validated, addresses and ids hidden", pairs, scores)
        calibration(pairs, scores)
    report("shipped weights (fitted on this data), addresses and ids hidden", pairs, judged(bare))
    report("shipped weights (fitted on this data), end to end", pairs, judged(pairs))
    blocking(options.data, [pair for pair in pairs if pair.label])


def cross_validated(pairs: Sequence[Pair], more: Sequence[Pair]) -> Scores:
    """Return a score per pair from weights that saw no record of its fold; `more` are pairs for training only."""
    scores: dict[int, float] = {}
    for training, test in folds(list(pairs)):
        touched = {entity for pair in test for entity in pair.entities}
        extra = [strip(pair) for pair in more if not touched.intersection(pair.entities)]
        trees = fitted([*training, *augmented(training), *extra])
        scores |= dict(zip(map(id, test), trees.predict_proba(matrix(test))[:, 1], strict=True))
    return [float(scores[id(pair)]) for pair in pairs]


def judged(pairs: Sequence[Pair]) -> Scores:
    """Return the judge's own scores with the weights in the package."""
    started = time.perf_counter()
    scores = [judge(pair.a, pair.b).score for pair in pairs]
    print(f"\n{1000 * (time.perf_counter() - started) / len(pairs):.2f} ms a pair")
    return scores


def report(title: str, pairs: Sequence[Pair], scores: Scores) -> None:
    """Print precision, recall and F1 of each set, at the threshold and around it, and of each kind of arxiv_pairs."""
    print(f"\n## {title}\n{'set':32}{'pairs':>7}{'precision':>11}{'recall':>8}{'F1':>7}   F1 at 0.5/0.6/0.7/0.8/0.9")
    for name, places in grouped(pairs, lambda pair: pair.source).items():
        labels, own = [pairs[i].label for i in places], [scores[i] for i in places]
        around = "/".join(f"{f1(labels, own, t)[2]:.3f}" for t in (0.5, 0.6, 0.7, 0.8, 0.9))
        precision, recall, f = f1(labels, own, THRESHOLD)
        print(f"{name:32}{len(places):7}{precision:11.3f}{recall:8.3f}{f:7.3f}   {around}")
    for kind, places in grouped(pairs, lambda pair: pair.kind if pair.source == "arxiv_pairs" else "").items():
        if kind:
            said = sum(scores[i] >= THRESHOLD for i in places)
            print(f"  {kind:30}{len(places):7} label {pairs[places[0]].label}, said same {said}")


def calibration(pairs: Sequence[Pair], scores: Scores) -> None:
    """Print the share of matches among pairs of like score."""
    print("\nscore band: pairs, share of matches")
    for low in (0.0, 0.1, 0.3, 0.5, 0.7, 0.9):
        high = {0.0: 0.1, 0.9: 1.01}.get(low, low + 0.2)
        labels = [pair.label for pair, score in zip(pairs, scores, strict=True) if low <= score < high]
        print(f"  {low:.1f}-{min(high, 1):.1f}: {len(labels):5}, {np.mean(labels) if labels else 0:.2f}")


def blocking(data: Path, matches: Sequence[Pair]) -> None:
    """Print how many matches share a key and how many candidates a work of the arXiv month gets."""
    month = [keys_of(work_from(row)) for row in rows(data / "arxiv-month/items.jsonl.gz")]
    holders = Counter(key for own in month for key in own)
    print(
        f"\n## blocking: share of matches with a key in common, and with one that at most {CAP} works of the month hold"
    )
    for name, places in grouped(matches, lambda pair: f"{pair.source} {pair.kind}").items():
        shared = [keys_of(matches[i].a) & keys_of(matches[i].b) for i in places]
        capped = [any(holders[key] <= CAP for key in keys) for keys in shared]
        print(f"  {name:52}{len(places):6}{np.mean([bool(keys) for keys in shared]):8.4f}{np.mean(capped):8.4f}")
    for size in (len(month) // 4, len(month) // 2, len(month)):
        print(f"  {size} works, candidates a work: " + candidates(month[:: len(month) // size][:size]))


def candidates(keys: Sequence[frozenset[str]]) -> str:
    """Return the mean number of other works that share a key, without and with caps on a key's works."""
    holders: dict[str, set[int]] = defaultdict(set)
    for place, own in enumerate(keys):
        for key in own:
            holders[key].add(place)
    said = []
    for cap in (10**9, CAP, 20):
        met = [len(set().union(*(holders[k] for k in own if len(holders[k]) <= cap))) - 1 for own in keys]
        said.append(f"{'no cap' if cap > CAP else f'cap {cap}'} {np.mean(np.maximum(met, 0)):.1f}")
    sizes = Counter({key: len(places) for key, places in holders.items()})
    return f"{', '.join(said)}, largest key {sizes.most_common(1)[0][1]}, keys a work {np.mean([*map(len, keys)]):.1f}"


def keys_of(work: Work) -> frozenset[str]:
    """Return a work's blocking keys."""
    return blocking_keys(work.title, work.abstract)


def f1(labels: Sequence[int], scores: Sequence[float], threshold: float) -> tuple[float, float, float]:
    """Return precision, recall and F1 of saying "same" from a threshold on."""
    said = [score >= threshold for score in scores]
    right = sum(s and bool(label) for s, label in zip(said, labels, strict=True))
    precision, recall = right / max(1, sum(said)), right / max(1, sum(labels))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def grouped(pairs: Sequence[Pair], name: Callable[[Pair], str]) -> dict[str, list[int]]:
    """Return the places of the pairs under each name."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        found[name(pair)].append(place)
    return found


if __name__ == "__main__":
    main()
