"""Measures filing and relevance on lists and weeks that are kept out of the training of each fold.

python bench/quality_filing.py --data DIR [--folds 6]

A fold keeps whole lists out: an item is measured in the fold of its first list, and trained on only where none of its
lists is kept out. The rule-made arXiv items count as one list a month. Vocabulary, concept vectors and weights are all
learned again in each fold. No figure comes from a text whose list was learned from.
"""

from __future__ import annotations

import argparse
import collections
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

import arguments

os.environ.setdefault("OMP_NUM_THREADS", "1")

import at_once
import numpy as np
import offline_corpus
import offline_training as training
from numpy.typing import NDArray
from offline_corpus import Corpus
from offline_filing import learn_filing
from offline_folds import assign, lists
from offline_space import TERM_LEVELS, learn_space, quantized
from sklearn.metrics import f1_score, roc_auc_score
from train_offline import SHARPNESS

from digestbot.offline.filer import LABELS, Filer
from digestbot.offline.vectors import Space
from digestbot.offline.vocabulary import Floats


@dataclass(frozen=True)
class Guesses:
    """Probabilities a placement item got from the models that had not seen its lists."""

    whole: Floats
    title: Floats
    headings: Floats
    chinese: dict[int, Floats]


def main() -> None:
    """Print one table for filing, one for relevance."""
    parser = argparse.ArgumentParser(description=__doc__)
    arguments.add_data(parser)
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--lists", action="store_true", help="also print the accuracy of each list")
    options = parser.parse_args()
    started = time.perf_counter()
    corpus = offline_corpus.read(options.data)
    guesses = cross_file(corpus, options.folds)
    print_filing(corpus, guesses)
    if options.lists:
        print_lists(corpus, guesses)
    print_relevance(corpus)
    print(f"{time.perf_counter() - started:.0f} s")


def cross_file(corpus: Corpus, folds: int) -> Guesses:
    """Return for every placement item what the fold without its lists says."""
    whole = np.zeros((len(corpus.placed), len(LABELS)), dtype=np.float32)
    title, headings = whole.copy(), whole.copy()
    chinese: dict[int, Floats] = {}
    for test, found in at_once.each(file_fold, corpus, [(fold, folds) for fold in range(folds)]):
        whole[test], title[test], headings[test] = found.whole, found.title, found.headings
        chinese.update(found.chinese)
    return Guesses(whole, title, headings, chinese)


def file_fold(corpus: Corpus, part: tuple[int, int]) -> tuple[list[int], Guesses]:
    """Return the placement items of a fold of so many, and what models say of them that saw none of their lists."""
    fold, folds = part
    fold_of = assign(corpus.placed, folds)
    kept = [i for i, row in enumerate(corpus.placed) if all(fold_of[name] != fold for name in lists(row))]
    test = [i for i, row in enumerate(corpus.placed) if fold_of[lists(row)[0]] == fold]
    space = learn_space(corpus, kept)
    filer = trained_filer(corpus, space, kept)
    full = [int(bool(corpus.placed[i]["abstract"])) for i in test]
    texts = [offline_corpus.filing_text(corpus.placed[i]) for i in test]
    closeness = training.learn_closeness(corpus, kept, space)
    return test, Guesses(
        whole=filer.file_counts([corpus.placed_counts[i] for i in test], full),
        title=filer.file_counts([corpus.title_counts[i] for i in test], [0] * len(test)),
        headings=closeness.probabilities(space, texts, corpus.headings),
        chinese=chinese_guesses(corpus, filer, test),
    )


def chinese_guesses(corpus: Corpus, filer: Filer, test: Sequence[int]) -> dict[int, Floats]:
    """Return what a filer says of the Chinese summaries of those items that have one."""
    summaries = {row["id"]: i for i, row in enumerate(corpus.parallel)}
    known = [i for i in test if corpus.placed[i]["arxiv_id"] in summaries]
    counts = [corpus.chinese[summaries[corpus.placed[i]["arxiv_id"]]] for i in known]
    return dict(zip(known, filer.file_counts(counts, [0] * len(known)), strict=True))


def trained_filer(corpus: Corpus, space: Space, kept: Sequence[int]) -> Filer:
    """Return a filer as the product would load it, learned from the kept items."""
    linear = learn_filing(corpus, space, kept)
    terms = quantized(linear.terms, TERM_LEVELS)
    return Filer(space, terms, linear.concepts, linear.bias, np.array(SHARPNESS, dtype=np.float32))


