"""Learns what people choose and how close a heading is; the product never imports this."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from linear_model import Linear, softmax_regression, split
from numpy.typing import NDArray
from offline_corpus import Corpus, Counts, Row, filing_text
from offline_space import TERM_LEVELS, design, quantized
from scipy.optimize import minimize

from digestbot.offline import nearest, relevance, vocabulary
from digestbot.offline.filer import LABELS, FilingText
from digestbot.offline.nearest import Closeness
from digestbot.offline.vectors import Space
from digestbot.offline.vocabulary import Floats

_CHOSEN_WEIGHT = 5.0
_RELEVANCE_RIDGE = 2.0
_LAST_CHOICES = "2025-11"


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
