"""What a question is about, as concepts: each under all the names by which a text may call it, in both languages; pure.

A concept's names come from the glossary, and from what was found: whoever writes "Low-Rank Adaptation (LoRA)" says that
the two are one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from digestbot.explain.chinese import beside_known
from digestbot.explain.chinese import words as chinese_words
from digestbot.explain.naming import english_names
from digestbot.explain.plain_words import LIGHT, names_alike
from digestbot.offline.cues import STOP_WORDS
from digestbot.offline.rarity import rarity
from digestbot.offline.terms import terms
from digestbot.search.abbreviations import spelled_out
from digestbot.search.glossary import Term, known_terms
from digestbot.search.stops import ASKING, without_stops
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
_HYPHENATED_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)+")
_NUMBERED = re.compile(r"\b([A-Za-z]+)-(\d+[A-Za-z]*)\b")
_STOP_STEMS = frozenset(stem for word in (*STOP_WORDS, *ASKING) for stem in stems(word)) | LIGHT
_HEADS = frozenset(
    stem
    for word in [
        "attack",
        "model",
        "method",
        "network",
        "algorithm",
        "system",
        "architecture",
        "framework",
        "technique",
        "攻击",
        "模型",
        "网络",
        "算法",
        "系统",
    ]
    for stem in stems(word)
)
_NEAR, _NEAR_BACK = 3, 2
"""Words of one name stand at most so far apart, in their order or the other way round: "generate new images"."""
_APART = 0.35
"""How much of a name of several words a text holds that has them all, but none beside the other."""
_PLURAL = re.compile(r"[b-df-hj-np-tv-xz0-9]{2,6}s")
_OF_TRAIT = re.compile(r"(?:ant|anci|anc|ent|enci|enc|ic|ist|ism)$")
_LEAST_STEM = 6


@dataclass(frozen=True)
class Concept:
    """Something that a question is about. `names` are all its names, the question's own first; `weight` what it counts.

    `written` is it as the question writes it; `foreign` says that nothing is known of it but its Chinese characters,
    `plain` that it is an English word that is neither a term of the glossary nor written as a name.
    """

    written: str
    names: tuple[Name, ...]
    weight: float
    foreign: bool = False
    plain: bool = False

    def held(self, said: frozenset[str]) -> float:
        """Return how much of it `words_of` a text hold, by one of its names, 0–1; half of a name is a quarter of it."""
        return max(_held(name, said) for name in self.names)


@lru_cache(maxsize=256)
def words_of(text: str, first: int | None = None) -> frozenset[str]:
    """Return the stems of a text, or its first ones, and each two of them that stand near each other as one entry.

    The pairs tell whether the words of a name belong together: "prompts inject details" is no prompt injection.
    """
    row = _singular(stems(text))[:first]
    forth = (f"{a} {b}" for gap in range(1, _NEAR + 1) for a, b in zip(row, row[gap:], strict=False))
    back = (f"{b} {a}" for gap in range(1, _NEAR_BACK + 1) for a, b in zip(row, row[gap:], strict=False))
    return frozenset(row).union(forth, back)


def concepts(subject: str) -> tuple[Concept, ...]:
    """Return the concepts of a subject in their order; words that only ask or join are none."""
    plain = _dehyphenated(_NUMBERED.sub(r"\1\2", subject))
    row = without_stops(_singular(stems(plain)))
    words = _words_by_stem(plain)
    found: list[Concept] = []
    place, before = 0, NO_NAME
    for term in [*known_terms(row), Term(len(row), NO_NAME, ())]:
        between = row[place : term.place]
        free = beside_known(between, before, term.name)
        found += [_single(one, words) for one in chinese_words(free) if _counts(one)]
        names = tuple(dict.fromkeys(_content(name) for name in (term.name, *term.others) if name))
        if names:
            found.append(_named(term.name, names, words))
        place, before = term.place + len(term.name), term.name
    found = [
        replace(one, weight=_LEAST_WEIGHT) if place and _is_head(one, found[place - 1]) else one
        for place, one in enumerate(found)
    ]
    return _each_once([_as_named(one, subject) for one in found])


def _singular(row: Sequence[str]) -> list[str]:
    """Return stems with the plurals of abbreviations such as CNNs as the abbreviation, which no stemmer knows."""
    return [stem[:-1] if _PLURAL.fullmatch(stem) else stem for stem in row]


def _dehyphenated(subject: str) -> str:
    """Return a subject with spaces for hyphens, but in the words whose name in the glossary has them."""
    plain = _HYPHENATED.sub(" ", subject)
    for word in _HYPHENATED_WORD.findall(subject):
        spaced = _HYPHENATED.sub(" ", word)
        kept = plain.replace(spaced, word, 1)
        if _longest(kept) > max(_longest(plain), 1):
            plain = kept
    return plain


def _longest(text: str) -> int:
    """Return how many stems of a text stand in names of several words that the glossary has."""
    return sum(len(term.name) for term in known_terms(without_stops(stems(text))) if len(term.name) > 1)


def translations(subject: str) -> str:
    """Return in English the words of a subject that no glossary knows, "" where it has none."""
    written = [one.written for one in concepts(subject) if not one.written.isascii()]
    return " ".join(name for word in written for name in english_names(word))


def with_local_names(found: Sequence[Concept], texts: Sequence[str]) -> tuple[Concept, ...]:
    """Return concepts with the names that texts give them in brackets: the short of a long one, or the reverse."""
    pairs = {pair for text in texts for pair in spelled_out(text) if len("".join(pair[0])) >= _LEAST_LETTERS}
    return tuple(_renamed(one, pairs) for one in found)


def with_local_forms(found: Sequence[Concept], texts: Sequence[str]) -> tuple[Concept, ...]:
    """Return concepts with what texts call a thing's trait, or a trait's thing: sycophancy for sycophantic."""
    held = {stem for text in texts for stem in stems(text) if len(stem) >= _LEAST_STEM}
    return tuple(_with_forms(one, held) for one in found)


def share(found: Sequence[Concept], said: frozenset[str]) -> float:
    """Return which share of the concepts, by weight, `words_of` a text hold, 0–1."""
    total = sum(one.weight for one in found)
    return sum(one.weight * one.held(said) for one in found) / total if total else 0.0


def _held(name: Name, said: frozenset[str]) -> float:
    present = sum(stem in said for stem in name) / len(name)
    together = all(f"{a} {b}" in said for a, b in pairwise(name))
    return _APART if present == 1 and not together else present**2


def _with_forms(concept: Concept, held: set[str]) -> Concept:
    roots = {_root(name[0]) for name in concept.names if len(name) == 1 and len(name[0]) >= _LEAST_STEM}
    known = {name[0] for name in concept.names if len(name) == 1}
    forms = sorted(stem for stem in held - known if _root(stem) in roots)
    return replace(concept, names=(*concept.names, *((form,) for form in forms))[:_MAX_NAMES]) if forms else concept


def _root(stem: str) -> str:
    """Return a stem without the ending of a trait, where enough is left of it."""
    root = _OF_TRAIT.sub("", stem)
    return root if len(root) >= _LEAST_STEM else stem


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
    if stem.isascii():
        names = names_alike(stem)
        weight = min(_weight(words.get(stem, stem)), *(_weight(name[0]) for name in names))
        return Concept(words.get(stem, stem), names, weight, plain=True)
    english = english_names(stem)
    named = tuple(dict.fromkeys([(stem,), *(tuple(stems(word)) for word in english)]))
    return Concept(stem, named, _weight(english[0]) if english else _UNTRANSLATED, not english)


def _weight(word: str) -> float:
    """Return how rare a word is, in whichever of its forms it is known best."""
    roots = {word.removesuffix(end) for end in _ENDINGS if len(word) - len(end) >= _LEAST_ROOT}
    forms = {word, word + "s", word + "ing", *roots, *(root + "e" for root in roots)}
    return min(max(min(map(rarity, forms)), _LEAST_WEIGHT), _MAX_WEIGHT)


def _as_named(concept: Concept, subject: str) -> Concept:
    words = concept.written.split()
    written = [word for word in _WORDS.findall(subject) if word.casefold() in words]
    if any(c.isupper() for word in written for c in word[1:]):
        return replace(concept, weight=min(concept.weight * _NAMED, _MAX_WEIGHT), plain=False)
    return replace(concept, plain=concept.plain and "".join(written).islower())


def _is_head(one: Concept, before: Concept) -> bool:
    """Tell whether a word only says of what kind the name before it is, as "attack" behind "prompt injection"."""
    return len(before.names[0]) > 1 and one.names[0][0] in _HEADS


def _counts(stem: str) -> bool:
    return stem not in _STOP_STEMS and (len(stem) > 1 or not stem.isascii())


def _content(name: Name) -> Name:
    return tuple(stem for stem in name if stem not in _STOP_STEMS) or name


def _words_by_stem(subject: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for term in terms(subject):
        for stem in _singular(stems(term)):
            found.setdefault(stem, term)
    return found


def _each_once(found: Sequence[Concept]) -> tuple[Concept, ...]:
    unique: dict[tuple[Name, ...], Concept] = {}
    for one in found:
        unique.setdefault(one.names, one)
    return tuple(unique.values())
