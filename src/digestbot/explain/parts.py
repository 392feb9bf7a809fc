"""What a sentence is good for in an answer: to define, to say how, to say why, to name what is open; pure.

Rules by cue words in English and Chinese; no weights are learned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digestbot.domain import Level
from digestbot.domain.answers import Part
from digestbot.explain.candidates import Candidate
from digestbot.explain.concepts import Concept, share
from digestbot.offline.cues import STOP_WORDS
from digestbot.offline.rarity import rarity
from digestbot.offline.terms import terms
from digestbot.search.words import stems

_SELF = re.compile(
    r"\b(?:we|our|ours|us|this (?:paper|work|article|study|survey|post|report)|i)\b|本文|我们|本研究|该论文|作者",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"^[^,.;]{0,60}?\b(?:is|are|refers? to|denotes?|means?|describes?|aims? to|seeks? to|consists? of|combines?|"
    r"learns?|augments?|routes?|uses?|accelerat\w+|speeds?|allows?|enables?|offers?|provides?|adapts?|reduc\w+|"
    r"trains?|replaces?|models?|integrates?|generates?|represents?|has "
    r"(?:become|emerged as|been)|have (?:become|emerged as|been))\b"
    r"|是(?:一种|一类|指|一个|将|把|让|用)|指的是|旨在|通过",
    re.IGNORECASE,
)
# What a thing was seen to do, or is praised for, says neither what it is nor how it works.
_PRAISES = re.compile(
    r"\b(?:is|are|was|were) (?:\w+ly )?(?:able to|capable of|not|also|still|often|shown|found|evaluated|compared|"
    r"applied|tested|central|limited)\b"
    r"|\b(?:has|have) (?:\w+ly )?(?:(?:revolutioni[sz]|transform|advanc)ed|achieved|shown|demonstrated|proven|gained|"
    r"attracted|received|prevailed|drawn|made|brought|garnered|"
    r"been (?:\w+ly )?(?:shown|used|applied|adopted|explored|studied))\b|\boutperform",
    re.IGNORECASE,
)
TURN = re.compile(r"[,;] (?:but|yet|however|although|though|whereas|while existing|nevertheless)\b", re.IGNORECASE)
"""Where a sentence turns to what is wrong with what it told of."""
_FIGURES = re.compile(r"\d\s?%|\d\.\d|\b\d+(?:x|×)|×\s?\d")
_PROPOSES = re.compile(
    r"\b(?:we|this (?:paper|work|article|study)|the authors) (?:\w+ly )?(?:propose|introduce|present|develop|design|"
    r"devise|describe|build)s?\b|(?:提出|设计|构建)了?",
    re.IGNORECASE,
)
_IS_A = re.compile(
    r"\b(?:is|are) (?:an?|the|one of|a kind of)\b|refers? to|"
    r"\bas an? (?:\w+ ){0,3}(?:technique|approach|paradigm|method|"
    r"framework|alternative|way|strategy|tool|family|class|model)|是(?:一种|一类|指)|指的是",
    re.IGNORECASE,
)
_CUES: dict[Part, tuple[tuple[re.Pattern[str], float], ...]] = {
    "how": (
        (
            re.compile(
                r"\bby \w+ing\b|\bconsists? of\b|\bfirst\b.*\bthen\b|"
                r"\bwork(?:s|ing)? by\b|\bwhere (?:each|a|the)\b"
                r"|\bwhich (?:uses?|learns?|then)\b|\bin which\b|"
                r"\beach (?:token|step|expert|layer|sample|time)\b"
                r"|\bin parallel\b|通过|首先|然后|每个",
                re.IGNORECASE,
            ),
            0.5,
        ),
        (
            re.compile(
                r"\b(?:using|uses?|based on|via|trains?|trained|learns?|"
                r"(?:estimat|updat|optimi[sz]|generat|comput|encod|decompos|rout|aggregat|propagat)(?:es?|ing)|"
                r"(?:is|are) (?:then |\w+ly )?(?:verifi|select|generat|comput|encod|sampl|rout|embedd|combin|mapp)ed|"
                r"(?:embed|employ|select|predict|map|"
                r"transform|project|sample|fit)(?:s|ing)?|verif(?:y|ies|ying)|"
                r"objective|algorithm|architecture|mechanism)\b|利用|采用|基于|训练|优化",
                re.IGNORECASE,
            ),
            0.3,
        ),
    ),
    "open": (
        (
            re.compile(
                r"\b(?:remains? (?:an? |largely )?(?:\w+ )?(?:open|"
                r"challeng\w+|unclear|unexplored|difficult|limited|unsolved|"
                r"unknown|underexplored|under-explored|poorly)|open (?:problem|question|challenge)s?|unclear|"
                r"under-?explored|unexplored|poorly understood|little is known|not (?:yet )?(?:well )?understood)\b"
                r"|尚不清楚|仍然?(?:是|存在|面临)|尚未|未解决|有待",
                re.IGNORECASE,
            ),
            0.8,
        ),
        (
            re.compile(
                r"\b(?:however|struggl\w+|suffers?|fails?|limitations?|limited|challeng\w+|lacks?|vulnerab\w+|"
                r"prone to|trade-?offs?|costly|expensive|bottlenecks?(?! layer)|hinder\w*|instabilit\w+|degrad\w+)\b"
                r"|局限|不足|挑战|难以|无法|缺乏|受限",
                re.IGNORECASE,
            ),
            0.5,
        ),
    ),
    "contrast": (
        (
            re.compile(
                r"\b(?:than|unlike|whereas|while|in contrast|compared (?:to|with)|rather than|instead of|versus|vs\.?|"
                r"differs?|difference|alternative to|without (?:the|a|an|any)|replac\w+|outperform\w*|both)\b"
                r"|相比|不同于|而不是|区别|优于|则",
                re.IGNORECASE,
            ),
            0.6,
        ),
    ),
}
# Of a thing that happens, "why" asks for its causes; of a thing that people made, for what it is good for.
_CAUSES = re.compile(
    r"\b(?:because|due to|caused? by|causes?|stems? from|stemming from|arises? from|root causes?|attribut\w+ to|"
    r"results? from|leads? to|driven by|the reason|originat\w+|induc\w+|amplif\w+|contribut\w+ to|"
    r"owing to)\b|由于|因为|导致|源于|原因|引起",
    re.IGNORECASE,
)
_MATTERS = re.compile(
    r"\b(?:crucial|essential|important|critical|fundamental|key (?:to|technique|component)|vital|bottleneck|central|"
    r"popular|widely|significant\w*|substantial\w*|promising|"
    r"necessary|enabl\w+|mak(?:es|ing) it|without (?:re)?training|"
    r"reduc\w+|improv\w+|efficien\w+|accelerat\w+|prevent\w*|risks?|protect\w*|safe\w*)\b|重要|关键|瓶颈|广泛|显著",
    re.IGNORECASE,
)
_FAILS = re.compile(
    r"\b(?:however|limitations?|fail\w*|suffer\w*|struggl\w*|limited|lacks?|despite|challeng\w+|overhead|misalign\w*)\b"
    r"|局限|不足|挑战|难以",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"^(?:\w+ ){0,3}(?:experiments?|results|evaluations?|analys[ei]s|studies|simulations?|benchmarks?)\b|^实验|^结果",
    re.IGNORECASE,
)
_LEADS_UP = re.compile(r"^(?:by|to|given|in|with|for|using|when|as|among|under|through|via|on)\b", re.IGNORECASE)
_OPENING_NAME = re.compile(r"^(?:the )?([A-Za-z0-9-]*(?:[a-z0-9-][A-Z]|[A-Z]{2})[A-Za-z0-9-]*)")
_NUMBERS = re.compile(r"\d")
_HEARD_BEFORE = re.compile(
    r"^(?:however|moreover|furthermore|additionally|in addition|finally|while|although|though|despite|recent)\b",
    re.IGNORECASE,
)


_PLAINLY = 0.5
"""What a cue weighs that says by itself how something goes."""
_HARDLY = 0.05
_OPENING_STEMS = 6
_NAME_WORDS = 5
_OPENING_SHARE = 0.6


def worth(
    candidate: Candidate, part: Part, subject: Sequence[Concept], level: Level, asked: bool, way: bool = False
) -> float:
    """Return what a sentence is worth in a part of an answer; below 0 it has no place there.

    `subject` is what is asked about; `asked` says whether the question asks for this part by name, `way` that
    authors propose here a way to do what it asks.
    """
    opens = begins_with(candidate, subject)
    value = _method(candidate, subject, way) if part == "how" else _use(candidate, part, opens, asked)
    if value <= 0:
        return -1.0
    if candidate.leans and not candidate.before:
        return -1.0
    if part in ("what", "how", "why") and _names_another(candidate.text, subject):
        return -1.0
    value += 1.4 * candidate.about + 0.4 * (opens or way)
    value -= 0.4 * candidate.leans + 0.3 * bool(_LEADS_UP.search(candidate.text))
    value -= _HEARD_COST[part] * bool(_HEARD_BEFORE.search(candidate.source)) + 0.4 * bool(
        _REPORTS.search(candidate.text)
    )
    value -= (0.1 if way else _SELF_COST[part]) * bool(_SELF.search(candidate.text))
    value -= _SEEN_COST[part] * (bool(_FIGURES.search(candidate.text)) + bool(_PRAISES.search(candidate.text)))
    return value + _level(candidate, level) + 0.1 * min(candidate.found.coverage, 1.0)


_HEARD_COST: dict[Part, float] = {"what": 0.6, "how": 0.6, "why": 0.6, "open": 0.1, "contrast": 0.1, "new": 0.0}
_SELF_COST: dict[Part, float] = {"what": 1.0, "how": 0.6, "why": 0.7, "open": 0.6, "contrast": 0.1, "new": 0.0}
_SEEN_COST: dict[Part, float] = {"what": 0.5, "how": 0.5, "why": 0.3, "open": 0.0, "contrast": 0.0, "new": 0.0}


def proposes(candidate: Candidate) -> bool:
    """Tell whether a sentence names a way of its authors: one of those that somebody who asks how to do it may go."""
    return bool(_PROPOSES.search(candidate.text))


def begins_with(candidate: Candidate, subject: Sequence[Concept]) -> bool:
    """Tell whether a sentence begins with what is asked about, an article or an adjective before it allowed."""
    opening = frozenset(stem for stem in stems(candidate.text)[:_OPENING_STEMS] if stem not in STOP_WORDS)
    first = frozenset(stems(" ".join(candidate.text.split()[:3])))
    return bool(subject) and share(subject, opening) >= _OPENING_SHARE and share(subject, first) > 0


def _names_another(text: str, subject: Sequence[Concept]) -> bool:
    """Tell whether a sentence is about a thing with a name of its own, such as UC-GRPO, and not about the subject."""
    opening = _OPENING_NAME.match(text)
    if opening is None:
        return False
    own = {stem for concept in subject for name in concept.names for stem in name}
    parts = [part for part in opening.group(1).split("-") if any(c.isupper() for c in part)]
    first = frozenset(stems(" ".join(text.split()[:_NAME_WORDS])))
    whole = any(first.issuperset(name) for concept in subject for name in concept.names if len(name) > 1)
    return not whole and any(stem not in own for part in parts for stem in stems(part))


def _use(candidate: Candidate, part: Part, opens: bool, asked: bool) -> float:
    """Return how well its words serve a part, 0 for not at all."""
    if part == "what":
        if not opens or not _DEFINES.search(candidate.text):
            return 0.0
        return 0.5 + 0.6 * bool(_IS_A.search(candidate.text)) + 0.3 * (candidate.found.document.source == "roadmap")
    if part == "why":
        if asked:
            return 0.9 if _CAUSES.search(candidate.text) else 0.0
        matters = opens and _MATTERS.search(candidate.text)
        return (
            0.8 if matters and not _FAILS.search(candidate.text) and not _HEARD_BEFORE.search(candidate.text) else 0.0
        )
    return sum(weight for cue, weight in _CUES.get(part, ()) if cue.search(candidate.text))


def _method(candidate: Candidate, subject: Sequence[Concept], way: bool) -> float:
    """Return how well a sentence says how something goes; the subject's own words ("transformer") are no sign of it."""
    own = {stem for concept in subject for name in concept.names for stem in name}
    said = TURN.split(candidate.text)[0]
    rest = " ".join(word for word in said.split() if not own.issuperset(stems(word) or [word]))
    found = [weight for cue, weight in _CUES["how"] if cue.search(rest)]
    if way:
        return _PLAINLY + sum(found)
    if max(found, default=0.0) >= _PLAINLY:
        return sum(found)
    signs = sum(len(cue.findall(rest)) for cue, _ in _CUES["how"])
    return 0.0 if not signs or _PRAISES.search(said) else sum(found) if signs > 1 else _HARDLY


def _level(candidate: Candidate, level: Level) -> float:
    """Return how well a sentence's words fit a level: the lower it is, the more rare words cost."""
    content = [term for term in terms(candidate.text) if term not in STOP_WORDS and term.isascii()]
    hard = sum(rarity(term) > 6.5 for term in content) / max(1, len(content))
    figures = bool(_NUMBERS.search(candidate.text))
    if level == "introductory":
        return -0.8 * hard - 0.15 * figures - 0.01 * max(0, len(content) - 14)
    return 0.15 * figures - 0.2 * hard if level == "advanced" else -0.4 * hard
