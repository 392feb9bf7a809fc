"""What is left of a model's answer after checking: every key must name a source, and the source must show the claim."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from digestbot.domain.answers import Claim, Part
from digestbot.explain.sources import MOST
from digestbot.grounding import sift
from digestbot.grounding.evidence import stem
from digestbot.offline.cues import STOP_WORDS
from digestbot.offline.sentences import split
from digestbot.offline.terms import is_chinese, terms
from digestbot.search import Found
from digestbot.wire.plaintext import clean_text
from digestbot.wire.tex import plain_tex

MAX_CLAIMS = 16
MAX_CLAIM_CHARS = 600
LEAST_SHARED = 0.5
"""Of a sentence's telling words, so many must stand in the sources that it cites, where both are in one language."""
PLAINLY_SHARED = 0.8
"""The same for a source that a sentence does not name."""
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


class Checking:
    """The check of one answer's claims. A claim that was checked is not checked again while the sources are the same.

    A model's claims come one after the other while it writes, and once more when it is done.
    """

    def __init__(self, nearness: Nearness) -> None:
        """Take what compares meanings."""
        self._nearness = nearness
        self._known: dict[tuple[Drafted, int], tuple[Claim | None, int]] = {}

    def checked(self, drafted: Sequence[Drafted], sources: Mapping[str, Found]) -> Checked:
        """Return the claims whose every sentence a source shows, under the keys of the sources that do.

        A key that is none of `sources` counts for nothing. A sentence that its own sources do not show keeps only if
        another one that was retrieved shows it plainly; then that one is cited. Of one answer to the other sources may
        be added, never changed.
        """
        shown = {key: f"{one.document.title}\n{plain_tex(one.passage.text)}" for key, one in sources.items()}
        claims: dict[str, Claim] = {}
        dropped = 0
        for one in drafted[:MAX_CLAIMS]:
            claim, fewer = self._once(one, shown)
            dropped += fewer
            if claim:
                claims.setdefault(claim.text.casefold(), claim)
        return Checked(tuple(claims.values()), dropped)

    def _once(self, one: Drafted, shown: Mapping[str, str]) -> tuple[Claim | None, int]:
        case = (one, len(shown))
        if case not in self._known:
            self._known[case] = _checked(one, shown, self._nearness)
        return self._known[case]


def _checked(one: Drafted, shown: Mapping[str, str], nearness: Nearness) -> tuple[Claim | None, int]:
    """Return what is left of a claim, None for nothing, and how many of its sentences were dropped."""
    named = [key for key in dict.fromkeys(map(_key, one.keys)) if key in shown]
    # What cannot be seen is in no source, and PostgreSQL looks into no JSON that has a NUL.
    sentences = split(_INLINE.sub("", clean_text(one.text[:MAX_CLAIM_CHARS])))
    found = [(sentence, _keys(sentence, named, shown, nearness)) for sentence in sentences]
    good = [(sentence, keys) for sentence, keys in found if keys]
    text = " ".join(sentence for sentence, _ in good)
    keys = tuple(dict.fromkeys(key for _, keys in good for key in keys))
    return (Claim(one.part, text, keys) if good else None), len(found) - len(good)


def _keys(sentence: str, named: Sequence[str], shown: Mapping[str, str], nearness: Nearness) -> Sequence[str]:
    """Return the keys of the sources that show a sentence: those it names, unless another says it more plainly."""
    held = {key: _held(sentence, text) for key, text in shown.items()}
    own = _held(sentence, " ".join(shown[key] for key in named))
    best = max(held, key=lambda key: held[key], default="")
    plainer = best and (own < PLAINLY_SHARED <= held[best] or own < held[best] == 1)
    if plainer and _passes(sentence, [shown[best]], nearness, PLAINLY_SHARED):
        return [best]
    return named if named and _passes(sentence, [shown[key] for key in named], nearness, LEAST_SHARED) else []


def _passes(sentence: str, texts: Sequence[str], nearness: Nearness, least: float) -> bool:
    return bool(sift([sentence], texts).kept[0]) and _is_said(sentence, texts, nearness, least)


def _is_said(sentence: str, shown: Sequence[str], nearness: Nearness, least: float) -> bool:
    """Tell whether a sentence says what its sources speak of, so that plain words cannot say anything at all."""
    whole = " ".join(shown)
    if is_chinese(sentence) != is_chinese(whole):
        return nearness(sentence, [one for text in shown for one in split(text)]) >= LEAST_SIMILAR
    return _held(sentence, whole) >= least


def _held(sentence: str, text: str) -> float:
    """Return which share of a sentence's telling words a text has, by their beginnings."""
    wanted = {stem(term) for term in terms(sentence) if term not in STOP_WORDS}
    return len(wanted & _stems(text)) / len(wanted) if wanted else 0.0


@lru_cache(maxsize=2 * MOST)
def _stems(text: str) -> frozenset[str]:
    """Return the beginnings of a text's words; each sentence of an answer is compared with the same sources."""
    return frozenset(map(stem, terms(text)))


def _key(written: str) -> str:
    match = _KEY.fullmatch(written.strip())
    return match[1].upper() if match else ""
