"""What a sentence is good for in an answer: to define, to say how, to say why, to name what is open; pure.

Rules by cue words in English and Chinese; no weights are learned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digestbot.domain import Level
from digestbot.domain.answers import Part
from digestbot.explain import signs
from digestbot.explain.candidates import Candidate
from digestbot.explain.causes import gives_reason
from digestbot.explain.concepts import Concept, share, words_of
from digestbot.explain.definitions import defines_in_passing
from digestbot.offline.cues import STOP_WORDS
from digestbot.offline.rarity import rarity
from digestbot.offline.terms import is_chinese, terms
from digestbot.search.words import stems

_PLAINLY = 0.5
"""What a cue weighs that says by itself how something goes."""
_HARDLY = 0.05
_IN_PASSING = 0.7
"""What a definition is worth that a sentence gives beside what it tells."""
_OPENING_STEMS = 6
_NAME_WORDS = 5
_OPENING_SHARE = 0.57
"""So much of the subject stands in the beginning: more than three words of a name of four hold."""


def worth(
    candidate: Candidate, part: Part, subject: Sequence[Concept], level: Level, asked: bool, way: bool = False
) -> float:
    """Return what a sentence is worth in a part of an answer; below 0 it has no place there.

    `subject` is what is asked about; `asked` says whether the question asks for this part by name, `way` that
    authors propose here a way to do what it asks.
    """
    opens = begins_with(candidate, subject)
    aside = part == "what" and defines_in_passing(candidate.text, subject)
    value = max(_use(candidate, part, subject, opens, asked, way), _IN_PASSING * aside)
    if value <= 0 or (candidate.leans and not candidate.before):
        return -1.0
    for_cause = part == "why" and asked
    if part in _OF_SUBJECT and not (way or aside) and _is_of_another(candidate, subject, opens, for_cause):
        return -1.0
    value += 1.4 * candidate.about + 0.4 * (opens or way) - 0.3 * (part == "how" and not opens and not way)
    value -= sum(cost for cost, pattern, text in _costs(candidate, part, way, aside) if pattern.search(text))
    value -= 0.4 * candidate.leans + _NARROWED_COST[part] * (opens and _is_narrowed(candidate.text, subject))
    return value + _level(candidate, level) + 0.1 * min(candidate.found.coverage, 1.0)


_OF_SUBJECT: tuple[Part, ...] = ("what", "how", "why")
_HEARD_COST: dict[Part, float] = {"what": 0.6, "how": 0.6, "why": 0.6, "open": 0.1, "contrast": 0.1, "new": 0.0}
_SELF_COST: dict[Part, float] = {"what": 1.0, "how": 0.6, "why": 0.7, "open": 0.8, "contrast": 0.3, "new": 0.0}
_SEEN_COST: dict[Part, float] = {"what": 0.5, "how": 0.5, "why": 0.3, "open": 0.0, "contrast": 0.2, "new": 0.0}
_ANOTHER_COST: dict[Part, float] = {"what": 0.0, "how": 0.0, "why": 0.0, "open": 0.0, "contrast": 0.3, "new": 0.0}
_NARROWED_COST: dict[Part, float] = {"what": 0.6, "how": 0.5, "why": 0.5, "open": 0.2, "contrast": 0.0, "new": 0.0}


def _costs(candidate: Candidate, part: Part, way: bool, aside: bool) -> list[tuple[float, re.Pattern[str], str]]:
    """Return what each sign of a sentence that serves a part badly costs, and where it is looked for.

    `aside` is for a definition in passing: what else its sentence tells counts for little.
    """
    text = candidate.text
    others = [
        (_HEARD_COST[part], signs.HEARD_BEFORE, candidate.source),
        (0.3, signs.LEADS_UP, text),
        (_SEEN_COST[part], signs.PRAISES, text),
        (_ANOTHER_COST[part], signs.OPENING_NAME, text),
    ]
    return [
        (0.4, signs.REPORTS, text),
        (0.1 if way else _SELF_COST[part], signs.SELF, f"{candidate.before} {text}"),
        (_SEEN_COST[part], signs.FIGURES, text),
        *([] if aside else others),
    ]


def _is_of_another(candidate: Candidate, subject: Sequence[Concept], opens: bool, for_cause: bool) -> bool:
    """Tell whether a sentence is about something else than the subject, such as a work's own system or what is studied
    of the subject; a cause may be told of what others do."""
    text = candidate.text
    if _names_another(text, subject) or signs.PART_OF_IT.match(_behind(text, subject)):
        return True
    if not opens and candidate.before and proposes(candidate.before):
        return True
    return bool(signs.OF_OTHERS.match(text)) and not for_cause


def _is_narrowed(text: str, subject: Sequence[Concept]) -> bool:
    """Tell whether a sentence begins with a kind of the subject: "spiking vision transformers"."""
    first = re.split(r"[\s-]", signs.PLAINLY_CALLED.sub("", text), maxsplit=1)[0]
    own = {stem for concept in subject for name in concept.names for stem in name}
    return first.isascii() and not own.intersection(stems(first))


def _tells_a_deed(text: str, subject: Sequence[Concept]) -> bool:
    """Tell whether a sentence begins with what is done to the subject: "ensuring that models are safe"."""
    first = text.split(maxsplit=1)[0].casefold()
    return first.endswith("ing") and _is_narrowed(text, subject)


def _behind(text: str, subject: Sequence[Concept]) -> str:
    """Return what a sentence says behind the first name of the subject in its beginning, "" where there is none."""
    words = text.split()
    for end in range(1, min(len(words), _NAME_WORDS + 3)):
        if share(subject, words_of(" ".join(words[:end]))) >= _OPENING_SHARE:
            return signs.SHORT_NAME.sub("", " ".join(words[end:]))
    return ""


def proposes(text: str) -> bool:
    """Tell whether a sentence names a way of its authors: one of those that somebody who asks how to do it may go."""
    return bool(signs.PROPOSES.search(text))


def says_how(text: str) -> bool:
    """Tell whether a sentence says in plain words how something goes."""
    return any(weight >= _PLAINLY and cue.search(text) for cue, weight in signs.CUES["how"])


def begins_with(candidate: Candidate, subject: Sequence[Concept]) -> bool:
    """Tell whether a sentence begins with what is asked about, an article or an adjective before it allowed."""
    opening = words_of(candidate.text, _OPENING_STEMS)
    first = words_of(" ".join(candidate.text.split()[:3]))
    return bool(subject) and share(subject, opening) >= _OPENING_SHARE and share(subject, first) > 0


def _names_another(text: str, subject: Sequence[Concept]) -> bool:
    """Tell whether a sentence is about a thing with a name of its own, such as UC-GRPO, and not about the subject."""
    opening = signs.OPENING_NAME.match(text)
    if opening is None:
        return False
    own = {stem for concept in subject for name in concept.names for stem in name}
    parts = [part for part in opening.group(1).split("-") if any(c.isupper() for c in part)]
    first = words_of(" ".join(text.split()[:_NAME_WORDS]))
    whole = any(first.issuperset(name) for concept in subject for name in concept.names if len(name) > 1)
    return not whole and any(stem not in own for part in parts for stem in stems(part))


def _use(candidate: Candidate, part: Part, subject: Sequence[Concept], opens: bool, asked: bool, way: bool) -> float:
    """Return how well its words serve a part, 0 for not at all."""
    text = candidate.text
    if part == "how":
        return _method(candidate, subject, way, asked) if asked or opens or way else 0.0
    if part == "what":
        return _definition(candidate, subject) if opens else 0.0
    if part != "why":
        return sum(weight for cue, weight in signs.CUES.get(part, ()) if _stands(cue, text))
    if asked:
        return 0.9 if gives_reason(text, _of_the_deed(candidate, subject)) else 0.0
    if candidate.leans or signs.HEARD_BEFORE.match(text) or signs.AGAINST.search(text) or signs.PRAISES.search(text):
        return 0.0
    return 0.8 if opens and signs.MATTERS.search(text) else 0.0


def _stands(cue: re.Pattern[str], text: str) -> bool:
    """Tell whether a sentence has a sign that is not taken back, as in "alleviates the bottleneck"."""
    return any(not signs.RESOLVED.search(text[: found.start()]) for found in cue.finditer(text))


def _definition(candidate: Candidate, subject: Sequence[Concept]) -> float:
    """Return how well a sentence that begins with the subject says what it is; a chapter on it begins by doing so."""
    said = signs.TURN.split(candidate.text)[0]
    chapter = candidate.found.document.source == "roadmap" and candidate.titled >= _OPENING_SHARE
    behind = said if is_chinese(said) else _behind(said, subject)
    if signs.HEARD_BEFORE.match(said) or _tells_a_deed(said, subject) or not (chapter or signs.DEFINES.search(behind)):
        return 0.0
    plainly = 0.6 * bool(signs.IS_A.search(said)) or 0.3 * bool(signs.ASIDE.search(said))
    return 0.5 + plainly + 0.4 * chapter


def _of_the_deed(candidate: Candidate, subject: Sequence[Concept]) -> Sequence[Concept]:
    """Return what of the subject the document's title leaves open, such as the instability where it is on MoE."""
    title = words_of(candidate.found.document.title)
    return [one for one in subject if one.held(title) < _OPENING_SHARE] or subject


