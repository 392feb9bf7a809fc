"""Learns to file into the default roadmap's sections from what people placed, and how far to believe them.

Lists contradict each other. So every item is first judged by a model that saw none of its lists: a list that such
models contradict on most of its items is hardly learned from, an item that they find unlikely counts for less. The
same judgements say how often each section comes among bare titles and among texts with an abstract.
"""

from __future__ import annotations

import collections
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from linear_model import Linear, balance, softmax_regression, split
from numpy.typing import NDArray
from offline_corpus import Corpus
from offline_folds import assign, lists
from offline_space import design
from scipy.optimize import minimize

from digestbot.offline import vocabulary
from digestbot.offline.filer import LABELS
from digestbot.offline.vectors import Space
from digestbot.offline.vocabulary import Floats

# This list is CC BY-NC: what stands in it alone is measured, never learned from.
NON_COMMERCIAL = {"onejune2018/Awesome-LLM-Eval"}

_SEED_WEIGHT = 4.0
_RULE_WEIGHT = 0.5
_GUESS_WEIGHT = 0.2
_GUESSES = 5000
_RIDGE = 0.2
_FOLDS = 3
# A list of so many items whose sections other lists confirm so seldom speaks of something else.
_MANY, _SELDOM, _HARDLY = 20, 0.3, 0.1
_LEAST_BELIEF = 0.25
_SHIFT_RIDGE = 5.0


@dataclass(frozen=True)
class Rows:
    """The labelled items as features: whole, by title alone, and the seeds."""

    items: Sequence[int]
    whole: sp.csr_matrix
    titles: sp.csr_matrix
    seeds: sp.csr_matrix
    labels: NDArray[np.int64]
    seed_labels: NDArray[np.int64]
    has_abstract: NDArray[np.bool_]

    def table(self, places: NDArray[np.int64], trust: Floats) -> tuple[sp.csr_matrix, Floats, Floats]:
        """Return features, targets and weights of some of the items, those with an abstract also by title alone."""
        both = places[self.has_abstract[places]]
        features = sp.vstack([self.whole[places], self.titles[both], self.seeds]).tocsr()
        labels = np.concatenate([self.labels[places], self.labels[both], self.seed_labels])
        weights = np.concatenate([trust[places], trust[both], np.full(len(self.seed_labels), _SEED_WEIGHT)])
        targets = np.eye(len(LABELS), dtype=np.float32)[labels]
        return features, targets, balance(targets, weights)


def learn_filing(corpus: Corpus, space: Space, kept: Sequence[int]) -> Linear:
    """Return the filing model: people's placements, the seeds, then guesses on unlabelled texts of both languages.

    `bias` has two rows, for bare titles and for texts with an abstract.
    """
    rows = rows_of(corpus, space, [i for i in kept if set(corpus.placed[i]["origins"]) != NON_COMMERCIAL])
    groups = [lists(corpus.placed[i]) for i in rows.items]
    people = np.array([corpus.placed[i]["label"] in ("list", "handbook", "none-rule") for i in rows.items])
    trust = np.where(people, 1.0, _RULE_WEIGHT).astype(np.float32)
    titles, whole = unseen_scores(corpus, rows, trust)
    contradicted = contradicted_lists(groups, whole, rows.labels)
    apart = np.array([all(name in contradicted for name in names) for names in groups])
    trust = trust * np.where(apart, _HARDLY, 1.0) * belief(whole, rows.labels)
    table, bias = fit(corpus, space, *rows.table(np.arange(len(rows.items)), trust.astype(np.float32)))
    linear = split(table, bias, len(space.words.index))
    sound = people & ~apart
    shifts = [shift(titles[sound], rows.labels[sound])]
    shifts += [shift(whole[sound & rows.has_abstract], rows.labels[sound & rows.has_abstract])]
    return replace(linear, bias=linear.bias + np.stack(shifts))


