"""Measures how alike two works are: one fixed row of figures per pair, NaN where a side lacks the field.

Must not decide; the row is symmetric only when the caller orders the two works.
"""

from __future__ import annotations

import math

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from digestbot.offline.pair_profile import Profile, stem
from digestbot.offline.people import common_names
from digestbot.offline.rarity import mass, rarity
from digestbot.offline.venues import venue_similarity

UNKNOWN = math.nan
# Compact characters in which a text says what it is about: two sentences.
_OPENING = 250
# Each feature with the direction in which it may move the score: 1 more alike, -1 less alike, 0 free.
DIRECTIONS: dict[str, int] = {
    "title_equal": 1, "title_ratio": 1, "title_token_sort": 1, "title_token_set": 1, "title_partial": 1,
    "title_trigrams": 1, "title_rare_jaccard": 1, "title_rare_min": 1, "title_rare_max": 1, "title_shared_rarity": 1,
    "title_extra_rarity": -1, "title_subsequence": 1, "head_met": 1, "number_conflict": -1, "notice_conflict": -1,
    "column": -1,
    "people_of_fewer": 1, "people_of_more": 1, "people_common": 1, "first_author": 1, "people_in_bag": 1,
    "venue": 1, "years_apart": -1, "bag_token_set": 1, "bag_rare_min": 1, "bag_rare_max": 1, "bag_extra_rarity": -1,
    "abstract_shingles_min": 1, "abstract_rare_jaccard": 1, "abstract_rare_min": 1, "abstract_numbers": 1,
    "abstract_number_count": 1, "title_in_other_min": 1, "title_in_other_max": 1, "names_common_rarity": 1,
    "names_of_fewer": 1, "rarest_name": 1, "title_name_met": 1,
    "subject_mentions": 1, "subject_in_opening": 1,
}  # fmt: skip
NAMES: tuple[str, ...] = tuple(DIRECTIONS)


def features(a: Profile, b: Profile) -> tuple[float, ...]:
    """Return the figures of a pair in the order of NAMES."""
    row = _title_row(a, b) | _people_row(a, b) | _record_row(a, b) | _abstract_row(a, b) | _name_row(a, b)
    return tuple(row[name] for name in NAMES)


def numbers_conflict(a: Profile, b: Profile) -> bool:
    """Tell whether both titles carry numbers that the other lacks, as parts of a series or years of a challenge do."""
    return bool(_foreign_numbers(a, b) and _foreign_numbers(b, a))


def _foreign_numbers(a: Profile, b: Profile) -> frozenset[str]:
    """Return the numbers of a title that the other record lacks; its year of publication may stand in either.

    Two titles that name years, and no year in common, are two editions whatever the records' own years.
    """
    years_a, years_b = _years(a.numbers), _years(b.numbers)
    if years_a and years_b and not years_a & years_b:
        return a.numbers - b.numbers
    published = {str(year) for year in (a.year, b.year) if year is not None}
    return frozenset(n for n in a.numbers - b.numbers if n not in b.venue.split() and n not in published)


def _years(numbers: frozenset[str]) -> frozenset[str]:
    return frozenset(n for n in numbers if len(n) == 4 and n[:2] in ("19", "20"))


def _title_row(a: Profile, b: Profile) -> dict[str, float]:
    if not a.words or not b.words:
        return dict.fromkeys(NAMES[:16], UNKNOWN)
    words_a, words_b = frozenset(a.words), frozenset(b.words)
    shared, rare_a, rare_b = mass(words_a & words_b), mass(words_a), mass(words_b)
    trigrams_a, trigrams_b = _trigrams(a.compact), _trigrams(b.compact)
    return {
        "title_equal": float(a.compact == b.compact),
        "title_ratio": fuzz.ratio(a.compact, b.compact) / 100,
        "title_token_sort": fuzz.token_sort_ratio(a.title, b.title) / 100,
        "title_token_set": fuzz.token_set_ratio(a.title, b.title) / 100,
        "title_partial": fuzz.partial_ratio(a.title, b.title) / 100,
        "title_trigrams": _share(2 * len(trigrams_a & trigrams_b), len(trigrams_a) + len(trigrams_b)),
        "title_rare_jaccard": _share(shared, rare_a + rare_b - shared),
        "title_rare_min": _share(shared, min(rare_a, rare_b)),
        "title_rare_max": _share(shared, max(rare_a, rare_b)),
        "title_shared_rarity": min(shared, 60.0),
        "title_extra_rarity": min(mass(words_a - b.bag), mass(words_b - a.bag), 60.0),
        "title_subsequence": LCSseq.similarity(a.words, b.words) / min(len(a.words), len(b.words)),
        "head_met": _head_met(a, b),
        "number_conflict": float(bool(_foreign_numbers(a, b))) + float(bool(_foreign_numbers(b, a))),
        "notice_conflict": float(a.notices != b.notices),
        "column": float(a.is_column) + float(b.is_column),
    }


def _head_met(a: Profile, b: Profile) -> float:
    """Return whether the part before a colon, often a system's name, stands in the other's title; NaN without one."""
    met = [head in other.compact for head, other in ((a.head, b), (b.head, a)) if head]
    return float(any(met)) if met else UNKNOWN


