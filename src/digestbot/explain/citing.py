"""What is left of a model's answer after checking: every key must name a source, and the source must show the claim."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from digestbot.domain.answers import Claim, Part
from digestbot.grounding import sift
from digestbot.grounding.evidence import stem
from digestbot.offline.cues import STOP_WORDS
from digestbot.offline.sentences import split
from digestbot.offline.terms import is_chinese, terms
from digestbot.search import Found
from digestbot.wire.tex import plain_tex

MAX_CLAIMS = 16
MAX_CLAIM_CHARS = 600
LEAST_SHARED = 0.5
"""Of a sentence's telling words, so many must stand in the sources that it cites, where both are in one language."""
LEAST_SIMILAR = 0.3
"""The same between languages: the cosine of the meanings of a sentence and of the source's nearest one."""
_KEY = re.compile(r"\[?\s?(S?\d{1,3})\s?\]?", re.IGNORECASE)
_INLINE = re.compile(r"\s?[\[(【]\s?S?\d{1,3}(?:\s?[,;，、]\s?S?\d{1,3}){0,6}\s?[\])】]")


@dataclass(frozen=True)
class Drafted:
    """A claim as a model wrote it."""

    part: Part
    text: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """Claims that their sources show, and how many sentences were dropped."""

    claims: tuple[Claim, ...]
    dropped: int


Nearness = Callable[[str, Sequence[str]], float]
"""How near the meaning of a sentence is to the nearest of some texts, 0–1."""


def checked(drafted: Sequence[Drafted], sources: Mapping[str, Found], nearness: Nearness) -> Checked:
    """Return the claims whose sentences their own sources show; a key that is none of `sources` counts for nothing."""
    claims: dict[str, Claim] = {}
    dropped = 0
    for one in drafted[:MAX_CLAIMS]:
        keys = tuple(dict.fromkeys(key for key in map(_key, one.keys) if key in sources))
        kept, lost = _sound(_INLINE.sub("", one.text[:MAX_CLAIM_CHARS]), [sources[key] for key in keys], nearness)
        dropped += lost
        if kept:
            claims.setdefault(kept.casefold(), Claim(one.part, kept, keys))
    return Checked(tuple(claims.values()), dropped)


def _sound(text: str, cited: Sequence[Found], nearness: Nearness) -> tuple[str, int]:
    """Return a claim without the sentences that its sources do not show, and how many those are."""
    if not cited:
        return "", len(split(text))
    shown = [f"{one.document.title}\n{plain_tex(one.passage.text)}" for one in cited]
    sifted = sift([text], shown)
    good = [sentence for sentence in split(sifted.kept[0]) if _is_said(sentence, shown, nearness)]
    return " ".join(good), len(split(text)) - len(good)


def _is_said(sentence: str, shown: Sequence[str], nearness: Nearness) -> bool:
    """Tell whether a sentence says what its sources speak of, so that plain words cannot say anything at all."""
    whole = " ".join(shown)
    if is_chinese(sentence) != is_chinese(whole):
        return nearness(sentence, [one for text in shown for one in split(text)]) >= LEAST_SIMILAR
    wanted = {stem(term) for term in terms(sentence) if term not in STOP_WORDS}
    held = {stem(term) for term in terms(whole)}
    return bool(wanted) and len(wanted & held) >= LEAST_SHARED * len(wanted)


def _key(written: str) -> str:
    match = _KEY.fullmatch(written.strip())
    return match[1].upper() if match else ""
