"""What belongs to a thing of the field: "linear attention" is asked for, and RWKV is meant, too.

The table names the field's areas and methods, those of the roadmap's chapters first, each with what is narrower, as a
thesaurus does (ISO 25964-1). It was written for this package.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources

from digestbot.search.glossary import Stems, names
from digestbot.search.stops import without_stops
from digestbot.search.words import stems


def narrower(name: Stems) -> tuple[str, ...]:
    """Return what belongs to a thing by one of its names in stems, as it is written; nothing where that is unknown."""
    return _table().get(name, ())


def spans(words: Sequence[Stems]) -> Iterable[tuple[range, tuple[str, ...]]]:
    """Yield which neighbours together name a thing of the table, the longest first at a place, and what belongs to it.

    None overlap: "attention" in "linear attention" is not looked up by itself.
    """
    place = 0
    while place < len(words):
        for end in range(len(words), place, -1):
            if found := narrower(tuple(stem for name in words[place:end] for stem in name)):
                yield range(place, end), found
                break
        place = end


@cache
def _table() -> dict[Stems, tuple[str, ...]]:
    """Return what belongs to each thing, by each of its names that the glossary has."""
    same = {key: row for row in names() for key in map(_key, row)}
    text = resources.files("digestbot.search").joinpath("thesaurus.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {_key(name): tuple(row[1:]) for row in rows for name in (*same.get(_key(row[0]), ()), row[0])}


def _key(name: str) -> Stems:
    return without_stops(stems(name))