def fit(
    corpus: Corpus, space: Space, features: sp.csr_matrix, targets: Floats, weights: Floats
) -> tuple[Floats, Floats]:
    """Return weights and bias, learned from labels first, then from these and the guesses on unlabelled texts."""
    first = softmax_regression(features, targets, weights, _RIDGE)
    step = max(1, len(corpus.english) // _GUESSES)
    english, chinese = design(space, corpus.english[::step]), design(space, corpus.chinese[::step])
    month = design(space, corpus.month[::step])
    guesses = [vocabulary.softmax(part @ first[0] + first[1]) for part in (english, month)]
    everything = sp.vstack([features, english, month, chinese]).tocsr()
    all_targets = np.vstack([targets, *guesses, guesses[0]])
    trust = np.full(len(all_targets) - len(targets), _GUESS_WEIGHT)
    return softmax_regression(everything, all_targets, np.concatenate([weights, trust]), _RIDGE, start=first)


def rows_of(corpus: Corpus, space: Space, items: Sequence[int]) -> Rows:
    """Return the features of labelled items and of the seeds."""
    return Rows(
        items,
        design(space, [corpus.placed_counts[i] for i in items]),
        design(space, [corpus.title_counts[i] for i in items]),
        design(space, [vocabulary.count(phrase) for _, phrase in corpus.seeds]),
        np.array([LABELS.index(corpus.placed[i]["section"]) for i in items]),
        np.array([LABELS.index(label) for label, _ in corpus.seeds]),
        np.array([bool(corpus.placed[i]["abstract"]) for i in items]),
    )


def unseen_scores(corpus: Corpus, rows: Rows, trust: Floats) -> tuple[Floats, Floats]:
    """Return the scores of every item by title and whole, from models of which none saw a list that it stands in."""
    placed = [corpus.placed[i] for i in rows.items]
    fold_of = assign(placed, _FOLDS)
    titles = np.zeros((len(placed), len(LABELS)), dtype=np.float32)
    whole = titles.copy()
    for fold in range(_FOLDS):
        seen = np.array([i for i, row in enumerate(placed) if all(fold_of[name] != fold for name in lists(row))])
        out = np.array([i for i, row in enumerate(placed) if fold_of[lists(row)[0]] == fold])
        table, bias = softmax_regression(*rows.table(seen, trust), _RIDGE)
        titles[out], whole[out] = rows.titles[out] @ table + bias, rows.whole[out] @ table + bias
    return titles, whole


def contradicted_lists(groups: Sequence[Sequence[str]], scores: Floats, labels: NDArray[np.int64]) -> set[str]:
    """Return the lists that models which never saw them contradict on most of many items."""
    hits: dict[str, list[bool]] = collections.defaultdict(list)
    for names, hit in zip(groups, scores.argmax(axis=1) == labels, strict=True):
        hits[names[0]].append(bool(hit))
    return {name for name, found in hits.items() if len(found) >= _MANY and sum(found) < _SELDOM * len(found)}


def belief(scores: Floats, labels: NDArray[np.int64]) -> Floats:
    """Return how far each label is believed: its chance beside that of the likeliest, _LEAST_BELIEF at least."""
    chances = vocabulary.softmax(scores)
    share = chances[np.arange(len(labels)), labels] / chances.max(axis=1)
    believed: Floats = np.clip(share, _LEAST_BELIEF, 1.0).astype(np.float32)
    return believed


def shift(scores: Floats, labels: NDArray[np.int64]) -> Floats:
    """Return what to add to the scores of each label so that all labels, rare or not, fare alike.

    Fitted with a scale, which is divided out: how sharp the scores are is another question.
    """
    centred = scores - scores.mean(axis=1, keepdims=True)
    counts = np.bincount(labels, minlength=len(LABELS))
    weights = (len(labels) / len(LABELS) / np.maximum(counts, 1))[labels][:, None]
    targets = np.eye(len(LABELS))[labels]

    def loss(theta: Floats) -> tuple[float, Floats]:
        shifted = centred * theta[-1] + theta[:-1]
        shifted -= shifted.max(axis=1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        error = weights * (np.exp(logs) - targets)
        slope = np.append(error.sum(axis=0) + 2 * _SHIFT_RIDGE * theta[:-1], (error * centred).sum())
        return float(-(weights * targets * logs).sum() + _SHIFT_RIDGE * (theta[:-1] ** 2).sum()), slope

    found = minimize(loss, np.append(np.zeros(len(LABELS)), 1.0), jac=True, method="L-BFGS-B").x
    shifts: Floats = (found[:-1] / found[-1]).astype(np.float32)
    return shifts
