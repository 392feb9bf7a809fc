"""Reads from the passages themselves what abbreviations stand for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from digestbot.search.glossary import Stems
from digestbot.search.words import stems

_SHORT = re.compile(r"\s?[(（]\s?(?P<short>[A-Z][A-Za-z0-9-]{1,9}?)s?\s?[)）]")
_WORDS_BEFORE = re.compile(r"(?:[A-Za-z][A-Za-z-]*\s+){0,8}[A-Za-z][A-Za-z-]*$")
_MIN_TIMES = 2
"""How often a pair must be found: one author's whim expands nothing."""


def abbreviations(texts: Iterable[str]) -> list[tuple[Stems, Stems]]:
    """Return the pairs (short, long) that several of the texts spell out, the commonest long form of each, as stems."""
    found: Counter[tuple[Stems, Stems]] = Counter()
    for text in texts:
        found.update(set(spelled_out(text)))
    best: dict[Stems, Stems] = {}
    for (short, long), times in sorted(found.items(), key=lambda pair: (-pair[1], pair[0])):
        if times >= _MIN_TIMES:
            best.setdefault(short, long)
    return list(best.items())


def spelled_out(text: str) -> Iterable[tuple[Stems, Stems]]:
    """Yield a pair (short, long) for each abbreviation in brackets whose letters begin the words before it."""
    for match in _SHORT.finditer(text):
        short, before = match.group("short"), text[max(0, match.start() - 120) : match.start()]
        long = _spelled(short, before)
        if long and (names := (tuple(stems(short)), tuple(stems(long))))[0] != names[1]:
            yield names


def _spelled(short: str, before: str) -> str:
    """Return the words before a bracket whose initials spell the letters in it, "" where none do."""
    found = _WORDS_BEFORE.search(before)
    if not found:
        return ""
    words = re.split(r"[\s-]+", found.group())
    letters = [c.casefold() for c in short if c.isalpha()]
    for size in range(max(2, len(letters) - 1), min(len(words), len(letters) + 3) + 1):
        if _spells("".join(letters), words[-size:]):
            return " ".join(words[-size:])
    return ""


def _spells(letters: str, words: list[str]) -> bool:
    """Tell whether the letters are, in order, first letters of words, every long word but small ones among them."""
    if words[0][:1].casefold() != letters[:1]:
        return False
    place = 0
    for word in words:
        if place < len(letters) and word[:1].casefold() == letters[place]:
            place += 1
        elif len(word) > 3:
            return False
    return place == len(letters)
