"""An answer by extraction: the best sentences of what was found, a few for each part, each with its source; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from digestbot.domain import Level
from digestbot.domain.answers import Claim, Part
from digestbot.explain.candidates import Candidate
from digestbot.explain.concepts import Concept, share, words_of
from digestbot.explain.contrasts import compares, opposes
from digestbot.explain.parts import begins_with, proposes, says_how, worth
from digestbot.explain.signs import DOES, TURN
from digestbot.explain.understanding import Understood
from digestbot.offline.cues import STOP_WORDS
from digestbot.offline.extract import summarize
from digestbot.offline.terms import is_chinese
from digestbot.search import Found
from digestbot.wire.tex import plain_tex

ORDER: tuple[Part, ...] = ("what", "how", "why", "new", "open")
_COUNTS: Mapping[Level, Mapping[Part, int]] = {
    "introductory": {"contrast": 2, "what": 2, "how": 2, "why": 2, "new": 1, "open": 1},
    "intermediate": {"contrast": 3, "what": 2, "how": 2, "why": 2, "new": 3, "open": 2},
    "advanced": {"contrast": 4, "what": 1, "how": 3, "why": 2, "new": 4, "open": 3},
}
_OF_EACH: tuple[Part, ...] = ("what", "how", "open")
"""What is told of each of two compared things beside their differences."""
LEAST_OWN = 0.55
"""A sentence must hold so much of the question itself; where its document's title holds most, less will do."""
_LEAST_OWN_TITLED, _LEAST_TITLED = 0.35, 0.8
LEAST_AROUND = 0.8
"""So much of a question a passage holds whose sentence on a way to do it holds only some."""
LEAST_NAMED = 0.6
"""A work is news of a subject when its title names so much of it."""
_CARRIES = 0.25
"""The share of a question's weight from which a concept may not be missing from a sentence and its title together."""
_LEAST_HELD = 0.4
_LEAST_WORTH: Mapping[Part, float] = {"what": 1.6, "how": 1.6, "why": 1.3, "open": 1.4, "contrast": 1.2, "new": 0.0}
_MAX_OVERLAP = 0.5
_MAX_OF_DOCUMENT = 2
_COMPARED = 0.5
"""What a sentence gains that stands in a work which compares the two."""
_SAME_LANGUAGE = 0.3
"""What it is worth that a sentence is in the language of the question."""
NEW_FOR = timedelta(days=365)
"""How long a work counts as new where a question names no span."""
Told = tuple[Claim, Found]
"""A claim without keys, with the passage that shows it."""
_LEAST_WORDS = 5
_UNCLEAR = re.compile(
    r"\b(?:this|these|those) (?:assumptions?|questions?|findings?|problems?|issues?|challenges?|gaps?|limitations?|"
    r"observations?|factors?|phenomen\w+|hypothes[ei]s|objects?|barriers?|shortcomings?|heterogeneity|needs?)\b",
    re.IGNORECASE,
)
_UNNAMED = re.compile(r"\b(?:propose|introduce|present)s? (?:ours|it|them|this)\b", re.IGNORECASE)
_THIRD_PERSON = (
    (re.compile(r"\bWe\b"), "The authors"),
    (re.compile(r"\bwe\b"), "the authors"),
    (re.compile(r"^Our\b"), "The authors'"),
    (re.compile(r"\bOur\b"), "Their"),
    (re.compile(r"\bour\b"), "their"),
    (re.compile(r"\bours\b"), "theirs"),
    (re.compile(r"\bus\b"), "them"),
)


@dataclass(frozen=True)
class Matter:
    """What a question is about: `whole` as one, and by each of its subjects; `deed` is what it asks for ways to do."""

    whole: tuple[Concept, ...]
    subjects: Mapping[str, tuple[Concept, ...]]
    deed: tuple[Concept, ...] = ()


@dataclass(frozen=True)
class _Wanted:
    part: Part
    count: int
    subject: str = ""


def extract(
    understood: Understood,
    matter: Matter,
    found: Sequence[Found],
    said: Sequence[Candidate],
    level: Level,
    now: datetime,
) -> list[Told]:
    """Return claims without keys, each with the passage that shows it, in the order in which they are to be read."""
    told: list[Told] = []
    for wanted in _plan(understood, level):
        if wanted.part == "new":
            told += _news(understood, matter.whole, found, wanted.count, now, told)
            continue
        told += _fresh(_ranked(understood, matter, said, wanted, level), matter, wanted, told)
    return told


def untold(wants: Sequence[Part], claims: Sequence[Claim]) -> tuple[Part, ...]:
    """Return the parts that were asked for and that no claim tells; a definition may say how, too."""
    told = {claim.part for claim in claims} | {
        "how" for claim in claims if claim.part == "what" and says_how(claim.text)
    }
    return tuple(part for part in wants if part not in told)


def third_person(sentence: str) -> str:
    """Return a sentence of authors on themselves as one that another could say of them."""
    for pattern, instead in _THIRD_PERSON:
        sentence = pattern.sub(instead, sentence)
    return sentence


def _worded(one: Candidate, part: Part, matter: Matter) -> str:
    """Return a sentence as a part says it: behind the one that it leans on, and without a turn such as `, but`."""
    sentence = one.text
    cut = TURN.search(sentence)
    head = sentence[: cut.start()].rstrip(" ,;") if cut else ""
    whole = len(head.split()) >= _LEAST_WORDS and share(matter.whole, words_of(head)) >= min(one.own, LEAST_OWN)
    if whole and part in ("what", "how"):
        sentence = f"{head}."
    return third_person(f"{one.before} {sentence}".strip())


