"""Measures what a sentence gives away about itself: its place, its length, its cue phrases and how central its "
"words are.

Figures only, one per name; what they weigh is learned and lives in `weights/extract.json`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*|[\u4e00-\u9fff]")
_STEM_CHARS = 6

STOP_WORDS = frozenset(
    re.findall(
        r"\S+",
        "a an the of to in on for by with from as at and or but nor that which who whose where when while if than then "
        "is are was "
        "were be been being has have had can may will could should would might must its their our his her this these "
        "those such "
        "both either neither not very more most only also between into via through without within over under how "
        "whether because "
        "since so thus it we they i you he she them us each any no some all many several two one other do does did "
        "using used use "
        "based show shows propose present introduce paper work approach method methods results new novel however "
        "recent",
    )
)

_PROPOSE = (
    r"(?:propose|introduce|present|develop|describe|design|devise|build|construct|formulate|derive|create|"
    r"release|offer)"
)
_CUES: Mapping[str, re.Pattern[str]] = {
    "we": re.compile(r"^(?:we|i)\b", re.I),
    "propose": re.compile(rf"\b(?:we|i)\s+(?:\w+\s+)?{_PROPOSE}\b", re.I),
    "we_propose": re.compile(r"^(?:we|i)\s+propose\b", re.I),
    "we_introduce": re.compile(r"^(?:we|i)\s+(?:introduce|present)\b", re.I),
    "we_show": re.compile(r"^(?:we|i)\s+(?:\w+\s+)?(?:show|demonstrate|prove|find|argue|establish|observe)\b", re.I),
    "we_study": re.compile(
        r"^(?:we|i)\s+(?:study|investigate|explore|analy[sz]e|examine|consider|address|revisit|ask)\b", re.I
    ),
    "we_evaluate": re.compile(
        r"\bwe\s+(?:\w+\s+)?(?:evaluate|test|validate|verify|apply|conduct|perform|compare|report)\b", re.I
    ),
    "we_use": re.compile(
        r"^we\s+(?:\w+\s+)?(?:use|employ|adopt|leverage|train|learn|extend|combine|exploit|achieve|provide)\b", re.I
    ),
    "this_paper": re.compile(
        r"\b(?:this|the present) (?:paper|work|article|study|survey|post|letter|report|manuscript)\b", re.I
    ),
    "proposed": re.compile(
        r"\b(?:our|the|this) (?:proposed|new|novel)\b|\bis (?:proposed|presented|introduced)\b", re.I
    ),
    "our_method": re.compile(
        r"^our (?:\w+ )?(?:method|model|approach|algorithm|framework|system|network|architecture)\b", re.I
    ),
    "our_other": re.compile(r"^our\b", re.I),
    "new": re.compile(r"\b(?:novel|new|first|simple|general|unified|efficient)\b", re.I),
    "named": re.compile(r"\b(?:called|named|termed|dubbed|coined)\b|\bwe call\b|\([A-Z][A-Za-z-]*[A-Z]+\w*\)"),
    "experiments": re.compile(
        r"\b(?:experiments?|experimental|empirical|empirically|evaluations?|benchmarks?|datasets?)\b", re.I
    ),
    "results": re.compile(
        r"^(?:experimental |empirical |our |the |extensive )*(?:results|experiments|evaluations?|analysis)\b", re.I
    ),
    "better": re.compile(
        r"\b(?:outperforms?|improv\w+|state[- ]of[- ]the[- ]art|better|superior|surpass\w*|competitive|faster)\b", re.I
    ),
    "demonstrate": re.compile(r"\b(?:show|demonstrate|prove|find|reveal)s?\s+that\b", re.I),
    "number": re.compile(r"\b\d+(?:\.\d+)?\s?(?:%|x\b|times\b)|\d\.\d"),
    "digit": re.compile(r"\d"),
    "can": re.compile(r"\b(?:can|could|allows?|enables?)\b", re.I),
    "purpose": re.compile(r"\b(?:for|to) \w+ing\b|\bfor\b", re.I),
    "means": re.compile(r"\bby \w+ing\b|\busing\b|\bvia\b|\bbased on\b", re.I),
    "that": re.compile(r"\bthat\b", re.I),
    "problem": re.compile(
        r"\b(?:problem|challeng\w+|difficult\w*|hard|limited|lacks?|remains?|issue|fail\w*|suffer\w*|open)\b", re.I
    ),
    "field": re.compile(
        r"\b(?:has|have) (?:been|become|shown|achieved|led|attracted|received)\b|\bwidely|\bcommonly|\bmany\b", re.I
    ),
    "pronoun": re.compile(
        r"^(?:this|these|those|it|they|such|he|she|its|their|both)\b(?! (?:paper|work|article|study|survey))", re.I
    ),
    "leans": re.compile(
        r"\b(?:th(?:is|ese|ose)|such|both|the (?:above|former|latter|same)) (?!(?:paper|work|article|study|survey|"
        r"post|report|as|that|a|an)\b)"
        r"(?=[a-z])(?!\w+ (?:and|,))|\b(?:this|these|doing so|do so)[.,]|\b(?:address|achieve|formulate|do|tackle|"
        r"solve|use|model) (?:this|it|them|these)\b",
        re.I,
    ),
    "turn": re.compile(
        r"^(?:however|unfortunately|but|while|although|though|despite|yet|whereas|in contrast|instead)\b", re.I
    ),
    "more": re.compile(
        r"^(?:moreover|furthermore|additionally|in addition|finally|further|also|besides|second|third|lastly)\b", re.I
    ),
    "specifically": re.compile(
        r"^(?:specifically|in particular|concretely|more \w+ly|for (?:example|instance)|e\.g)\b", re.I
    ),
    "here": re.compile(
        r"^(?:in this|here|to this end|to (?:address|tackle|solve|overcome|mitigate|remedy|alleviate|do))\b", re.I
    ),
    "code": re.compile(r"\b(?:code|github|https?|available at|open[- ]source|released)\b", re.I),
    "question": re.compile(r"\?"),
    "colon": re.compile(r"[:;]"),
    "quote": re.compile(r"[\"\u201c`]"),
    "math": re.compile(r"[$\\^_{}=<>]"),
    "we_late": re.compile(r"(?<!^)\bwe\b", re.I),
    "our_late": re.compile(r"(?<!^)\bour\b", re.I),
    "limits": re.compile(
        r"\b(?:limitations?|future work|not yet|does not|do not|cannot|only|fails?|drawback|caveat)\b", re.I
    ),
}
_LENGTHS = (6, 9, 12, 15, 18, 21, 25, 30, 36)


@dataclass(frozen=True)
class Setting:
    """What the sentences of one text share: each sentence's words, how many sentences use each, the first
    proposing one."""

    words: tuple[tuple[str, ...], ...]
    spread: Mapping[str, int]
    mass: float
    proposing: tuple[int, ...]
    title: frozenset[str]


def words_of(text: str) -> tuple[str, ...]:
    """Return the content words of a text, cut to their first six letters so that endings do not matter."""
    return tuple(w[:_STEM_CHARS] for w in _WORD.findall(text.lower()) if w not in STOP_WORDS)


def setting(sentences: Sequence[str], title: str = "") -> Setting:
    """Return what the sentences of a text share; an empty title counts for nothing."""
    words = tuple(words_of(sentence) for sentence in sentences)
    spread = Counter(word for each in words for word in set(each))
    mass = sum(n - 1 for n in spread.values()) or 1
    proposing = tuple(i for i, sentence in enumerate(sentences) if _CUES["propose"].search(sentence))
    return Setting(words, spread, float(mass), proposing, frozenset(words_of(title)))


def measure(reading: str, sentence: str, place: int, shared: Setting) -> dict[str, float]:
    """Return the figures of one reading of the sentence at a place; names that are absent are 0."""
    figures: dict[str, float] = {name: 1.0 for name, cue in _CUES.items() if cue.search(reading)}
    figures.update({f"source_{name}": 1.0 for name in _OF_SOURCE if _CUES[name].search(sentence)})
    figures.update(_place(place, len(shared.words), shared.proposing))
    figures.update(_length(reading, sentence))
    figures.update(_centrality(reading, place, shared))
    return figures


_OF_SOURCE = ("turn", "more", "specifically", "here", "this_paper", "pronoun", "named", "results", "propose")


def _place(place: int, count: int, proposing: Sequence[int]) -> dict[str, float]:
    behind = count - 1 - place
    relative = place / max(1, count - 1)
    figures = {"relative": relative, "relative_squared": relative * relative}
    figures[f"place_{min(place, 4)}"] = 1.0
    figures[f"behind_{min(behind, 3)}"] = 1.0
    if place in proposing:
        figures["first_proposing" if place == proposing[0] else "later_proposing"] = 1.0
    elif proposing:
        figures["after_proposing" if place > proposing[0] else "before_proposing"] = 1.0
        figures["next_to_proposing"] = float(place == proposing[0] + 1)
    else:
        figures["none_proposing"] = relative
    return figures


def _length(reading: str, sentence: str) -> dict[str, float]:
    count = len(reading.split())
    figures = {f"longer_{n}": (count - n) / 10 for n in _LENGTHS if count > n}
    figures["words"] = count / 10
    figures["commas"] = reading.count(",") / 3
    figures["kept"] = min(1.0, len(reading) / max(1, len(sentence)))
    figures["shortened"] = float(len(reading) < 0.75 * len(sentence))
    return figures


def _centrality(reading: str, place: int, shared: Setting) -> dict[str, float]:
    own = words_of(reading)
    if not own:
        return {"empty": 1.0}
    distinct = set(own)
    elsewhere = [shared.spread.get(word, 1) - 1 for word in distinct]
    count = max(1, len(shared.words) - 1)
    first = set(shared.words[0]) if place else set(shared.words[-1])
    return {
        "covered": sum(elsewhere) / shared.mass,
        "covered_root": math.sqrt(sum(elsewhere) / shared.mass),
        "central": sum(elsewhere) / len(distinct) / count * 4,
        "shared": sum(n > 0 for n in elsewhere) / len(distinct),
        "peak": max(elsewhere) / count,
        "meets_end": len(distinct & first) / len(distinct),
        "titled": len(distinct & shared.title) / max(1, len(shared.title)),
        "dense": len(own) / max(1, len(reading.split())),
    }
