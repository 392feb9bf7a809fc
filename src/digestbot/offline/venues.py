"""Compares names of journals and conferences: "SIGMOD" and "ACM SIGMOD International Conference on Management of Data".

Must not know what a work is. Names are folded words joined by spaces.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import fuzz

# Phrases by which a series is known, longest first where one holds another; checked against folded names.
_SERIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("sigmod record", ("sigmod record", "sigmod rec")),
    ("vldb journal", ("vldb j", "vldb journal", "international journal on very large data bases")),
    ("tods", ("tods", "acm trans database", "acm transactions on database", "trans database syst")),
    ("sigmod", ("sigmod", "management of data")),
    ("vldb", ("vldb", "very large data base", "very large database", "very")),
    ("tkde", ("tkde", "transactions on knowledge and data engineering", "trans knowl data eng")),
    ("icde", ("icde", "conference on data engineering", "conf on data engineering")),
    ("edbt", ("edbt", "extending database technology")),
    ("pods", ("pods", "principles of database systems")),
    ("kdd", ("kdd", "knowledge discovery and data mining")),
    ("cacm", ("cacm", "communications of the acm", "commun acm")),
    ("neurips", ("neurips", "nips", "neural information processing systems")),
    ("icml", ("icml", "conference on machine learning")),
    ("iclr", ("iclr", "learning representations")),
    ("naacl", ("naacl", "north american chapter")),
    ("eacl", ("eacl", "european chapter")),
    ("emnlp", ("emnlp", "empirical methods in natural language")),
    ("acl", ("acl", "meeting of the association for computational linguistics")),
    ("cvpr", ("cvpr", "computer vision and pattern recognition")),
    ("iccv", ("iccv", "international conference on computer vision")),
    ("eccv", ("eccv", "european conference on computer vision")),
    ("aaai", ("aaai",)),
    ("ijcai", ("ijcai", "joint conference on artificial intelligence")),
    ("jmlr", ("jmlr", "journal of machine learning research")),
    ("tmlr", ("tmlr", "transactions on machine learning research")),
    ("colt", ("colt", "learning theory")),
    ("uai", ("uai", "uncertainty in artificial intelligence")),
    ("aistats", ("aistats", "artificial intelligence and statistics")),
    ("arxiv", ("arxiv", "corr", "computing research repository")),
)


def venue_similarity(a: str, b: str) -> float:
    """Return 1 for the same series, 0 for two different known ones, else the likeness of the names (0-0.9)."""
    series_a, series_b = series_of(a), series_of(b)
    if series_a and series_b:
        return float(series_a == series_b)
    return 0.9 * fuzz.token_set_ratio(a, b) / 100


@lru_cache(maxsize=4096)
def series_of(venue: str) -> str:
    """Return the short name of the series a venue belongs to, "" if it is none of those known."""
    padded = f" {venue} "
    return next((short for short, phrases in _SERIES if any(f" {p}" in padded for p in phrases)), "")
