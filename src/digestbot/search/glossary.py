"""The field's terms in English and Chinese, and their abbreviations: read from a table that the package carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from digestbot.search.stops import without_stops
from digestbot.search.words import stems

Stems = tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """A term of the glossary in a row of stems: where it begins, its stems there, and its other names."""

    place: int
    name: Stems
    others: tuple[Stems, ...]


def known_terms(words: Sequence[str]) -> list[Term]:
    """Return the terms of the glossary that stand in a row of stems, words of asking left out; none overlap.

    The longest term at a place counts, so that "attention" in "linear attention" is not looked up by itself.
    """
    entries, longest = _entries()
    found: list[Term] = []
    place = 0
    while place < len(words):
        spans = (tuple(words[place : place + size]) for size in range(min(longest, len(words) - place), 0, -1))
        known = next((span for span in spans if span in entries), None)
        if known:
            found.append(Term(place, known, tuple(name for name in entries[known] if name != known)))
        place += len(known) if known else 1
    return found


@cache
def names() -> tuple[tuple[str, ...], ...]:
    """Return the names of each thing in the glossary as they are written, the English one first."""
    text = resources.files("digestbot.search").joinpath("glossary.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(tuple(name.strip() for name in row if name.strip()) for row in rows)


@cache
def _entries() -> tuple[dict[Stems, list[Stems]], int]:
    """Return for every name the names of the same thing, and how many stems the longest name has."""
    entries: dict[Stems, list[Stems]] = {}
    for written in names():
        same = list(dict.fromkeys(without_stops(stems(name)) for name in written))
        for name in same:
            entries.setdefault(name, []).extend(same)
    return entries, max(map(len, entries))