def print_filing(corpus: Corpus, guesses: Guesses) -> None:
    """Print accuracy, macro-F1, top-2, the surest 70 % and the calibration error of each group of items."""
    placed = corpus.placed
    truth = np.array([LABELS.index(row["section"]) for row in placed])
    human = np.array([row["label"] in ("list", "handbook") for row in placed])
    abstract = np.array([bool(row["abstract"]) for row in placed])
    none, zh = truth == LABELS.index("none"), np.array([row["lang"] == "zh" for row in placed])
    print(f"{'filing':<42}     n   acc    F1  top2 acc70   ECE")
    line("people's, with abstract, and none", guesses.whole, truth, (human & abstract) | none)
    line("the same by their titles", guesses.title, truth, (human & abstract) | none)
    line("people's, title only", guesses.whole, truth, human & ~abstract)
    line("people's, all, and none", guesses.whole, truth, human | none)
    line("everything, rule labels too", guesses.whole, truth, truth >= 0)
    line("Chinese titles", guesses.whole, truth, zh)
    low, high = interval(int((guesses.whole[zh].argmax(axis=1) == truth[zh]).sum()), int(zh.sum()))
    print(f"{'  95 % interval of that accuracy':<47} {low:.3f} to {high:.3f}")
    known = np.array(sorted(guesses.chinese))
    if len(known):
        table = np.stack([guesses.chinese[i] for i in known])
        line("Chinese summaries (machine-written)", table, truth[known], known >= 0)
    line("nearest heading, with abstract, and none", guesses.headings, truth, (human & abstract) | none)
    line("nearest heading, title only", guesses.headings, truth, human & ~abstract)
    line("nearest heading, Chinese titles", guesses.headings, truth, zh)


def rate_week(shared: tuple[Corpus, Space], week: set[str]) -> tuple[list[int], Floats]:
    """Return the pool's items of a week, and how a model that saw none of its days rates them."""
    corpus, space = shared
    out = [i for i, row in enumerate(corpus.pool) if row["date"] in week]
    model = training.learn_relevance(corpus, space, week)
    scorer = training.scorer(space, model, np.zeros(2, dtype=np.float32))
    return out, scorer.log_odds([offline_corpus.filing_text(corpus.pool[i]) for i in out])


def line(name: str, guesses: Floats, truth: NDArray[np.int64], chosen: NDArray[np.bool_]) -> None:
    """Print the figures of one group."""
    table, right = guesses[chosen], truth[chosen]
    best, sure = table.argmax(axis=1), table.max(axis=1)
    hit = best == right
    second = (np.argsort(-table, axis=1)[:, :2] == right[:, None]).any(axis=1)
    surest = hit[np.argsort(-sure, kind="stable")[: int(0.7 * len(hit))]]
    f1 = f1_score(right, best, average="macro", labels=np.unique(right))
    figures = (hit.mean(), f1, second.mean(), surest.mean(), calibration_error(sure, hit))
    print(f"{name:<42} {len(hit):5d} " + " ".join(f"{figure:.3f}" for figure in figures))


def interval(hits: int, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share (E. B. Wilson 1927)."""
    z, share = 1.96, hits / count
    middle, reach = share + z * z / (2 * count), z * np.sqrt(share * (1 - share) / count + z * z / (4 * count**2))
    return float((middle - reach) / (1 + z * z / count)), float((middle + reach) / (1 + z * z / count))


def calibration_error(sure: Floats, hit: NDArray[np.bool_], bins: int = 15) -> float:
    """Return the expected calibration error over equal bins of certainty."""
    bin_of = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [abs(hit[bin_of == b].mean() - sure[bin_of == b].mean()) * (bin_of == b).mean() for b in set(bin_of)]
    return float(sum(gaps))


def print_lists(corpus: Corpus, guesses: Guesses) -> None:
    """Print the accuracy of each list of 25 items or more, with where its misses go."""
    members = collections.defaultdict(list)
    for i, row in enumerate(corpus.placed):
        members[lists(row)[0]].append(i)
    for name, items in sorted(members.items(), key=lambda pair: -len(pair[1])):
        if len(items) >= 25:
            pairs = [(corpus.placed[i]["section"], LABELS[int(guesses.whole[i].argmax())]) for i in items]
            missed = collections.Counter(f"{truth}>{guess}" for truth, guess in pairs if truth != guess)
            print(f"{len(items):5d} {1 - missed.total() / len(items):.2f} {name} {dict(missed.most_common(4))}")


def print_relevance(corpus: Corpus) -> None:
    """Print recall in the top 10 and 30 of a day and AUC on the pool's weeks, each kept out in turn."""
    _, marks, _ = training.relevance_rows(corpus)
    days = sorted({row["date"] for row in corpus.pool})
    weeks = [set(days[i : i + 5]) for i in range(0, len(days), 5)]
    scores = np.zeros(len(corpus.pool), dtype=np.float32)
    for out, odds in at_once.each(rate_week, (corpus, learn_space(corpus, [])), weeks):
        scores[out] = odds
    pool_marks, dates = marks[: len(corpus.pool)], np.array([row["date"] for row in corpus.pool])
    found: collections.Counter[int] = collections.Counter()
    for day in days:
        today = np.flatnonzero(dates == day)
        order = today[np.argsort(-scores[today], kind="stable")]
        for top in (10, 30):
            found[top] += int(pool_marks[order[:top]].sum())
    chosen = pool_marks.sum()
    print(f"{'relevance':<42}     n chosen  @10   @30   AUC")
    auc = roc_auc_score(pool_marks, scores)
    figures = (found[10] / chosen, found[30] / chosen, auc)
    name = "weeks of 2025-08 kept out in turn"
    print(f"{name:<42} {len(scores):5d} {chosen:6.0f} " + " ".join(f"{figure:.3f}" for figure in figures))


if __name__ == "__main__":
    main()
