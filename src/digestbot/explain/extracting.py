"""An answer by extraction: the best sentences of what was found, a few for each part, each with its source; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from digestbot.domain import Level
from digestbot.domain.answers import Claim, Part
from digestbot.explain.candidates import Candidate, Weights, forms, share
from digestbot.explain.parts import worth
from digestbot.explain.understanding import Understood
from digestbot.offline.cues import STOP_WORDS
from digestbot.offline.extract import summarize
from digestbot.offline.terms import is_chinese
from digestbot.search import Found
from digestbot.wire.tex import plain_tex

ORDER: tuple[Part, ...] = ("contrast", "what", "how", "why", "new", "open")
_COUNTS: Mapping[Level, Mapping[Part, int]] = {
    "introductory": {"contrast": 2, "what": 2, "how": 2, "why": 2, "new": 1, "open": 1},
    "intermediate": {"contrast": 3, "what": 2, "how": 2, "why": 2, "new": 3, "open": 2},
    "advanced": {"contrast": 4, "what": 1, "how": 3, "why": 2, "new": 4, "open": 3},
}
LEAST_OWN = 0.5
"""A sentence must hold so much of the question itself; where its document's title holds all, less will do."""
_LEAST_OWN_TITLED = 0.3
LEAST_TITLED = 0.6
"""A work is news of a subject when its title names so much of it."""
_LEAST_WORTH: Mapping[Part, float] = {"what": 1.3, "how": 1.2, "why": 1.2, "open": 1.3, "contrast": 1.2, "new": 0.0}
_MAX_OVERLAP = 0.5
_MAX_OF_DOCUMENT = 2
NEW_FOR = timedelta(days=365)
"""How long a work counts as new where a question names no span."""
_THIRD_PERSON = (
    (re.compile(r"\bWe\b"), "The authors"),
    (re.compile(r"\bwe\b"), "the authors"),
    (re.compile(r"^Our\b"), "The authors'"),
    (re.compile(r"\b[Oo]ur\b"), "their"),
    (re.compile(r"\bours\b"), "theirs"),
    (re.compile(r"\bus\b"), "them"),
)


def extract(
    understood: Understood,
    found: Sequence[Found],
    said: Sequence[Candidate],
    weights: Weights,
    level: Level,
    now: datetime,
) -> list[tuple[Claim, Found]]:
    """Return claims without keys, each with the passage that shows it, in the order in which they are to be read."""
    chosen: list[tuple[Claim, Candidate]] = []
    for part, subject, count in plan(understood, level):
        if part == "new":
            continue
        near = [one for one in said if _is_about(one, subject)]
        about = forms(subject) if subject else frozenset(weights)
        ranked = _ranked(near, part, about, level, part in understood.wants)
        chosen += [
            (Claim(part, third_person(one.text), (), subject), one)
            for one in _fresh(ranked, [one for _, one in chosen], count)
        ]
    news = _news(understood, found, weights, _wanted(understood, level, "new"), now)
    claims = [(claim, one.found) for claim, one in chosen] + news
    order = _order(understood)
    return sorted(claims, key=lambda pair: order.index(pair[0].part))


def plan(understood: Understood, level: Level) -> list[tuple[Part, str, int]]:
    """Return which parts are looked for, what each is about ("" for the whole question) and how many claims it gets."""
    parts = [part for part in _order(understood) if part != "contrast" or understood.comparing]
    if understood.comparing:
        parts = [part for part in parts if part in ("contrast", "what", "open")]
        both = [("what", subject, 1) for subject in understood.subjects]
        return [*(("contrast", "", _wanted(understood, level, "contrast")),), *both]  # type: ignore[list-item]  # parts
    return [(part, "", _wanted(understood, level, part)) for part in parts]


def third_person(sentence: str) -> str:
    """Return a sentence of authors on themselves as one that another could say of them."""
    for pattern, instead in _THIRD_PERSON:
        sentence = pattern.sub(instead, sentence)
    return sentence


def _order(understood: Understood) -> list[Part]:
    """Return the parts with those that were asked for first, a definition before all else."""
    lead: list[Part] = ["contrast", "what"] if "new" not in understood.wants[:1] else ["new", "what"]
    return list(dict.fromkeys([*lead[: 1 + (lead[0] == "contrast")], *understood.wants, *lead, *ORDER]))


def _wanted(understood: Understood, level: Level, part: Part) -> int:
    return _COUNTS[level][part] + (1 if part in understood.wants else 0)


def _is_about(one: Candidate, subject: str) -> bool:
    if subject:
        own = forms(subject) - STOP_WORDS
        return bool(own) and len(own & one.words) >= 0.5 * len(own)
    return one.own >= LEAST_OWN or (one.titled >= 0.8 and one.own >= _LEAST_OWN_TITLED)


def _ranked(
    near: Sequence[Candidate], part: Part, about: Collection[str], level: Level, asked: bool
) -> list[Candidate]:
    """Return the sentences that are worth enough for a part, best first."""
    valued = [(worth(one, part, about, level, asked), one) for one in near]
    good = [(value, one) for value, one in valued if value >= _LEAST_WORTH[part]]
    return [one for _, one in sorted(good, key=lambda pair: -pair[0])]


def _fresh(ranked: Sequence[Candidate], taken: Sequence[Candidate], count: int) -> list[Candidate]:
    """Return the first `count` that say nothing that is said already, from no document too often."""
    chosen: list[Candidate] = []
    for one in ranked:
        before = [*taken, *chosen]
        often = sum(other.found.document.id == one.found.document.id for other in before) >= _MAX_OF_DOCUMENT
        if not often and all(overlap(one.words, other.words) <= _MAX_OVERLAP for other in before):
            chosen.append(one)
        if len(chosen) == count:
            break
    return chosen


def overlap(a: frozenset[str], b: frozenset[str]) -> float:
    """Return which share of the shorter one's words two sentences have in common."""
    one, other = a - STOP_WORDS, b - STOP_WORDS
    return len(one & other) / max(1, min(len(one), len(other)))


def _news(
    understood: Understood, found: Sequence[Found], weights: Weights, count: int, now: datetime
) -> list[tuple[Claim, Found]]:
    """Return what the newest works about the question do, the newest first, each by one sentence of its own."""
    begins, total = understood.since or f"{now - NEW_FOR:%Y-%m-%d}", sum(weights.values()) or 1.0
    about = [
        one
        for one in found
        if one.document.date >= begins
        and one.passage.place == 0
        and share(forms(one.document.title), weights, total) >= LEAST_TITLED
    ]
    told: list[tuple[Claim, Found]] = []
    for one in sorted(about[: 3 * count], key=lambda one: one.document.date, reverse=True):
        gist = summarize(plain_tex(one.passage.text), one.document.title).tldr
        if gist and len(told) < count:
            told.append((Claim("new", third_person(gist), ()), one))
    return told


def coverage(texts: Sequence[str], weights: Weights) -> float:
    """Return the best share of the question's weight that one of some texts holds."""
    total = sum(weights.values()) or 1.0
    return max((share(forms(text), weights, total) for text in texts), default=0.0)


def speaks(lang: str, text: str) -> bool:
    """Tell whether a text is in a language, as far as English and Chinese are told apart."""
    return is_chinese(text) == lang.startswith("zh")
