"""What a question is about, as concepts: each under all the names by which a text may call it, in both languages; pure.

A concept's names come from the glossary, and from what was found: whoever writes "Low-Rank Adaptation (LoRA)" says that
the two are one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from digestbot.offline.cues import STOP_WORDS
from digestbot.offline.rarity import rarity
from digestbot.offline.terms import terms
from digestbot.search.abbreviations import spelled_out
from digestbot.search.glossary import Term, known_terms
from digestbot.search.stops import ASKING
from digestbot.search.words import stems

Name = tuple[str, ...]
"""The stems of one name of a concept."""
NO_NAME: Name = ()
_MAX_WEIGHT = 9.0
_UNTRANSLATED = 4.0
"""What a pair of Chinese characters counts that nothing translates: it may be no word at all."""
_LEAST_WEIGHT = 0.3
_OF_WORDS = 1.0
"""What a name of several words counts more than its rarest one: it says more than they do apart."""
_MAX_NAMES = 8
_LEAST_LETTERS = 3
"""Two letters are short for too many things."""
_ENDINGS = ("s", "es", "e", "ed", "ing")
_LEAST_ROOT = 4
"""Less than this is left of a word like "thing" that only looks like a form of another."""
_NAMED = 1.6
"""What a name with capitals inside, such as MoE, counts more: a question that has one is about it."""
_WORDS = re.compile(r"[A-Za-z0-9][\w-]*")
_HYPHENATED = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z])")
_NUMBERED = re.compile(r"\b([A-Za-z]+)-(\d+[A-Za-z]*)\b")
_STOP_STEMS = frozenset(stem for word in (*STOP_WORDS, *ASKING) for stem in stems(word))


@dataclass(frozen=True)
class Concept:
    """Something that a question is about. `names` are all its names, the question's own first; `weight` what it counts.

    `written` is it as the question writes it; `foreign` says that nothing is known of it but its Chinese characters.
    """

    written: str
    names: tuple[Name, ...]
    weight: float
    foreign: bool = False

    def held(self, found: frozenset[str]) -> float:
        """Return how much of it some stems hold, by one of its names, 0–1; half of a name is a quarter of it."""
        return max(sum(stem in found for stem in name) / len(name) for name in self.names) ** 2


def concepts(subject: str) -> tuple[Concept, ...]:
    """Return the concepts of a subject in their order; words that only ask or join are none."""
    plain = _NUMBERED.sub(r"\1\2", subject)
    plain = _HYPHENATED.sub(" ", plain)
    row = stems(plain)
    words = _words_by_stem(plain)
    found: list[Concept] = []
    place, before = 0, NO_NAME
    for term in [*known_terms(row), Term(len(row), NO_NAME, ())]:
        between = row[place : term.place]
        found += [
            _single(one, words)
            for n, one in enumerate(between)
            if _counts(one) and not _straddles(n, between, before, term.name)
        ]
        names = tuple(dict.fromkeys(_content(name) for name in (term.name, *term.others) if name))
        if names:
            found.append(_named(term.name, names, words))
        place, before = term.place + len(term.name), term.name
    return _each_once([_as_named(one, subject) for one in found])


def with_local_names(found: Sequence[Concept], texts: Sequence[str]) -> tuple[Concept, ...]:
    """Return concepts with the names that texts give them in brackets: the short of a long one, or the reverse."""
    pairs = {pair for text in texts for pair in spelled_out(text) if len("".join(pair[0])) >= _LEAST_LETTERS}
    return tuple(_renamed(one, pairs) for one in found)


def share(found: Sequence[Concept], held: frozenset[str]) -> float:
    """Return which share of the concepts, by weight, some stems hold, 0–1."""
    total = sum(one.weight for one in found)
    return sum(one.weight * one.held(held) for one in found) / total if total else 0.0


def _renamed(concept: Concept, pairs: set[tuple[Name, Name]]) -> Concept:
    names = set(concept.names)
    more = [long for short, long in pairs if short in names] + [short for short, long in pairs if long in names]
    kept = tuple(dict.fromkeys([*concept.names, *sorted(_content(name) for name in more)]))[:_MAX_NAMES]
    return replace(concept, names=tuple(filter(None, kept)))


def _named(span: Name, names: tuple[Name, ...], words: dict[str, str]) -> Concept:
    english = [name for name in names if all(stem.isascii() for stem in name)]
    weighed = english or list(names)
    weight = max(max(map(_weight, name)) + _OF_WORDS * (len(name) > 1) for name in weighed)
    return Concept(" ".join(words.get(stem, stem) for stem in span), names, weight, not english)


def _single(stem: str, words: dict[str, str]) -> Concept:
    weight = _weight(words.get(stem, stem)) if stem.isascii() else _UNTRANSLATED
    return Concept(words.get(stem, stem), ((stem,),), weight, not stem.isascii())


def _weight(word: str) -> float:
    """Return how rare a word is, in whichever of its forms it is known best."""
    roots = {word.removesuffix(end) for end in _ENDINGS if len(word) - len(end) >= _LEAST_ROOT}
    forms = {word, word + "s", word + "ing", *roots, *(root + "e" for root in roots)}
    return min(max(min(map(rarity, forms)), _LEAST_WEIGHT), _MAX_WEIGHT)


def _as_named(concept: Concept, subject: str) -> Concept:
    words = concept.written.split()
    written = [word for word in _WORDS.findall(subject) if word.casefold() in words]
    named = any(c.isupper() for word in written for c in word[1:])
    return replace(concept, weight=min(concept.weight * _NAMED, _MAX_WEIGHT)) if named else concept


def _counts(stem: str) -> bool:
    return stem not in _STOP_STEMS and (len(stem) > 1 or not stem.isascii())


def _content(name: Name) -> Name:
    return tuple(stem for stem in name if stem not in _STOP_STEMS) or name


def _words_by_stem(subject: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for term in terms(subject):
        for stem in stems(term):
            found.setdefault(stem, term)
    return found


def _straddles(place: int, between: Sequence[str], before: Name, after: Name) -> bool:
    """Tell whether a pair of Chinese characters only joins a known word to what stands beside it."""
    pair = between[place]
    first = place == 0 and bool(before) and not pair.isascii() and before[-1][-1] == pair[0]
    last = place == len(between) - 1 and bool(after) and not pair.isascii() and after[0][0] == pair[-1]
    return first or last


def _each_once(found: Sequence[Concept]) -> tuple[Concept, ...]:
    unique: dict[tuple[Name, ...], Concept] = {}
    for one in found:
        unique.setdefault(one.names, one)
    return tuple(unique.values())
