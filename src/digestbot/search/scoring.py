"""Scores passages against a question by rules that are the same for every database: words, places and meaning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from digestbot.domain.passages import Shelved
from digestbot.search.asking import Question, Unit, rarities
from digestbot.search.glossary import Stems

_SATURATION, _LENGTH_SHARE = 1.2, 0.75
"""k1 and b of BM25, with the usual values: 0.6 to 0.9 for b make no difference beyond chance."""
_HEAD_TIMES = 2.0
"""How often a word of the title counts."""
_OTHER_NAME = 0.9
"""What a name is worth that was not the one asked for: translations and abbreviations may mean something else."""
_NARROWER = 0.8
"""What it is worth to have something that belongs to what was asked for; 0.5 to 0.9 find more and more on the dev
headings, and with 1.0 a part would count as the whole."""


@dataclass(frozen=True)
class Traits:
    """What a passage has of a question, each 0–1."""

    words: float
    coverage: float
    title: float
    phrase: float
    meaning: float


WEIGHTS = Traits(words=1.0, coverage=0.2, title=0.1, phrase=0.1, meaning=1.0)


class Scorer:
    """Scores the passages of one question."""

    def __init__(self, question: Question, counts: Mapping[str, int], total: int, mean_length: float) -> None:
        """Take in how many of `total` passages each term stands, and how many terms a passage has on average."""
        rarity = rarities(counts, [*question.terms, *question.narrower_terms], total)
        whole = sum(_weight(unit, rarity) for unit in question.units)
        self._terms = list(rarity)
        self._pairs = frozenset(pairwise(question.asked))
        self._mean_length = max(mean_length, 1.0)
        # For each unit its share of the question, and for each of its names every stem's share of the name.
        self._units = [
            (
                _weight(unit, rarity) / whole,
                [
                    *(
                        _shares(name, rarity, 1.0 if place == 0 else _OTHER_NAME)
                        for place, name in enumerate(unit.names)
                    ),
                    *(_shares(name, rarity, _NARROWER * _telling(name, unit, rarity)) for name in unit.narrower),
                ],
            )
            for unit in question.units
            if whole
        ]

    def traits(self, shelved: Shelved, similarity: float) -> Traits:
        """Return what a passage has of the question; `similarity` is the cosine of the two."""
        head, body = Counter(shelved.head), Counter(shelved.body)
        length = _HEAD_TIMES * len(shelved.head) + len(shelved.body)
        norm = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * length / self._mean_length)
        saturated: dict[str, float] = {}
        for term in self._terms:
            # What stands in the title is said of the text; that it stands there counts for more than once.
            if times := _HEAD_TIMES * head[term] + body[term]:
                saturated[term] = times / (times + norm)
        return Traits(
            words=self._share(saturated),
            coverage=self._share(dict.fromkeys(saturated, 1.0)),
            title=self._share({term: 1.0 for term in saturated if head[term]}),
            phrase=self._phrases(shelved),
            meaning=max(0.0, similarity),
        )

    def _share(self, held: Mapping[str, float]) -> float:
        """Return the share of the question, by the rarity of its terms, that is held; a unit by its best name."""
        if not held:
            return 0.0
        found = 0.0
        for weight, names in self._units:
            found += weight * max(sum(share * held.get(stem, 0.0) for stem, share in name) for name in names)
        return found

    def _phrases(self, shelved: Shelved) -> float:
        """Return the share of the question's neighbours that are neighbours in the passage."""
        if not self._pairs:
            return 0.0
        return len(self._pairs & {*pairwise(shelved.head), *pairwise(shelved.body)}) / len(self._pairs)


def total(traits: Traits, weights: Traits = WEIGHTS) -> float:
    """Return the score of a passage, higher is better."""
    return (
        weights.words * traits.words
        + weights.coverage * traits.coverage
        + weights.title * traits.title
        + weights.phrase * traits.phrase
        + weights.meaning * traits.meaning
    )


def _weight(unit: Unit, rarity: Mapping[str, float]) -> float:
    """Return how much of the question a unit is: the rarity of its first name, in which Chinese pairs overlap."""
    name = unit.names[0]
    share = 1.0 if name[0].isascii() else (len(name) + 1) / (2 * len(name))
    return share * sum(rarity[stem] for stem in name)


def _telling(name: Stems, unit: Unit, rarity: Mapping[str, float]) -> float:
    """Return how much of a unit is told by a thing that belongs to it, 0–1: less where its words are commoner.

    What is narrower is rarer, or it is a word that means more: to a stemmer "Performer" is "performance".
    """
    whole = min(_mean(one, rarity) for one in unit.names)
    return min(1.0, _mean(name, rarity) / whole) if whole else 1.0


def _mean(name: Stems, rarity: Mapping[str, float]) -> float:
    return sum(rarity[stem] for stem in name) / len(name)


def _shares(name: Stems, rarity: Mapping[str, float], worth: float) -> list[tuple[str, float]]:
    """Return each stem's share of a name that is worth so much as a whole."""
    whole = sum(rarity[stem] for stem in name)
    return [(stem, worth * rarity[stem] / whole) for stem in name] if whole else []