def overlap(a: frozenset[str], b: frozenset[str]) -> float:
    """Return which share of the shorter one's words two sentences have in common."""
    one, other = ({word for word in words - STOP_WORDS if " " not in word} for words in (a, b))
    return len(one & other) / max(1, min(len(one), len(other)))


def _plan(understood: Understood, level: Level) -> list[_Wanted]:
    """Return what is looked for, in order: what was asked for first, after a definition."""
    counts = _COUNTS[level]
    if understood.comparing:
        both = [_Wanted(part, 1, subject) for part in _OF_EACH for subject in understood.subjects]
        return [_Wanted("contrast", counts["contrast"] + 1), *both]
    first: list[Part] = list(understood.wants) if understood.wants[:1] == ("new",) else ["what", *understood.wants]
    return [_Wanted(part, counts[part] + (part in understood.wants)) for part in dict.fromkeys([*first, *ORDER])]


def _ranked(
    understood: Understood, matter: Matter, said: Sequence[Candidate], wanted: _Wanted, level: Level
) -> list[Candidate]:
    """Return the sentences that are worth enough for a part, best first."""
    about = matter.subjects.get(wanted.subject, matter.whole)
    asked = wanted.part in understood.wants
    sides = list(matter.subjects.values())
    valued = []
    for one in said:
        way = wanted.part == "how" and _is_way(one, matter)
        fits = way or _is_about(one, matter, wanted, about, asked)
        value = worth(one, wanted.part, about, level, asked, way) if fits else -1.0
        value += _COMPARED * (wanted.part == "contrast" and compares(one.found.document.title, sides))
        if value >= _LEAST_WORTH[wanted.part]:
            valued.append((value + _SAME_LANGUAGE * (is_chinese(one.text) == understood.lang.startswith("zh")), one))
    return [one for _, one in sorted(valued, key=lambda pair: -pair[0])]


def _is_about(one: Candidate, matter: Matter, wanted: _Wanted, about: Sequence[Concept], asked: bool) -> bool:
    """Tell whether a sentence is about what is asked: a contrast names both of its sides."""
    if wanted.part == "contrast":
        return opposes(one.text, list(matter.subjects.values()))
    if wanted.subject:
        return share(about, one.words) >= LEAST_OWN and begins_with(one, about)
    if (wanted.part in ("what", "open") or (wanted.part == "why" and not asked)) and not holds_most(about, one.words):
        return False
    within = one.own >= LEAST_OWN or (one.titled >= _LEAST_TITLED and one.own >= _LEAST_OWN_TITLED)
    return within and holds_most(about, one.words | words_of(one.found.document.title))


def _is_way(one: Candidate, matter: Matter) -> bool:
    """Tell whether authors propose in a sentence a way to do what is asked.

    It or its title names the deed; what it is done to may stand beside it, in the rest of the passage.
    """
    if not matter.deed or not proposes(one.text) or one.own < _LEAST_OWN_TITLED:
        return False
    named = one.words | words_of(one.found.document.title)
    around = named | words_of(one.found.passage.text)
    does = share(matter.deed, named) >= LEAST_NAMED
    return does and share(matter.whole, around) >= LEAST_AROUND and holds_most(matter.whole, around)


def holds_most(about: Sequence[Concept], held: frozenset[str]) -> bool:
    """Tell whether some stems hold every concept that carries much of a question, such as its name and its verb."""
    total = sum(one.weight for one in about)
    return all(one.held(held) >= _LEAST_HELD for one in about if one.weight >= _CARRIES * total)


def _fresh(ranked: Sequence[Candidate], matter: Matter, wanted: _Wanted, before: Sequence[Told]) -> list[Told]:
    """Return the first of them as claims that say nothing that is said `before`, from no document too often."""
    chosen: list[Told] = []
    known = [words_of(claim.text) for claim, _ in before]
    times = Counter(one.document.id for _, one in before)
    for one in ranked:
        text = _worded(one, wanted.part, matter)
        said = words_of(text)
        often = times[one.found.document.id] >= _MAX_OF_DOCUMENT
        if not often and all(overlap(said, other) <= _MAX_OVERLAP for other in known) and one.is_safe:
            chosen.append((Claim(wanted.part, text, (), wanted.subject), one.found))
            known.append(said)
            times[one.found.document.id] += 1
        if len(chosen) == wanted.count:
            break
    return chosen


def _news(
    understood: Understood,
    about: Sequence[Concept],
    found: Sequence[Found],
    count: int,
    now: datetime,
    before: Sequence[Told],
) -> list[Told]:
    """Return what the newest works about the question do, the newest first, each by one sentence of its own."""
    begins = understood.since or f"{now - NEW_FOR:%Y-%m-%d}"
    named = [one for one in found if one.document.date >= begins and one.passage.place == 0 and _names(one, about)]
    newest = sorted(named[: 3 * count], key=lambda one: one.document.date, reverse=True)
    gists = ((third_person(_gist(one)), one) for one in newest)
    known = {"", *(claim.text for claim, _ in before)}
    told = ((Claim("new", gist, ()), one) for gist, one in gists if gist not in known and not _UNNAMED.search(gist))
    return list(islice(told, count))


def _gist(one: Found) -> str:
    """Return what a work does in one sentence: its summary's, or where that only tells of others, one of its points."""
    summary = summarize(plain_tex(one.passage.text), one.document.title)
    said = [summary.tldr, *summary.points]
    return next((text for text in said if DOES.search(text) and not _UNCLEAR.search(text)), summary.tldr)


def _names(one: Found, about: Sequence[Concept]) -> bool:
    title = words_of(one.document.title)
    heaviest = max(about, key=lambda concept: concept.weight, default=None)
    if heaviest is None or heaviest.held(title) < LEAST_NAMED:
        return False
    return share(about, title) >= LEAST_NAMED and holds_most(about, title | words_of(one.passage.text))
