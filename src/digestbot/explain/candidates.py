"""The sentences of what was found, each with how much it is about the question; pure.

What speaks to a model, leads elsewhere or cannot be read alone is left out here, so that nothing later has to ask.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from digestbot.offline.compress import tidy
from digestbot.offline.sentences import split
from digestbot.offline.terms import is_chinese, terms
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
    r"|\b(?:github|hugging ?face|our code|code (?:is|are|will "
    r"be)|project page|website|available at)\b|代码(?:已|将)?(?:开源|公开)",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(
    r"^(?:this|these|those|it|they|such|he|she|its|their|both|doing so|that|here|the (?:former|latter|same|other|"
    r"resulting|proposed|above)|to (?:address|tackle|solve|overcome|mitigate|bridge) (?:this|these|that|it|those)|"
    r"(?:existing|prior|previous) (?:work|methods|approaches)|yet|but|instead|however|specifically)\b"
    r"(?! (?:paper|work|article|study|survey|post|report)\b)"
    r"|\b(?:these|those|such) (?:\w+ )?(?:issues?|challenges?|"
    r"problems?|limitations?|methods?|approaches|models|findings|"
    r"gaps?|questions?)\b|^(?:这|它|该|其|此)",
    re.IGNORECASE,
)
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

    @property
    def about(self) -> float:
        """How much it is about the question, 0–1: by its own words first, by its document's title half as much."""
        return 0.6 * self.own + 0.2 * max(self.own, self.titled) + 0.2 * self.similarity


Weights = Mapping[str, float]
"""The terms of a question, in both languages, with what each counts."""
Similarity = Callable[[Sequence[str]], Sequence[float]]
"""How near the meaning of each text is to the question's, 0–1."""


def candidates(found: Sequence[Found], weights: Weights, similarity: Similarity) -> list[Candidate]:
    """Return the sentences worth weighing, of the best passages first; equal ones only once."""
    kept: dict[str, tuple[Found, int, str]] = {}
    for one in found:
        for place, sentence in enumerate(split(plain_tex(one.passage.text))):
            text = tidy(sentence)
            if len(kept) < MAX_SENTENCES and _is_readable(text, sentence):
                kept.setdefault(text.casefold(), (one, place, sentence))
    alike = similarity([sentence for _, _, sentence in kept.values()]) if kept else []
    total = sum(weights.values()) or 1.0
    made = []
    for (one, place, sentence), near in zip(kept.values(), alike, strict=True):
        held = forms(sentence)
        titled = forms(f"{one.document.title} {one.passage.heading}")
        made.append(
            Candidate(
                tidy(sentence),
                sentence,
                one,
                place,
                share(held, weights, total),
                share(titled, weights, total),
                max(0.0, float(near)),
                held,
                bool(_LEANS_BACK.search(tidy(sentence))),
            )
        )
    return made


def forms(text: str) -> frozenset[str]:
    """Return the terms of a text, each also without the s of a plural."""
    found = terms(text)
    return frozenset([*found, *(term[:-1] for term in found if len(term) > 3 and term.endswith("s"))])


def share(held: frozenset[str], weights: Weights, total: float) -> float:
    """Return which share of the question's weight some terms hold, 0–1."""
    got = sum(weight for term, weight in weights.items() if term in held or (term[-1:] == "s" and term[:-1] in held))
    return min(1.0, got / total)


def _is_readable(text: str, source: str) -> bool:
    """Tell whether a sentence can be read alone, and may be handed on."""
    if _ODD.search(text) or _LEADS_AWAY.search(source) or is_suspicious(source) or is_suspicious(text):
        return False
    if is_chinese(text):
        return MIN_HAN <= len(text) <= MAX_HAN
    letters = sum(c.isalpha() for c in text)
    return MIN_WORDS <= len(text.split()) <= MAX_WORDS and letters * 3 > len(text) * 2
