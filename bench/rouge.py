"""Reads SciTLDR and rates a summary by ROUGE F1 with stemming against its best reference, as the paper does."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rouge_score.rouge_scorer import RougeScorer
from rouge_score.tokenizers import DefaultTokenizer

from digestbot.offline.sentences import split

_TOKENIZER = DefaultTokenizer(use_stemmer=True)
_SCORER = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)


@dataclass(frozen=True)
class Paper:
    """One paper of SciTLDR-A: its abstract as running text and its one-sentence references."""

    title: str
    abstract: str
    targets: tuple[str, ...]

    def sentences(self) -> list[str]:
        """Return the sentences of the abstract."""
        return split(self.abstract)


def read_papers(data: Path) -> list[Paper]:
    """Return the papers of the development part under a data folder."""
    with gzip.open(data / "tldr" / "scitldr_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Paper(row["title"], " ".join(row["source"]), tuple(row["targets"])) for row in rows]


def best_f1(text: str, targets: Sequence[str]) -> float:
    """Return the best ROUGE-1 F1 of a text over its references, 0 to 1."""
    return max(_f1(_bag(text), _bag(target)) for target in targets)


def best_scores(text: str, targets: Sequence[str]) -> tuple[float, float, float]:
    """Return ROUGE-1, -2 and -L F1 against the reference with the best ROUGE-1."""
    target = max(targets, key=lambda t: _f1(_bag(text), _bag(t)))
    scores = _SCORER.score(target, text)
    return scores["rouge1"].fmeasure, scores["rouge2"].fmeasure, scores["rougeL"].fmeasure


def _f1(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


@cache
def _bag(text: str) -> Counter[str]:
    return Counter(_TOKENIZER.tokenize(text))