def _people_row(a: Profile, b: Profile) -> dict[str, float]:
    row = {"people_of_fewer": UNKNOWN, "people_of_more": UNKNOWN, "people_common": UNKNOWN, "first_author": UNKNOWN}
    row["people_in_bag"] = _people_in_bag(a, b)
    if a.people and b.people:
        common = common_names(a.people, b.people)
        row["people_of_fewer"] = _share(common, min(len(a.people), len(b.people)))
        row["people_of_more"] = _share(common, max(len(a.people), len(b.people)))
        row["people_common"] = min(common, 6.0)
        row["first_author"] = common_names(a.people[:1], b.people[:1])
    return row


def _people_in_bag(a: Profile, b: Profile) -> float:
    """Return the larger share of one side's surnames that stand anywhere in the other's title, authors or venue."""
    shares = [
        _share(sum(stem(name.surname) in other.bag for name in one.people), len(one.people))
        for one, other in ((a, b), (b, a))
        if one.people
    ]
    return max(shares, default=UNKNOWN)


def _record_row(a: Profile, b: Profile) -> dict[str, float]:
    row = dict.fromkeys(("bag_token_set", "bag_rare_min", "bag_rare_max", "bag_extra_rarity"), UNKNOWN)
    row["venue"] = venue_similarity(a.venue, b.venue) if a.venue and b.venue else UNKNOWN
    row["years_apart"] = min(abs(a.year - b.year), 10) if a.year is not None and b.year is not None else UNKNOWN
    if a.bag and b.bag:
        shared, rare_a, rare_b = mass(a.bag & b.bag), mass(a.bag), mass(b.bag)
        row["bag_token_set"] = fuzz.token_set_ratio(a.bag_text, b.bag_text) / 100
        row["bag_rare_min"] = _share(shared, min(rare_a, rare_b))
        row["bag_rare_max"] = _share(shared, max(rare_a, rare_b))
        row["bag_extra_rarity"] = min(rare_a - shared, rare_b - shared, 60.0)
    return row


def _abstract_row(a: Profile, b: Profile) -> dict[str, float]:
    row: dict[str, float] = dict.fromkeys((name for name in NAMES if name.startswith("abstract_")), UNKNOWN)
    if a.abstract_words and b.abstract_words:
        shared = mass(a.abstract_words & b.abstract_words)
        rare_a, rare_b = mass(a.abstract_words), mass(b.abstract_words)
        row["abstract_rare_jaccard"] = _share(shared, rare_a + rare_b - shared)
        row["abstract_rare_min"] = _share(shared, min(rare_a, rare_b))
        fewer = min(len(a.shingles), len(b.shingles))
        row["abstract_shingles_min"] = _share(len(a.shingles & b.shingles), fewer) if fewer else UNKNOWN
        row["abstract_number_count"] = float(min(len(a.abstract_numbers & b.abstract_numbers), 6))
        if a.abstract_numbers and b.abstract_numbers:
            fewer = min(len(a.abstract_numbers), len(b.abstract_numbers))
            row["abstract_numbers"] = _share(len(a.abstract_numbers & b.abstract_numbers), fewer)
    return row


def _name_row(a: Profile, b: Profile) -> dict[str, float]:
    """Return how much of each title, and which distinctive names, stand anywhere in the other work's texts."""
    text_a, text_b = a.bag | a.abstract_words, b.bag | b.abstract_words
    row = dict.fromkeys(("title_in_other_min", "title_in_other_max", "names_of_fewer"), UNKNOWN)
    if a.words and b.words and (a.abstract_words or b.abstract_words):
        shares = [_covered(a, text_b), _covered(b, text_a)]
        row["title_in_other_min"], row["title_in_other_max"] = min(shares), max(shares)
    common = (a.names | a.abstract_names) & (b.names | b.abstract_names)
    row["names_common_rarity"] = min(mass(common), 60.0)
    row["rarest_name"] = max((rarity(name) for name in common), default=0.0)
    met = (a.names & (b.names | b.abstract_names)) | (b.names & (a.names | a.abstract_names))
    row["title_name_met"] = max((rarity(name) for name in met), default=0.0)
    row["subject_mentions"] = max(_mentions(a, b.abstract_compact), _mentions(b, a.abstract_compact))
    opening_a, opening_b = a.abstract_compact[:_OPENING], b.abstract_compact[:_OPENING]
    row["subject_in_opening"] = min(1.0, max(_mentions(a, opening_b), _mentions(b, opening_a)))
    if a.names and b.names:
        rare = min(mass(a.names), mass(b.names))
        row["names_of_fewer"] = _share(mass(a.names & b.names), rare) if rare else UNKNOWN
    return row


def _mentions(one: Profile, text: str) -> float:
    """Return how often (at most 4) a text names a title's subject: its head before a colon, or all of a short one."""
    subject = one.head or (one.compact if len(one.words) <= 3 else "")
    return float(min(text.count(subject), 4)) if len(subject) >= 4 else 0.0


def _covered(one: Profile, text: frozenset[str]) -> float:
    words = frozenset(one.words)
    return _share(mass(words & text), mass(words))


def _trigrams(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 3] for i in range(max(1, len(text) - 2)))


def _share(part: float, whole: float) -> float:
    """Return part of whole, 0-1; 0 of nothing, rounding never past 1."""
    return min(1.0, part / whole) if whole > 0 else 0.0


def ordered(a: Profile, b: Profile) -> tuple[Profile, Profile]:
    """Return two profiles in an order that does not depend on which came first."""
    return (a, b) if _order(a) <= _order(b) else (b, a)


def _order(one: Profile) -> tuple[str, str, int, int]:
    return one.title, one.bag_text, len(one.abstract_words), one.year or 0
