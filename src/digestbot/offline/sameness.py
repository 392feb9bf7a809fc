"""Judges whether two records describe one work: a paper, its preprint, its venue version, somebody's paragraph on it.

Must not search for candidates (see `blocking`) and opens nothing but its own weights. In doubt the answer is no: a
false merge loses an item, a miss shows one twice.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from rapidfuzz import fuzz, utils

from digestbot.offline.pair_features import NAMES, features, numbers_conflict, ordered
from digestbot.offline.pair_profile import Profile, profile
from digestbot.offline.people import common_names
from digestbot.offline.work import Work, work_from

__all__ = ["THRESHOLD", "Sameness", "Work", "judge", "titles_allow", "work_from"]

# Chosen on out-of-fold scores of bench/quality_sameness.py: from 0.6 on there is no false merge among arXiv pairs, from
# 0.7 on F1 falls on the DBLP sets.
THRESHOLD = 0.65
# These name one work. An address or a repository can be a list of many, and is then shared by all that stand in it.
_DECISIVE = ("arxiv:", "doi:", "openreview:", "acl:", "s2:", "youtube:")
_KEY_NAMES = {
    "arxiv": "arXiv id", "doi": "DOI", "openreview": "OpenReview id", "acl": "ACL Anthology id",
    "s2": "Semantic Scholar id", "youtube": "YouTube video", "repo": "repository", "url": "address", "x": "post",
}  # fmt: skip
_RELATED_TITLES = 75.0
# "X" and "X 2" by the same people: under the threshold, so that people are asked.
_SEQUEL_SCORE = 0.5
_WHOLE_SHINGLES = 12
# Many pairs the weights were fitted on are matches; among candidates of which only two titles are known far fewer are
# ("Attention Is All You Need" has dozens of descendants). Taken off the log-odds; set by hand on 20 such pairs.
_TITLES_ALONE_LOG_ODDS = 2.0
# Longer "titles" hold authors and a venue too, as in the dirty DBLP sets: there the doubt only cost matches.
_TITLES_ALONE_WORDS = 10


# Of 3,363 pairs that the model rightly calls one work three are below both, none of them of arXiv; of the pairs that
# share a blocking key among 10,000 papers three quarters are.
_LIKELY_SIMILARITY, _LIKELY_TITLES = 0.6, 60.0


@dataclass(frozen=True)
class Sameness:
    """The answer for a pair; `score` is the probability (0-1) of one work, `basis` what spoke for it."""

    same: bool
    score: float
    basis: str


def judge(a: Work, b: Work) -> Sameness:
    """Return whether two works are one; symmetric, and total on any texts.

    An equal arXiv id, DOI or the like decides at once. An equal address or repository decides when the titles do not
    contradict it. Different ids decide nothing: a paper can have two. All else is the model's score against THRESHOLD.
    """
    one, other = ordered(profile(a), profile(b))
    shared = sorted(a.keys & b.keys, key=lambda key: (not key.startswith(_DECISIVE), key))
    if shared and (shared[0].startswith(_DECISIVE) or _titles_allow(one, other)):
        scheme, _, value = shared[0].partition(":")
        return Sameness(True, 0.999, f"same {_KEY_NAMES.get(scheme, scheme)} {value}")
    if one.is_blank or other.is_blank:
        return Sameness(False, 0.0, "one side has no words to compare")
    score = round(_probability(features(one, other), _TITLES_ALONE_LOG_ODDS if _titles_alone(one, other) else 0.0), 4)
    if _is_sequel(one, other):
        score = min(score, _SEQUEL_SCORE)
    return Sameness(score >= THRESHOLD, score, _basis(one, other))


def likely(title_a: str, title_b: str, similarity: float) -> bool:
    """Tell whether two works that share no more than a blocking key are worth judging, by titles and cosine."""
    if similarity >= _LIKELY_SIMILARITY or not title_a or not title_b:
        return True
    return fuzz.token_set_ratio(title_a, title_b, processor=utils.default_process) >= _LIKELY_TITLES


def titles_allow(a: Work, b: Work) -> bool:
    """Tell whether nothing in two titles speaks against one work; an absent title does not."""
    return _titles_allow(profile(a), profile(b))


def _titles_allow(a: Profile, b: Profile) -> bool:
    if not a.title or not b.title:
        return True
    return fuzz.token_set_ratio(a.title, b.title) >= _RELATED_TITLES and not numbers_conflict(a, b)


def _is_sequel(a: Profile, b: Profile) -> bool:
    """Tell whether a number stands in one title alone, and two whole abstracts have no run of words in common."""
    if a.numbers == b.numbers or min(len(a.shingles), len(b.shingles)) < _WHOLE_SHINGLES:
        return False
    return not a.shingles & b.shingles


def _titles_alone(a: Profile, b: Profile) -> bool:
    return all(
        len(one.words) <= _TITLES_ALONE_WORDS and not (one.people or one.abstract_words or one.venue) for one in (a, b)
    )


def _probability(row: tuple[float, ...], doubt: float) -> float:
    model = _model()
    total = model.base - doubt + sum(_leaf(tree, row) for tree in model.trees)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _leaf(tree: list[list[float]], row: tuple[float, ...]) -> float:
    node = tree[0]
    while len(node) > 1:
        value = row[int(node[0])]
        goes_left = bool(node[2]) if math.isnan(value) else value <= node[1]
        node = tree[int(node[3] if goes_left else node[4])]
    return node[0]


@dataclass(frozen=True)
class _Model:
    """Boosted trees: an inner node is [feature, threshold, NaN goes left, left, right], a leaf [value]."""

    base: float
    trees: list[list[list[float]]]


@lru_cache(maxsize=1)
def _model() -> _Model:
    text = resources.files("digestbot.offline").joinpath("weights/sameness.json").read_text("utf-8")
    weights = json.loads(text)
    assert tuple(weights["features"]) == NAMES, "weights were fitted on other features: run bench/train_sameness.py"
    return _Model(float(weights["base"]), weights["trees"])


def _basis(a: Profile, b: Profile) -> str:
    """Return what a person would check first: titles, people, years, abstracts."""
    said = (_on_titles(a, b), _on_people(a, b), _on_years(a, b), _on_abstracts(a, b))
    return "; ".join(phrase for phrase in said if phrase)


def _on_titles(a: Profile, b: Profile) -> str:
    if not a.title or not b.title:
        return "no title on one side"
    if a.compact == b.compact:
        return "titles equal but for case and punctuation"
    if numbers_conflict(a, b):
        return "titles carry different numbers"
    if _is_sequel(a, b):
        return "a number stands in one title alone"
    if a.notices != b.notices:
        return "one title is a correction, comment or reply"
    if f" {a.title} " in f" {b.title} " or f" {b.title} " in f" {a.title} ":
        return "one title holds the other"
    return f"titles alike to {fuzz.token_set_ratio(a.title, b.title):.0f} %"


def _on_people(a: Profile, b: Profile) -> str:
    if not a.people or not b.people:
        return "authors unknown on one side"
    common = round(common_names(a.people, b.people))
    return f"{common} of {min(len(a.people), len(b.people))} authors in common"


def _on_years(a: Profile, b: Profile) -> str:
    if a.year is None or b.year is None:
        return ""
    return "same year" if a.year == b.year else f"year differs by {abs(a.year - b.year)}"


def _on_abstracts(a: Profile, b: Profile) -> str:
    if not a.shingles or not b.shingles:
        return ""
    share = len(a.shingles & b.shingles) / min(len(a.shingles), len(b.shingles))
    return f"abstracts share {share:.0%} of their three-word runs"
