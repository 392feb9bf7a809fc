"""Fits linear softmax models on soft targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from offline_space import CONCEPT_SCALE
from scipy.optimize import minimize

from digestbot.offline.vectors import DIMENSIONS
from digestbot.offline.vocabulary import Floats


@dataclass(frozen=True)
class Linear:
    """Weights of one linear model, split by the kind of feature."""

    terms: Floats
    concepts: Floats
    traits: Floats
    bias: Floats


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
    return Linear(table[:terms], table[terms:concepts_end] * CONCEPT_SCALE, table[concepts_end:], bias)
