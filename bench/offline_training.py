"""Learns the bundled offline models from the measurement data; the product never imports this.

Everything is made of the product's own features, so training and inference cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from offline_corpus import Corpus, Counts, Row, documents, filing_text
from scipy.optimize import minimize
from sklearn.utils.extmath import randomized_svd

from digestbot.offline import nearest, relevance, vocabulary
from digestbot.offline.filer import LABELS, FilingText
from digestbot.offline.nearest import Closeness
from digestbot.offline.vectors import DIMENSIONS, Space
from digestbot.offline.vocabulary import Floats, Vocabulary

# This list is CC BY-NC: what stands in it alone is measured, never learned from.
NON_COMMERCIAL = {"onejune2018/Awesome-LLM-Eval"}

CONCEPT_LEVELS = 63
CONCEPT_DEVIATIONS = 8.0
TERM_LEVELS = 127

_SEED_WEIGHT = 4.0
_RULE_WEIGHT = 0.5
_GUESS_WEIGHT = 0.2
_GUESSES = 5000
_RIDGE = 0.2
# Below 1 the terms decide and the vectors only help; 0.35..0.5 was best on lists kept out, 1 and more lost.
_CONCEPT_SCALE = 0.35
_CHOSEN_WEIGHT = 5.0
_RELEVANCE_RIDGE = 2.0
_LAST_CHOICES = "2025-11"
# Rarer terms have no vector of their own: by language (word or Chinese pair) and length.
_LEAST_DOCUMENTS = {(False, False): 12, (False, True): 80, (True, False): 30, (True, True): 110}


@dataclass(frozen=True)
class Linear:
    """Weights of one linear model, split by the kind of feature."""

    terms: Floats
    concepts: Floats
    traits: Floats
    bias: Floats


def learn_space(corpus: Corpus, kept: Sequence[int]) -> Space:
    """Return vocabulary and concept vectors learned from the unlabelled texts and the kept placement items."""
    placed = [corpus.placed_counts[i] for i in kept]
    labelled = documents(placed)
    named = documents(vocabulary.count(phrase) for _, phrase in corpus.seeds)
    found = corpus.document_counts + labelled
    frequent = [
        (term, n)
        for term, n in found.items()
        if n >= 5 and (labelled[term] >= 2 or term in named or n >= 100 or _has_vector(term, n))
    ]
    frequent.sort(key=lambda pair: (not _has_vector(*pair), -pair[1], pair[0]))
    total = len(corpus.english) * 2 + len(corpus.month) + len(corpus.pool) + len(placed)
    rarity = np.log((1 + total) / (1 + np.array([n for _, n in frequent]))).astype(np.float16).astype(np.float32)
    words = Vocabulary({term: i for i, (term, _) in enumerate(frequent)}, rarity)
    limit = sum(_has_vector(*pair) for pair in frequent)
    return Space(words, quantized(_concepts(corpus, placed, words, limit), CONCEPT_LEVELS, CONCEPT_DEVIATIONS))


def _has_vector(term: str, count: int) -> bool:
    return len(term) > 1 and count >= _LEAST_DOCUMENTS[(any(c >= "\u3400" for c in term), " " in term)]


def _concepts(corpus: Corpus, placed: Sequence[Counts], words: Vocabulary, limit: int) -> Floats:
    """Return the right singular vectors of all texts, an abstract and its Chinese summary being one text."""
    both = unit_rows(matrix(words, corpus.english, limit) + matrix(words, corpus.chinese, limit))
    others = [matrix(words, counts, limit) for counts in (corpus.month, corpus.pool_counts, placed)]
    _, _, right = randomized_svd(sp.vstack([both, *others]).tocsr(), DIMENSIONS, n_iter=3, random_state=0)
    vectors = right.T[:limit]
    scaled: Floats = (vectors / np.linalg.norm(vectors, axis=1).mean()).astype(np.float32)
    return scaled


def quantized(table: Floats, levels: int, deviations: float = np.inf) -> Floats:
    """Return a table as it will be after storing by `pack`."""
    stored, scale = pack(table, levels, deviations)
    return stored.astype(np.float32) * scale


def pack(table: Floats, levels: int, deviations: float = np.inf) -> tuple[NDArray[np.int8], Floats]:
    """Return 8-bit whole numbers within +-levels and the scale of each column; fewer levels compress better.

    Only concept vectors may be clipped. A linear model's few large weights are what it has learned: clipping them at
    4.5 standard deviations cost 0.04 of accuracy, 127 levels up to the largest cost nothing.
    """
    reach = np.minimum(np.abs(table).max(axis=0), deviations * table.std(axis=0)) + 1e-12
    scale = (reach / levels).astype(np.float32)
    return np.clip(np.rint(table / scale), -levels, levels).astype(np.int8), scale


def matrix(words: Vocabulary, counts: Sequence[Counts], limit: int | None = None) -> sp.csr_matrix:
    """Return the product's own bags as a sparse matrix of unit rows."""
    bags = words.bags(counts, limit).normalized()
    shape = (len(bags), len(words.index) if limit is None else limit)
    return sp.csr_matrix((bags.weights, bags.indices, bags.starts), shape=shape, dtype=np.float32)


