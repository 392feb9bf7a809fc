"""Trains the vectors that search compares, and writes their weights: the same data gives the same bytes.

python bench/train_search.py --data DIR [--out DIR]

Term vectors, begun as the concept vectors, learn by gradient to bring a title nearer to its own abstract than to
others, and a Chinese summary to the English abstract it was made from (contrastive loss with the rest of the batch as
negatives). No judgement of the retrieval sets is used, and papers of their corpora are left out by title.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import arguments

os.environ.setdefault("OMP_NUM_THREADS", "1")  # the order of a parallel sum would change the last bits

import numpy as np
import scipy.sparse as sp
from offline_corpus import Row, rows
from offline_space import pack
from train_offline import WEIGHTS, save

from digestbot.offline import vectors, vocabulary
from digestbot.offline.vocabulary import Floats

# A higher temperature learns slower and forgets less of what other fields' words mean; 0.05 fitted the batches and no
# more. Chosen among 0.05, 0.1, 0.15 and 0.2 by recall on the dev headings, which differ by 0.02.
TEMPERATURE = 0.15
LEARNING_RATE = 0.003
EPOCHS = 6
BATCH = 512
# What learned by gradient compresses badly: 63 levels took 2.9 MB, and these find as much.
LEVELS, DEVIATIONS = 12, 5.0
_DECAY, _SQUARE_DECAY = 0.9, 0.99

Pairs = tuple[sp.csr_matrix, sp.csr_matrix]


@dataclass
class Adam:
    """Kingma and Ba's optimizer for a table of which each step touches few rows."""

    table: Floats
    mean: Floats
    square: Floats

    def step(self, touched: np.ndarray[tuple[int], np.dtype[np.intp]], gradient: Floats) -> None:
        """Move the touched rows against their gradient."""
        self.mean[touched] = _DECAY * self.mean[touched] + (1 - _DECAY) * gradient
        self.square[touched] = _SQUARE_DECAY * self.square[touched] + (1 - _SQUARE_DECAY) * gradient**2
        self.table[touched] -= LEARNING_RATE * self.mean[touched] / (np.sqrt(self.square[touched]) + 1e-8)


def main() -> None:
    """Read, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    arguments.add_data(parser)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    table = learned(pairs_of(options.data), vectors.load().concepts.copy())
    # Words that the space does not know get vectors of a fixed length, made for terms of mean length 1.
    table /= np.linalg.norm(table, axis=1).mean()
    stored, scale = pack(table, LEVELS, DEVIATIONS)
    save(options.out, "search", concepts=stored, concepts_scale=scale)
    print("weights:", (options.out / "search.npz").stat().st_size, "bytes")


def pairs_of(data: Path) -> list[Pairs]:
    """Return title and abstract, Chinese summary and English abstract, English title and Chinese method."""
    hidden = hidden_titles(data)
    parallel = [row for row in rows(data / "parallel/zh_en.jsonl.gz") if row["title"].casefold() not in hidden]
    more = [*rows(data / "arxiv-month/items.jsonl.gz"), *rows(data / "selection/pool_2025-08.jsonl.gz")]
    papers = parallel + [row for row in more if row.get("abstract") and row["title"].casefold() not in hidden]
    return [
        (bags([row["title"] for row in papers]), bags([row["abstract"] for row in papers])),
        (bags([row["zh_tldr"] for row in parallel]), bags([row["abstract"] for row in parallel])),
        (bags([row["title"] for row in parallel]), bags([row["zh_method"] or row["zh_tldr"] for row in parallel])),
    ]


def hidden_titles(data: Path) -> set[str]:
    """Return the titles of what retrieval is measured on."""
    wanted = set(json.loads((data / "retrieval/headings_corpus_ids.json").read_text("utf-8"))["doc_ids"])
    headings: list[Row] = [row for row in rows(data / "placement/items.jsonl.gz") if row["id"] in wanted]
    facets = rows(data / "retrieval/csfcube_corpus.jsonl.gz")
    return {row["title"].casefold() for row in [*headings, *facets]}


def bags(texts: Sequence[str]) -> sp.csr_matrix:
    """Return the product's own bags of the terms that have a vector."""
    space = vectors.load()
    limit = len(space.concepts)
    found = space.words.bags((vocabulary.count(text) for text in texts), limit)
    return sp.csr_matrix((found.weights, found.indices, found.starts), shape=(len(found), limit), dtype=np.float32)


def learned(pairs: Sequence[Pairs], table: Floats) -> Floats:
    """Return the table after all epochs, every pair seen once in each."""
    random = np.random.default_rng(0)
    adam = Adam(table, np.zeros_like(table), np.zeros_like(table))
    for epoch in range(EPOCHS):
        batches = [
            (asked[rows_], answering[rows_])
            for asked, answering in pairs
            for rows_ in np.array_split(random.permutation(asked.shape[0]), max(1, asked.shape[0] // BATCH))
        ]
        losses = [step(adam, *batches[i]) for i in random.permutation(len(batches))]
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}")
    return adam.table


def step(adam: Adam, asked: sp.csr_matrix, answering: sp.csr_matrix) -> float:
    """Learn from a batch in which row i of both sides belong together; return its loss."""
    queries, query_lengths = unit(asked @ adam.table)
    texts, text_lengths = unit(answering @ adam.table)
    similar = queries @ texts.T / TEMPERATURE
    by_query, by_text = softmax(similar, 1), softmax(similar, 0)
    own = np.eye(len(queries), dtype=np.float32)
    pull: Floats = (by_query + by_text - 2 * own) / np.float32(2 * TEMPERATURE * len(queries))
    to_queries, to_texts = np.asarray(pull @ texts, np.float32), np.asarray(pull.T @ queries, np.float32)
    gradients = np.vstack([back(queries, query_lengths, to_queries), back(texts, text_lengths, to_texts)])
    both = sp.vstack([asked, answering]).tocsc()
    touched = np.flatnonzero(np.diff(both.indptr))
    adam.step(touched, np.asarray(both[:, touched].T @ gradients, np.float32))
    return float(-np.log(np.diag(by_query) + 1e-9).mean())


def unit(table: Floats) -> tuple[Floats, Floats]:
    """Return rows of length one, and how long they were."""
    lengths = np.linalg.norm(table, axis=1, keepdims=True) + 1e-6
    return table / lengths, lengths


def back(rows_: Floats, lengths: Floats, gradient: Floats) -> Floats:
    """Return the gradient by rows before they were made length one."""
    along: Floats = (gradient - (gradient * rows_).sum(axis=1, keepdims=True) * rows_) / lengths
    return along


def softmax(scores: Floats, axis: int) -> Floats:
    """Return probabilities along an axis."""
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    result: Floats = powers / powers.sum(axis=axis, keepdims=True)
    return result


if __name__ == "__main__":
    main()
