"""Understands what a question asks for: its terms, what else they are called, and whether it asks for news."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from digestbot.search.glossary import Stems, known_terms
from digestbot.search.stops import without_stops
from digestbot.search.thesaurus import narrower, spans
from digestbot.search.words import stems

MAX_CHARS = 1000
"""A question is read up to here: nobody asks longer, and every term of it costs a look into the index."""
_MAX_UNITS = 40
_CHINESE_STOP = re.compile(
    "为什么|什么是|是什么|是怎么|怎么样|怎样|怎么|如何|什么|哪些|哪个|哪种|有何|请问|请|解释|介绍|说明|一下|"
    "区别|差异|不同|比较|对比|最新|最近|近期|进展|论文|研究|方法|技术|关于|之间|以及|可以|能否|是否|需要|"
    "原理|工作|我们|它们|他们|的|了|和|与|或|在|是|吗|呢|吧|有|把|被|对|于|会|能"
)
_RECENT = re.compile(
    r"\b(?:latest|newest|recent(?:ly)?|what(?:'?s| is) new|news|this (?:week|month|year)|today|lately|these days"
    r"|state of the art|sota|20[2-9]\d)\b"
    r"|最新|最近|近期|近来|新进展|今年|本周|这周|本月|这个月|前沿",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Unit:
    """Something that a question asks for by one or several names; a passage needs one of them. The first was asked.

    `narrower` is what belongs to it: a passage that has some of that is about it, too, if less surely.
    """

    names: tuple[Stems, ...]
    narrower: tuple[Stems, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question as search sees it; `recent` says that it asks for what is new, `beside` what else may be meant."""

    text: str
    units: tuple[Unit, ...]
    recent: bool = False
    beside: str = ""

    @classmethod
    def of(cls, text: str) -> Question:
        """Return a question in English or Chinese, its terms joined with their names in the glossary."""
        text = " ".join(text.split())[:MAX_CHARS]
        words = _content(text)
        units: list[Unit] = []
        free = 0
        for term in known_terms(words):
            units += [Unit(((word,),)) for word in words[free : term.place]]
            units.append(Unit((term.name, *term.others)))
            free = term.place + len(term.name)
        units += [Unit(((word,),)) for word in words[free:]]
        return cls(text, tuple(dict.fromkeys(units))[:_MAX_UNITS], bool(_RECENT.search(text)))

    @property
    def terms(self) -> list[str]:
        """Every stem that any of the names has, in order and once."""
        return list(dict.fromkeys(stem for unit in self.units for name in unit.names for stem in name))

    @property
    def narrower_terms(self) -> list[str]:
        """Every stem of what belongs to the things asked for, in order and once."""
        return list(dict.fromkeys(stem for unit in self.units for name in unit.narrower for stem in name))

    @property
    def asked(self) -> list[str]:
        """The stems as they were asked for, in order."""
        return [stem for unit in self.units for stem in unit.names[0]]

    def widened(self, abbreviations: Iterable[tuple[Stems, Stems]]) -> Question:
        """Return the question with what the corpus says that its terms abbreviate or are abbreviated to."""
        units = list(self.units)
        for short, long in abbreviations:
            units = _widened(units, short, without_stops(long))
        return replace(self, units=tuple(units))

    def broadened(self) -> Question:
        """Return the question with what belongs to the things that it asks for, as the thesaurus has it."""
        units = list(self.units)
        written: list[str] = []
        for places, found in _belonging(units, self.text):
            written += found
            for place in places:
                units[place] = replace(units[place], narrower=tuple(without_stops(stems(name)) for name in found))
        return replace(self, units=tuple(units), beside=", ".join(dict.fromkeys(written)))


def _belonging(units: Sequence[Unit], text: str) -> Iterator[tuple[range, tuple[str, ...]]]:
    """Yield which units name a thing together, and what belongs to it; a unit alone may name it by any of its names."""
    free = set(range(len(units)))
    for places, found in spans([unit.names[0] for unit in units], text):
        free -= set(places)
        yield places, found
    for place in sorted(free):
        if found := next(filter(None, (narrower(name, text) for name in units[place].names)), ()):
            yield range(place, place + 1), found


def weighted_terms(question: str) -> dict[str, float]:
    """Return the stems of a question and of its terms' other names with weights up to 1: a whole name weighs 1."""
    weights: dict[str, float] = {}
    for unit in Question.of(question).units:
        for place, name in enumerate(unit.names):
            for stem in name:
                weights[stem] = max(weights.get(stem, 0.0), (1.0 if place == 0 else 0.8) / len(name) ** 0.5)
    return weights


def rarities(counts: Mapping[str, int], terms: Iterable[str], total: int) -> dict[str, float]:
    """Return how much each term says, in nats: inverse document frequency as BM25 has it, never below 0."""
    from math import log

    return {term: log(1 + (total - (n := counts.get(term, 0)) + 0.5) / (n + 0.5)) for term in terms}


def _content(text: str) -> list[str]:
    """Return the stems that carry meaning; all of them where none does, so that "what is it" finds what it can."""
    return list(without_stops(stems(_CHINESE_STOP.sub(" ", text)))) or stems(text)


def _widened(units: list[Unit], short: Stems, long: Stems) -> list[Unit]:
    """Add the long form to the unit that is its abbreviation, or join the units that spell it out into one."""
    if any(unit.names[0] == short for unit in units):
        return [
            replace(unit, names=(*unit.names, long)) if unit.names[0] == short and long not in unit.names else unit
            for unit in units
        ]
    for place in range(len(units)):
        spelled: Stems = ()
        for end in range(place, len(units)):
            spelled += units[end].names[0]
            if spelled == long:
                others = units[place].names[1:] if end == place else ()
                joined = Unit((spelled, *others, short), units[place].narrower)
                return [*units[:place], joined, *units[end + 1 :]]
    return units