def unit_rows(table: sp.csr_matrix) -> sp.csr_matrix:
    """Return the rows of a sparse matrix at unit length."""
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(1 / np.where(lengths > 0, lengths, 1)) @ table, dtype=np.float32)


def design(space: Space, counts: Sequence[Counts], traits: Floats | None = None) -> sp.csr_matrix:
    """Return the features of a linear model: bags, concept vectors and, where given, traits."""
    blocks = [matrix(space.words, counts), sp.csr_matrix(space.embed_counts(counts) * _CONCEPT_SCALE)]
    return sp.hstack(blocks if traits is None else [*blocks, sp.csr_matrix(traits)]).tocsr()


def learn_filing(corpus: Corpus, space: Space, kept: Sequence[int]) -> Linear:
    """Return the filing model: people's placements, the seeds, then guesses on unlabelled texts of both languages."""
    labelled = [i for i in kept if set(corpus.placed[i]["origins"]) != NON_COMMERCIAL]
    both = [i for i in labelled if corpus.placed[i]["abstract"]]
    counts = [corpus.placed_counts[i] for i in labelled] + [corpus.title_counts[i] for i in both]
    counts += [vocabulary.count(phrase) for _, phrase in corpus.seeds]
    names = [corpus.placed[i]["section"] for i in labelled + both] + [label for label, _ in corpus.seeds]
    weights = [_trust(corpus.placed[i]["label"]) for i in labelled + both] + [_SEED_WEIGHT] * len(corpus.seeds)
    targets = np.eye(len(LABELS), dtype=np.float32)[[LABELS.index(name) for name in names]]
    features, balanced = design(space, counts), balance(targets, np.array(weights))
    first = softmax_regression(features, targets, balanced, _RIDGE)
    step = max(1, len(corpus.english) // _GUESSES)
    english, chinese = design(space, corpus.english[::step]), design(space, corpus.chinese[::step])
    month = design(space, corpus.month[::step])
    guesses = [vocabulary.softmax(part @ first[0] + first[1]) for part in (english, month)]
    everything = sp.vstack([features, english, month, chinese]).tocsr()
    all_targets = np.vstack([targets, *guesses, guesses[0]])
    trust = np.full(len(all_targets) - len(targets), _GUESS_WEIGHT)
    table, bias = softmax_regression(everything, all_targets, np.concatenate([balanced, trust]), _RIDGE, start=first)
    return split(table, bias, len(space.words.index))


def _trust(label: str) -> float:
    return _RULE_WEIGHT if label in ("author-keyword", "venue-title-rule", "arxiv-title-rule") else 1.0


def learn_relevance(corpus: Corpus, space: Space, days_out: set[str]) -> Linear:
    """Return the model of what curators choose; days in `days_out` are not learned from."""
    table, marks, counts = relevance_rows(corpus)
    kept = [i for i, row in enumerate(table) if row["date"] not in days_out]
    features = design(space, [counts[i] for i in kept], relevance.traits([filing_text(table[i]) for i in kept]))
    chosen = marks[kept]
    weights = np.where(chosen > 0, _CHOSEN_WEIGHT, 1.0)
    targets = np.stack([1 - chosen, chosen], axis=1)
    weights_of, bias = softmax_regression(features, targets, weights, _RELEVANCE_RIDGE)
    logit, offset = weights_of[:, 1:] - weights_of[:, :1], bias[1:] - bias[:1]
    # The weight of the chosen is taken out again, so that the figure is a probability.
    return split(logit, offset - np.log(_CHOSEN_WEIGHT), len(space.words.index))


def scorer(space: Space, model: Linear, levels: Floats) -> relevance.Relevance:
    """Return the product's model as it will be after storing."""
    terms, concepts = quantized(model.terms, TERM_LEVELS), model.concepts[:, 0].astype(np.float16).astype(np.float32)
    return relevance.Relevance(space, terms, concepts, model.traits[:, 0], float(model.bias[0]), levels)


def relevance_levels(corpus: Corpus, space: Space, model: Linear) -> Floats:
    """Return the percentiles of the log-odds over a month that nothing was learned from with a label."""
    odds = scorer(space, model, np.zeros(2, dtype=np.float32)).log_odds(corpus.month_texts)
    return np.quantile(odds, np.linspace(0, 1, 101)).astype(np.float32)


def relevance_rows(corpus: Corpus) -> tuple[list[Row], Floats, Sequence[Counts]]:
    """Return the items whose choice is known (the pool's month whole, other months by sample), marks and counts."""
    pool_ids = {row["id"] for row in corpus.pool}
    others = [i for i, row in enumerate(corpus.parallel) if row["date"] < _LAST_CHOICES and row["id"] not in pool_ids]
    table = corpus.pool + [corpus.parallel[i] for i in others]
    pool_marks = [bool(row["hf_daily"] or row["dair_week"] or row["ainews"]) for row in corpus.pool]
    marks = pool_marks + [corpus.parallel[i]["id"] in corpus.chosen for i in others]
    counts = [*corpus.pool_counts, *(corpus.english[i] for i in others)]
    return table, np.array(marks, dtype=np.float32), counts


def learn_closeness(corpus: Corpus, kept: Sequence[int], space: Space) -> Closeness:
    """Return the calibration of nearest headings, fitted on the default roadmap's, a quarter of the placed items."""
    used = [i for i in kept if corpus.placed[i]["label"] in ("list", "none-rule")][::4]
    used += [i for i in kept if corpus.placed[i]["abstract"] and corpus.placed[i]["label"] in ("list", "none-rule")]
    whole = [filing_text(corpus.placed[i]) for i in used]
    summaries = {row["id"]: row["zh_tldr"] for row in corpus.parallel}
    translated = [i for i in kept if corpus.placed[i]["arxiv_id"] in summaries]
    groups = (
        (used, [FilingText(text.title) for text in whole]),
        ([i for i in used if corpus.placed[i]["abstract"]], [text for text in whole if text.abstract]),
        (translated, [FilingText(summaries[corpus.placed[i]["arxiv_id"]]) for i in translated]),
    )
    fitted = []
    for items, texts in groups:
        targets = np.array([LABELS.index(corpus.placed[i]["section"]) for i in items])
        fitted.append(fit_closeness(nearest.features(space, texts, corpus.headings), targets))
    table = np.stack(fitted)
    return Closeness(table[:, :-1], table[:, -1])


def fit_closeness(close: Floats, targets: NDArray[np.int64]) -> Floats:
    """Return the weights of nearest.FEATURES and the score of `none`, each label counting alike."""
    share = 1 / np.bincount(targets, minlength=len(LABELS))[targets]

    def loss(theta: Floats) -> float:
        scores = np.concatenate([close @ theta[:-1], np.full((len(close), 1), theta[-1])], axis=1)
        picked = vocabulary.softmax(scores.astype(np.float64))[np.arange(len(close)), targets]
        return float(-(share * np.log(picked + 1e-9)).sum() + 1e-4 * (theta**2).sum())

    found: Floats = minimize(loss, np.array([5.0] * len(nearest.FEATURES) + [2.0]), method="L-BFGS-B").x
    return found.astype(np.float32)


def balance(targets: Floats, weights: Floats) -> Floats:
    """Return weights with small classes raised by the square root of their want, mean one."""
    totals = (targets * weights[:, None]).sum(axis=0)
    raised = weights * (targets @ np.sqrt(totals.mean() / totals))
    result: Floats = raised / raised.mean()
    return result


def softmax_regression(
    features: sp.csr_matrix, targets: Floats, weights: Floats, ridge: float, start: tuple[Floats, Floats] | None = None
) -> tuple[Floats, Floats]:
    """Return (weights, bias) of a linear softmax model on soft targets, by L-BFGS."""
    wide, classes = features.shape[1], targets.shape[1]
    transposed, share = features.T.tocsr(), (weights / weights.mean()).astype(np.float32)[:, None]

    def loss(theta: Floats) -> tuple[float, Floats]:
        table = theta[: wide * classes].reshape(wide, classes).astype(np.float32)
        scores = features @ table + theta[wide * classes :].astype(np.float32)
        scores -= scores.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(scores).sum(axis=1, keepdims=True))
        error = share * (np.exp(scores - log_sum) - targets)
        value = -(share * targets * (scores - log_sum)).sum() + 0.5 * ridge * (table * table).sum()
        slope = np.concatenate([(transposed @ error + ridge * table).ravel(), error.sum(axis=0)])
        return float(value), slope.astype(np.float64)

    first = np.zeros(wide * classes + classes) if start is None else np.concatenate([start[0].ravel(), start[1]])
    theta = minimize(loss, first.astype(np.float64), jac=True, method="L-BFGS-B", options={"maxiter": 60}).x
    return theta[: wide * classes].reshape(wide, classes).astype(np.float32), theta[wide * classes :].astype(np.float32)


def split(table: Floats, bias: Floats, terms: int) -> Linear:
    """Return a model's weights by the kind of feature."""
    concepts_end = terms + DIMENSIONS
    return Linear(table[:terms], table[terms:concepts_end] * _CONCEPT_SCALE, table[concepts_end:], bias)
