"""What belongs to a thing of the field: "linear attention" is asked for, and RWKV is meant, too.

The table names the field's areas and methods, those of the roadmap's chapters first, each with what is narrower, as a
thesaurus does (ISO 25964-1). It was written for this package.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from digestbot.search.glossary import Stems, names
from digestbot.search.stops import without_stops
from digestbot.search.words import stems


@dataclass(frozen=True)
class _Thing:
    """What belongs to a thing, and how that may be written: any form of its words where nothing is said of it."""

    narrower: tuple[str, ...]
    written: tuple[str, ...] = ()

    def stands_in(self, text: str) -> bool:
        return not self.written or any(name in text for name in self.written)


def narrower(name: Stems, text: str) -> tuple[str, ...]:
    """Return what belongs to a thing by one of its names in stems, as it is written; nothing where that is unknown.

    `text` is what was asked: to a stemmer "normal" is "normalization", and "topic model" is any model.
    """
    found = _table().get(_once(name))
    return found.narrower if found and found.stands_in(text.casefold()) else ()


def spans(words: Sequence[Stems], text: str) -> Iterable[tuple[range, tuple[str, ...]]]:
    """Yield which neighbours together name a thing of the table, the longest first at a place, and what belongs to it.

    None overlap: "attention" in "linear attention" is not looked up by itself.
    """
    place = 0
    while place < len(words):
        for end in range(len(words), place, -1):
            if found := narrower(tuple(stem for name in words[place:end] for stem in name), text):
                yield range(place, end), found
                break
        place = end


@cache
def _table() -> dict[Stems, _Thing]:
    """Return what belongs to each thing, by each of its names that the glossary has."""
    same = {key: row for row in names() for key in map(_key, row)}
    text = resources.files("digestbot.search").joinpath("thesaurus.tsv").read_text("utf-8")
    table: dict[Stems, _Thing] = {}
    for first, *parts in (line.split("\t") for line in text.splitlines() if line and not line.startswith("#")):
        name = first.removeprefix("=")
        others = same.get(_key(name), ())
        strict = name != first
        every = (*others, name) if not strict or name in others else (name,)
        written = tuple(one.casefold() for one in every) if strict else ()
        table |= {_key(one): _Thing(tuple(parts), written) for one in every}
    return table


def _key(name: str) -> Stems:
    return _once(without_stops(stems(name)))


def _once(name: Stems) -> Stems:
    """Return stems without those that come again: a question has each of its words once."""
    return tuple(dict.fromkeys(name))
