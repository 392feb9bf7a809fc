"""The sentences of what was found, each with how much it is about the question; pure.

What leads elsewhere or cannot be read alone is left out here; whether a sentence speaks to a model is asked of those
that are chosen, since it takes longest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digestbot.explain.concepts import Concept, share, words_of
from digestbot.offline.compress import tidy
from digestbot.offline.sentences import split
from digestbot.offline.terms import is_chinese
from digestbot.search import Found
from digestbot.suspicion import is_suspicious
from digestbot.wire.tex import plain_tex

MAX_SENTENCES = 600
"""Sentences that are weighed for one answer: forty passages hold about three hundred."""
MIN_WORDS, MAX_WORDS = 6, 48
MIN_HAN, MAX_HAN = 12, 140
_LEADS_AWAY = re.compile(
    r"\b(?:https?|ftp)://|\bwww\.|\b(?:javascript|data|mailto):\S|[\w.+-]@[\w-]+\.\w|(?<![\w`])@[A-Za-z_]|<[@#]\S"
    r"|\b[a-z0-9-]+\.(?:com|org|net|io|ai|dev|gg|me|ly|app|xyz|info)/"
    r"|\b(?:github|hugging ?face|our code|code (?:is|are|will be)|project page|website|available at)\b"
    r"|代码(?:已|将)?(?:开源|公开)",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(
    r"^(?:(?:most |more )?\w+ly, )?"
    r"(?:this|these|those|it|they|such|he|she|its|their|both|doing so|that|here|the (?:former|latter|same|other|"
    r"resulting|proposed|above|framework|method|model|system|approach|algorithm|network|module|pipeline|architecture|"
    r"core|key|\w+-(?:level|based|driven|guided|aware|specific))|"
    r"to (?:address|tackle|solve|overcome|mitigate|bridge) (?:this|these|that|it|those)|"
    r"(?:existing|prior|previous) (?:work|methods|approaches)|yet|but|instead|however|specifically)\b"
    r"(?! (?:paper|work|article|study|survey|post|report)\b)"
    r"|\b(?:these|those|such) (?:\w+ )?"
    r"(?:issues?|challenges?|problems?|limitations?|methods?|approaches|models|findings|gaps?|questions?)\b"
    r"|^\w+ing (?:it|them|this|these|those|such)\b|^(?:central|key|crucial) to (?:our|this|the)\b"
    r"|^(?:这|它|该|其|此)",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:this|these|those|such an?)\b(?! (?:paper|work|article|study|survey|post|report)\b)(?!,)"
    r"|\b(?:it|them)\b(?=[.,;]|$)",
    re.IGNORECASE,
)
# A resource of the roadmap with its words: "Speculative sampling: the algorithm in NumPy." defines nothing.
_LISTED = re.compile(r"(?:[^\s:：]+\s+){0,11}[^\s:：]+[:：]\s")
_ODD = re.compile(r"\\[a-zA-Z]{2,}|[{}]|\$[^$]{12,}\$|\|{2}|_{2}|\?\s*$|？\s*$|…\s*$|\.\.\.\s*$")


@dataclass(frozen=True)
class Candidate:
    """A sentence that may stand in an answer.

    `text` is it without openers and brackets, `source` as it stands in its passage. `own` is the share of the
    question's weight that it holds itself, `titled` the share that its document's title holds, both 0–1; `similarity`
    is that of their meanings, 0–1.
    """

    text: str
    source: str
    found: Found
    place: int
    own: float
    titled: float
    similarity: float
    words: frozenset[str]
    leans: bool
    before: str = ""
    """The sentence before one that leans on it, where that can be read alone."""

    @property
    def is_safe(self) -> bool:
        """Whether nothing of it speaks to a model instead of to a reader."""
        return not any(map(is_suspicious, (self.source, self.text, self.before)))

    @property
    def about(self) -> float:
        """How much it is about the question, 0–1: by its own words first, by its document's title half as much."""
        return 0.6 * self.own + 0.2 * max(self.own, self.titled) + 0.2 * self.similarity


Similarity = Callable[[Sequence[str]], Sequence[float]]
"""How near the meaning of each text is to the question's, 0–1."""


def candidates(found: Sequence[Found], about: Sequence[Concept], similarity: Similarity) -> list[Candidate]:
    """Return the sentences worth weighing, of the best passages first; equal ones only once."""
    kept: dict[str, tuple[Found, int, str, str, str]] = {}
    for one in found:
        before, of_roadmap = "", one.document.source == "roadmap"
        for place, sentence in enumerate(split(plain_tex(one.passage.text))):
            text = tidy(sentence)
            readable = _is_readable(text, sentence) and not (of_roadmap and _LISTED.match(sentence))
            if readable and len(kept) < MAX_SENTENCES:
                kept.setdefault(text.casefold(), (one, place, sentence, text, before))
            before = text if readable and not leans(text) else ""
    alike = similarity([sentence for _, _, sentence, _, _ in kept.values()]) if kept else []
    return [_candidate(*row, about, near) for row, near in zip(kept.values(), alike, strict=True)]


def _candidate(
    one: Found, place: int, sentence: str, text: str, before: str, about: Sequence[Concept], near: float
) -> Candidate:
    held = words_of(sentence)
    titled = words_of(f"{one.document.title} {one.passage.heading}")
    leaning = leans(text)
    return Candidate(
        text,
        sentence,
        one,
        place,
        share(about, held),
        share(about, titled),
        max(0.0, float(near)),
        held,
        leaning,
        before if leaning else "",
    )


def leans(text: str) -> bool:
    """Tell whether a sentence needs what stood before it."""
    return bool(_LEANS_BACK.search(text) or _POINTS_BACK.search(text))


def _is_readable(text: str, source: str) -> bool:
    """Tell whether a sentence can be read alone, and may be handed on."""
    if _ODD.search(text) or _LEADS_AWAY.search(source):
        return False
    if is_chinese(text):
        return MIN_HAN <= len(text) <= MAX_HAN
    letters = sum(c.isalpha() for c in text)
    return MIN_WORDS <= len(text.split()) <= MAX_WORDS and letters * 3 > len(text) * 2
