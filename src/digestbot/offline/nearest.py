"""Files texts into the headings of any roadmap by closeness alone: no training, English or Chinese.

Must not know where the headings come from; the same function chooses the chapter within a section.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digestbot.offline import vectors, vocabulary
from digestbot.offline.filer import FilingText, counted
from digestbot.offline.terms import is_chinese
from digestbot.offline.vectors import Space
from digestbot.offline.vocabulary import Bags, Floats

FEATURES = ("vector", "best_line_vector", "mean_of_best_three", "terms", "best_line_terms")


@dataclass(frozen=True)
class SectionText:
    """A heading with its words: `text` holds goal, chapter names and resource titles, one a line."""

    id: str
    title: str
    text: str = ""


@dataclass(frozen=True)
class Closeness:
    """How much each of FEATURES counts and what `none` scores, in three rows.

    Row 0 is for a bare title, row 1 for a text with an abstract, row 2 for headings in another language. A long text
    is less close to everything than a short one, and so is a Chinese text to English headings: they cannot share a
    threshold.
    """

    weights: Floats
    none_scores: Floats

    def probabilities(self, space: Space, texts: Sequence[FilingText], sections: Sequence[SectionText]) -> Floats:
        """Return one row a text, one column a section, and `none` last."""
        chinese_headings = is_chinese(" ".join(section.title for section in sections))
        across = [is_chinese(text.title) != chinese_headings for text in texts]
        kinds = np.array([2 if a else int(bool(t.abstract)) for a, t in zip(across, texts, strict=True)], dtype=np.intp)
        scores = np.einsum("tsf,tf->ts", features(space, texts, sections), self.weights[kinds])
        return vocabulary.softmax(np.column_stack([scores, self.none_scores[kinds]]).astype(np.float32))


def nearest(texts: Sequence[FilingText], sections: Sequence[SectionText]) -> Floats:
    """Return one row a text: a probability for each section in order, and for none of them in the last column."""
    if not texts:
        return np.zeros((0, len(sections) + 1), dtype=np.float32)
    return load().probabilities(vectors.load(), texts, sections)


@functools.cache
def load() -> Closeness:
    """Return the bundled calibration, read once; fitted on the default roadmap's headings by bench/train_offline.py."""
    arrays = vocabulary.load_weights("nearest")
    return Closeness(arrays["weights"].astype(np.float32), arrays["none_scores"].astype(np.float32))


def features(space: Space, texts: Sequence[FilingText], sections: Sequence[SectionText]) -> Floats:
    """Return an array (texts, sections, FEATURES) of similarities, higher is closer."""
    counts = [counted(text) for text in texts]
    text_vectors, text_bags = space.embed_counts(counts), space.words.bags(counts).normalized()
    out = np.zeros((len(texts), len(sections), len(FEATURES)), dtype=np.float32)
    for column, section in enumerate(sections):
        lines = [section.title, *(line for line in section.text.splitlines() if line.strip())]
        rows = [vocabulary.count(line) for line in lines]
        whole = vocabulary.count("\n".join(lines), vocabulary.count(section.title, times=2.0))
        line_closeness = text_vectors @ space.embed_counts(rows).T
        overlap = _overlap(text_bags, space.words.bags([whole, *rows]).normalized(), len(space.words.index))
        out[:, column, 0] = text_vectors @ space.embed_counts([whole])[0]
        out[:, column, 1] = line_closeness.max(axis=1)
        out[:, column, 2] = np.sort(line_closeness, axis=1)[:, -3:].mean(axis=1)
        out[:, column, 3] = overlap[:, 0]
        out[:, column, 4] = overlap[:, 1:].max(axis=1)
    return out


def _overlap(texts: Bags, others: Bags, terms: int) -> Floats:
    """Return the cosine of every text's bag with every other bag."""
    table = np.zeros((terms, len(others)), dtype=np.float32)
    table[others.indices, np.repeat(np.arange(len(others)), np.diff(others.starts))] = others.weights
    return texts.times(table)
