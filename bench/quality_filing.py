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
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

import arguments

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import offline_corpus
import offline_training as training
from numpy.typing import NDArray
from offline_corpus import Corpus, Row
from sklearn.metrics import f1_score, roc_auc_score
from train_offline import SHARPNESS

from digestbot.offline import vocabulary
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
    fold_of = assign(corpus.placed, folds)
    whole = np.zeros((len(corpus.placed), len(LABELS)), dtype=np.float32)
    title, headings = whole.copy(), whole.copy()
    chinese: dict[int, Floats] = {}
    summaries = {row["id"]: i for i, row in enumerate(corpus.parallel)}
    for fold in range(folds):
        kept = [i for i, row in enumerate(corpus.placed) if all(fold_of[name] != fold for name in lists(row))]
        test = [i for i, row in enumerate(corpus.placed) if fold_of[lists(row)[0]] == fold]
        space = training.learn_space(corpus, kept)
        filer = trained_filer(corpus, space, kept)
        whole[test] = file_counts(filer, [corpus.placed_counts[i] for i in test])
        title[test] = file_counts(filer, [corpus.title_counts[i] for i in test])
        texts = [offline_corpus.filing_text(corpus.placed[i]) for i in test]
        closeness = training.learn_closeness(corpus, kept, space)
        headings[test] = closeness.probabilities(space, texts, corpus.headings)
        known = [i for i in test if corpus.placed[i]["arxiv_id"] in summaries]
        rows = file_counts(filer, [corpus.chinese[summaries[corpus.placed[i]["arxiv_id"]]] for i in known])
        chinese.update(zip(known, rows, strict=True))
    return Guesses(whole, title, headings, chinese)


def trained_filer(corpus: Corpus, space: Space, kept: Sequence[int]) -> Filer:
    """Return a filer as the product would load it, learned from the kept items."""
    linear = training.learn_filing(corpus, space, kept)
    return Filer(space, training.quantized(linear.terms, training.TERM_LEVELS), linear.concepts, linear.bias, SHARPNESS)


def file_counts(filer: Filer, counts: Sequence[offline_corpus.Counts]) -> Floats:
    """Return the filer's probabilities of texts that are counted already."""
    bags, vectors = filer.space.words.bags(counts).normalized(), filer.space.embed_counts(counts)
    scores = bags.times(filer.term_weights) + vectors @ filer.concept_weights + filer.bias
    return vocabulary.softmax(scores * np.float32(filer.sharpness))


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
    known = np.array(sorted(guesses.chinese))
    if len(known):
        table = np.stack([guesses.chinese[i] for i in known])
        line("Chinese summaries (machine-written)", table, truth[known], known >= 0)
    line("nearest heading, with abstract, and none", guesses.headings, truth, (human & abstract) | none)
    line("nearest heading, title only", guesses.headings, truth, human & ~abstract)
    line("nearest heading, Chinese titles", guesses.headings, truth, zh)


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
    space = training.learn_space(corpus, [])
    for week in weeks:
        out = [i for i, row in enumerate(corpus.pool) if row["date"] in week]
        model = training.learn_relevance(corpus, space, week)
        scorer = training.scorer(space, model, np.zeros(2, dtype=np.float32))
        scores[out] = scorer.log_odds([offline_corpus.filing_text(corpus.pool[i]) for i in out])
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
