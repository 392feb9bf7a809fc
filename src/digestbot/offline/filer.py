"""Files texts into the sections of the default roadmap, with calibrated probabilities and no chat model.

Must not know the ledger, the index or a prompt; `nearest` (in its own module) serves any other roadmap.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from digestbot.offline import vectors, vocabulary
from digestbot.offline.vectors import Space
from digestbot.offline.vocabulary import Floats

LABELS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "none")

# A title word says more than a word of the abstract.
_TITLE_TIMES = 2.0


@dataclass(frozen=True)
class FilingText:
    """What is known of an item before its page is read; `categories` are arXiv's, when it has any."""

    title: str
    abstract: str = ""
    url: str = ""
    kind: str = ""
    lang: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filer:
    """A linear model over terms and concept vectors: one column a label, in the order of LABELS.

    `bias` and `sharpness` have two rows, for a bare title and for a text with an abstract: what a title leaves open,
    and how often each section comes, differ.
    """

    space: Space
    term_weights: Floats
    concept_weights: Floats
    bias: Floats
    sharpness: Floats

    def probabilities(self, texts: Sequence[FilingText]) -> Floats:
        """Return one row a text that sums to one; trained and calibrated as bench/train_offline.py says."""
        return self.file_counts([counted(text) for text in texts], [int(bool(text.abstract)) for text in texts])

    def file_counts(self, counts: Sequence[Mapping[str, float]], views: Sequence[int]) -> Floats:
        """Return the same for texts that are counted already; a view is 1 for a text with an abstract, else 0."""
        if not counts:
            return np.zeros((0, len(LABELS)), dtype=np.float32)
        bags, rows = self.space.words.bags(counts).normalized(), np.array(views, dtype=np.intp)
        scores = bags.times(self.term_weights) + self.space.embed_counts(counts) @ self.concept_weights
        return vocabulary.softmax((scores + self.bias[rows]) * self.sharpness[rows, None])


@functools.cache
def load() -> Filer:
    """Return the bundled model, read once."""
    arrays = vocabulary.load_weights("filer")
    return Filer(
        space=vectors.load(),
        term_weights=vocabulary.unpack(arrays, "terms"),
        concept_weights=arrays["concepts"].astype(np.float32),
        bias=arrays["bias"].astype(np.float32),
        sharpness=arrays["sharpness"].astype(np.float32),
    )


def counted(text: FilingText) -> dict[str, float]:
    """Return the counts of a text's grams, those of its title doubled beside an abstract."""
    counts = vocabulary.count(text.title, times=_TITLE_TIMES if text.abstract else 1.0)
    return vocabulary.count(text.abstract, counts) if text.abstract else counts
