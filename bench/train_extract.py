"""Learns how much each cue of a sentence weighs for a one-sentence summary, from SciTLDR's development part.

    python bench/train_extract.py --data DIR [--out FILE]

DIR holds `tldr/scitldr_dev.jsonl.gz`. The weights maximize the expected ROUGE-1 F1 (best reference) of a reading drawn
by softmax over all readings of an abstract, with an L2 penalty; the start is the ridge solution within each abstract.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import arguments
import numpy as np
from rouge import Paper, best_f1, read_papers
from scipy.optimize import minimize
from sklearn.linear_model import Ridge

from digestbot.offline import extract

# Chosen by 5-fold cross-validation among 0.05, 0.1, 0.3, 1 and 3 on SciTLDR dev.
L2 = 0.3
# ROUGE does not mind a sentence that says "this problem" of another; a reader does. Cross-validated, -1 costs 0.03
# ROUGE-1 and -2 costs 0.26.
LEANS_AT_MOST = -1.0
RIDGE_ALPHA = 20.0
RIDGE_SCALE = 15.0
OUT = Path(__file__).parent.parent / "src" / "digestbot" / "offline" / "weights" / "extract.json"

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Choice:
    """The readings of one abstract with their figures and ROUGE-1."""

    found: Sequence[tuple[str, int, dict[str, float]]]
    rewards: Array


def choices(papers: Sequence[Paper], titled: bool = False) -> list[Choice]:
    """Return the readings of each abstract, rated against its references."""
    found = []
    for paper in papers:
        readings = extract.candidates(paper.sentences(), paper.title if titled else "")
        rewards = np.array([best_f1(text, paper.targets) for text, _, _ in readings])
        found.append(Choice(readings, rewards))
    return found


def learn(among: Sequence[Choice], l2: float = L2) -> dict[str, float]:
    """Return the weight of each figure."""
    names = sorted({name for choice in among for _, _, figures in choice.found for name in figures})
    matrices = [np.array([[figures.get(n, 0.0) for n in names] for _, _, figures in c.found]) for c in among]
    start = _ridge(matrices, [c.rewards for c in among])
    weights = _ascend(start, matrices, [c.rewards for c in among], l2)
    found = {name: round(float(w), 4) for name, w in zip(names, weights, strict=True) if abs(w) > 1e-4}
    return found | {"leans": min(LEANS_AT_MOST, found.get("leans", 0.0))}


def _ridge(matrices: Sequence[Array], rewards: Sequence[Array]) -> Array:
    centred = np.vstack([m - m.mean(axis=0) for m in matrices])
    targets = np.concatenate([r - r.mean() for r in rewards])
    weights: Array = Ridge(alpha=RIDGE_ALPHA, fit_intercept=False).fit(centred, targets).coef_
    return weights * RIDGE_SCALE


def _ascend(start: Array, matrices: Sequence[Array], rewards: Sequence[Array], l2: float) -> Array:
    sizes = [len(m) for m in matrices]
    starts = np.cumsum([0, *sizes[:-1]])
    owner = np.repeat(np.arange(len(sizes)), sizes)
    figures, reward = np.vstack(matrices), np.concatenate(rewards)

    def loss(weights: Array) -> tuple[float, Array]:
        raw = figures @ weights
        raised = np.exp(raw - np.maximum.reduceat(raw, starts)[owner])
        share = raised / np.add.reduceat(raised, starts)[owner]
        expected = np.add.reduceat(share * reward, starts)
        slope = figures.T @ (share * (reward - expected[owner]))
        value = -expected.sum() + l2 * float(weights @ weights)
        return value / len(sizes), (-slope + 2 * l2 * weights) / len(sizes)

    result: Array = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return result


def main() -> None:
    """Write the weights file and print its size."""
    parser = argparse.ArgumentParser(description="Learn the weights of the extractive summary.")
    arguments.add_data(parser)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    papers = read_papers(options.data)
    weights = {"untitled": learn(choices(papers)), "titled": learn(choices(papers, titled=True))}
    options.out.write_text(json.dumps(weights, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{sum(map(len, weights.values()))} weights, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