def _method(candidate: Candidate, subject: Sequence[Concept], way: bool, asked: bool) -> float:
    """Return how well a sentence says how something goes; the subject's own words ("transformer") are no sign of it."""
    own = {stem for concept in subject for name in concept.names for stem in name}
    said = signs.TURN.split(candidate.text)[0]
    rest = " ".join(word for word in said.split() if not own.issuperset(stems(word) or [word]))
    found = [weight for cue, weight in signs.CUES["how"] if cue.search(rest)]
    if way:
        return _PLAINLY + sum(found)
    if max(found, default=0.0) >= _PLAINLY:
        return sum(found)
    count = sum(len(cue.findall(rest)) for cue, _ in signs.CUES["how"])
    if not count or signs.PRAISES.search(said):
        return 0.0
    return sum(found) if count > 1 else _HARDLY * asked


def _level(candidate: Candidate, level: Level) -> float:
    """Return how well a sentence's words fit a level: the lower it is, the more rare words cost."""
    content = [term for term in terms(candidate.text) if term not in STOP_WORDS and term.isascii()]
    hard = sum(rarity(term) > 6.5 for term in content) / max(1, len(content))
    figures = bool(signs.NUMBERS.search(candidate.text))
    if level == "introductory":
        return -0.8 * hard - 0.15 * figures - 0.01 * max(0, len(content) - 14)
    return 0.15 * figures - 0.2 * hard if level == "advanced" else -0.4 * hard
