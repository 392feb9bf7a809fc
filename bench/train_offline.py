"""Trains the bundled offline models and writes their weights: the same data gives the same bytes.

python bench/train_offline.py --data DIR [--out DIR]
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import arguments

os.environ.setdefault("OMP_NUM_THREADS", "1")  # the order of a parallel sum would change the last bits

import numpy as np
import offline_corpus
import offline_training as training
from offline_filing import NON_COMMERCIAL, learn_filing
from offline_space import CONCEPT_LEVELS, TERM_LEVELS, learn_space, pack

from digestbot.offline import nearest, vectors, vocabulary

WEIGHTS = Path(__file__).parents[1] / "src/digestbot/offline/weights"
# Of a bare title and of a text with an abstract, each the best by log-loss on lists kept out of training.
SHARPNESS = (1.0, 1.3)


def main() -> None:
    """Read, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    arguments.add_data(parser)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    corpus = offline_corpus.read(options.data)
    everything = [i for i, row in enumerate(corpus.placed) if set(row["origins"]) != NON_COMMERCIAL]
    space = learn_space(corpus, everything)
    filing = learn_filing(corpus, space, everything)
    choice = training.learn_relevance(corpus, space, set())
    levels = training.relevance_levels(corpus, space, choice)
    closeness = training.learn_closeness(corpus, everything, space)
    words = "\n".join(space.words.index)
    terms = np.frombuffer(words.encode(), dtype=np.uint8)
    save(options.out, "vocabulary", terms=terms, rarity=space.words.rarity.astype(np.float16))
    save(options.out, "concepts", **packed("concepts", space.concepts, CONCEPT_LEVELS))
    save(
        options.out,
        "filer",
        **packed("terms", filing.terms, TERM_LEVELS),
        concepts=filing.concepts.astype(np.float16),
        bias=filing.bias,
        sharpness=np.array(SHARPNESS, dtype=np.float32),
    )
    save(
        options.out,
        "relevance",
        **packed("terms", choice.terms, TERM_LEVELS),
        concepts=choice.concepts[:, 0].astype(np.float16),
        traits=choice.traits[:, 0],
        bias=np.float32(choice.bias[0]),
        levels=levels,
    )
    save(options.out, "nearest", weights=closeness.weights, none_scores=closeness.none_scores)
    print("weights:", sum(file.stat().st_size for file in options.out.glob("*.npz")), "bytes")
    assert space.concepts.shape[1] == vectors.DIMENSIONS
    assert closeness.weights.shape[1] == len(nearest.FEATURES)


def packed(name: str, table: vocabulary.Floats, levels: int) -> dict[str, np.ndarray[Any, Any]]:
    """Return a table as the product's `unpack` reads it."""
    stored, scale = pack(table, levels)
    return {name: stored, f"{name}_scale": scale}


def save(folder: Path, name: str, **arrays: Any) -> None:
    """Write one weights file whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{name}.partial"
    with partial.open("wb") as file:
        np.savez_compressed(file, **arrays)
    partial.replace(folder / f"{name}.npz")


if __name__ == "__main__":
    main()
