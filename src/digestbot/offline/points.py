"""Picks the three to five sentences that say what is new, how it works, what came out and where it ends.

Rules by cue words and shared words; no weights. Must not repeat the TL;DR's sentence unless few are left.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digestbot.domain import PointKind
from digestbot.offline import compress
from digestbot.offline.cues import words_of

MIN_POINTS, MAX_POINTS = 3, 5
MAX_POINT_WORDS = 40
# Two sentences that share more of their words than this say the same.
MAX_OVERLAP = 0.6
MIN_VALUE = -0.2

ROLES: Mapping[PointKind, re.Pattern[str]] = {
    "new": re.compile(
        r"\b(?:propose|introduce|present|develop|novel|new|first|contribut\w+|this (?:paper|work|article|post|study))\b"
        r"|提出|本文|我们|首次|全新",
        re.IGNORECASE,
    ),
    "result": re.compile(
        r"\b(?:results?|experiments?|outperform\w*|achiev\w+|improv\w+|state[- ]of[- ]the[- ]art|show that|"
        r"shows that|demonstrate\w*|"
        r"find that|found that|accuracy|faster|reduc\w+|evaluat\w+|prove\w*|theorem)\b|\d(?:\.\d+)?\s?%"
        r"|实验|结果|表明|提升|优于|超过|达到",
        re.IGNORECASE,
    ),
    "how": re.compile(
        r"\b(?:by \w+ing|using|use|uses|consists?|based on|combin\w+|train\w*|algorithm|architecture|leverag\w+|"
        r"specifically|"
        r"in particular|key (?:idea|insight)|mechanism|via|objective|framework|learns?|stages?|steps?)\b"
        r"|通过|基于|利用|采用|具体|核心|结合",
        re.IGNORECASE,
    ),
    "limits": re.compile(
        r"\b(?:limitations?|limited to|future work|however|fails? to|does not|do not|cannot|only when|caveats?|"
        r"drawbacks?|"
        r"remains? (?:an )?(?:open|challeng\w+|unclear)|trade-?offs?|at the cost of|unless)\b"
        r"|局限|不足|然而|但是|未来|无法",
        re.IGNORECASE,
    ),
}
# The cues that find a sentence on the method are wider than those that let it be called so.
_SAYS_HOW = re.compile(
    r"\b(?:by \w+ing|using|consists?|based on|specifically|in particular|key (?:idea|insight)|via|algorithm|"
    r"architecture)\b"
    r"|通过|基于|利用|采用|具体",
    re.IGNORECASE,
)
_ORDER: tuple[PointKind, ...] = ("result", "how", "limits", "new")
_LEANS_BACK = re.compile(
    r"^(?:this|these|those|it|they|such|he|she|its|their|both|doing so|that|the (?:former|latter|same|other))\b"
    r"(?! (?:paper|work|article|study|survey|post|report))|^(?:这|它|该|其)",
    re.IGNORECASE,
)
_SETS_SCENE = re.compile(
    r"\b(?:(?:has|have) (?:been|become|achieved|attracted|received|shown)|recent (?:years|advances|work)|widely|"
    r"ubiquitous|"
    r"plays? an? \w+ role|well[- ]known|increasingly)\b|近年来|随着|广泛",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"https?://|\bgithub\b|\?\s*$|\b(?:subscribe|newsletter|cookies?|sign up|click here|all rights reserved|follow us|"
    r"thanks? (?:to|for)|acknowledge?ments?)\b|关注|订阅|转载",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Part:
    """Text made from the sentence at a place, and which part of the story it was taken for."""

    text: str
    place: int
    kind: PointKind = ""


def choose(sentences: Sequence[str], tldr: Part) -> list[Part]:
    """Return the points of an English text in source order, fewer than `MIN_POINTS` only when the text has no more."""
    kinds = chosen_places(sentences, tldr.place)
    parts = {compress_point(sentences[place]).casefold(): place for place in kinds}
    return [Part(compress_point(sentences[place]), place, kinds[place]) for place in sorted(parts.values())]


def chosen_places(sentences: Sequence[str], tldr_place: int) -> dict[int, PointKind]:
    """Return the places of the sentences to make points of, in source order, with the part that each was chosen for:
    one for each, then the most central ones for none."""
    values = _values(sentences, tldr_place)
    words = [frozenset(words_of(sentence)) for sentence in sentences]
    others = [i for i in range(len(sentences)) if i != tldr_place or len(sentences) <= MIN_POINTS]
    ranked = sorted(others, key=values.__getitem__, reverse=True)
    wanted = min(MAX_POINTS, MIN_POINTS + (len(others) >= 5) + (len(others) >= 12))
    chosen: dict[int, PointKind] = {}
    for name in _ORDER:
        # What is said to fail before the TL;DR's sentence is the problem, not the limits.
        after = tldr_place if name == "limits" else -1
        fit = [
            i for i in ranked if i > after and ROLES[name].search(sentences[i]) and _is_fresh(i, list(chosen), words)
        ]
        fit = [i for i in fit if values[i] > MIN_VALUE]
        if len(chosen) < wanted and fit:
            said = name != "how" or _SAYS_HOW.search(sentences[fit[0]])
            chosen[fit[0]] = name if said else ""
    fresh = [i for i in ranked if i not in chosen and _is_fresh(i, list(chosen), words)]
    chosen |= dict.fromkeys(fresh[: wanted - len(chosen)], "")
    rest = [i for i in ranked if i not in chosen]
    chosen |= dict.fromkeys(rest[: max(0, MIN_POINTS - len(chosen))], "")
    return dict(sorted(chosen.items()))


def compress_point(sentence: str) -> str:
    """Return a sentence as a point: tidied, and shortened at a clause border when it is long."""
    found = compress.readings(sentence)
    fit = [reading for reading in found if len(reading.split()) <= MAX_POINT_WORDS]
    return found[0] if found[0] in fit or not fit else max(fit, key=len)


def centrality(sentences: Sequence[str]) -> list[float]:
    """Return for each sentence how much of its words the rest of the text uses too, 0 and up."""
    words = [set(words_of(sentence)) for sentence in sentences]
    spread = Counter(word for each in words for word in each)
    return [sum(math.log(spread[w]) for w in each) / (len(each) + 5) for each in words]


def _values(sentences: Sequence[str], tldr_place: int) -> list[float]:
    """Return what each sentence is worth as a point; what leans on another, sets the scene or leads up is worth
    less."""
    central = centrality(sentences)
    top = max(central) or 1.0
    return [
        central[i] / top
        + 0.25 * sum(bool(role.search(s)) for role in ROLES.values())
        + 0.2 * bool(re.search(r"\d", s))
        - 0.6 * bool(_LEANS_BACK.search(compress.tidy(s)))
        - 0.5 * bool(_SETS_SCENE.search(s))
        - 1.0 * bool(_ASIDE.search(s))
        - 0.3 * (len(s) < 40)
        - 0.4 * (i < tldr_place)
        for i, s in enumerate(sentences)
    ]


def _is_fresh(place: int, chosen: Sequence[int], words: Sequence[frozenset[str]]) -> bool:
    own = words[place]
    return all(len(own & words[i]) <= MAX_OVERLAP * max(1, min(len(own), len(words[i]))) for i in chosen)
