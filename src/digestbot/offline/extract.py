"""Summarizes a text by taking sentences out of it: one shortened sentence says what it is, three to five say the rest.

Every word comes from the source in its order; nothing is ever written. Must not reach for a model or the network.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from digestbot.domain import PointKind
from digestbot.offline import chinese, compress, cues, points
from digestbot.offline.points import Part
from digestbot.offline.sentences import split
from digestbot.offline.terms import is_chinese
from digestbot.suspicion import is_suspicious

MAX_WORDS = 40
MAX_CHARS = 60_000
MAX_SENTENCES = 120
MIN_WORDS = 4
_HEAD_SHARE = 0.75
_SHORT_TEXT = 12
_HEADING_WORDS = 12
_GAP = re.compile(r"[\s，。！？；]")
_GAP_REACH = 400
# A word that no one writes: a data URI, a key, a run of dashes. Chinese has no spaces and may be long.
_LONG_WORD = re.compile(r"[!-~]{200}")
# Words that mean something said before, which a single sentence leaves behind. The cost was chosen by cross-validation
# on SciTLDR: of 619 TL;DRs 36 have such words instead of 62, for 0.1 of ROUGE-1.
_POINTS_BACK = re.compile(
    r"\b(?:such an?|these|those|this)\b(?! (?:paper|work|article|study|survey|post|report|letter)\b)"
    r"|\b(?:it|they|them)\b(?=[.,]|$)|^(?:it|they|he|she)\b",
    re.IGNORECASE,
)
_POINTS_BACK_COST = 1.5
_LEADS_AWAY = re.compile(
    r"\b(?:https?|ftp)://|\bwww\.|\b(?:javascript|data|mailto):\S|[\w.+-]@[\w-]+\.\w|(?<![\w`])@[A-Za-z_]|<[@#]\S"
    r"|\b[a-z0-9-]+\.(?:com|org|net|io|ai|dev|gg|me|ly|app|xyz|info)/",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Extract:
    """What was taken out of a text.

    `tldr` is one sentence, empty for an empty text. `points` are up to five other things it says, in source order;
    `kinds` and `sources` tell of each which part it is, where that is known, and of which sentence it was made.
    `evidence` holds the source sentences, verbatim and in source order, that both were made from.
    """

    tldr: str
    points: tuple[str, ...]
    evidence: tuple[str, ...]
    kinds: tuple[PointKind, ...] = ()
    sources: tuple[str, ...] = ()


def summarize(text: str, title: str = "") -> Extract:
    """Return the summary of a text; a title helps to choose and may be missing."""
    # What speaks to a model or leads elsewhere must not be handed on, not even as a quotation.
    sentences = [s for s in _sentences(text) if not _LEADS_AWAY.search(s) and not is_suspicious(s)]
    if not sentences:
        return Extract("", (), ())
    if is_chinese(" ".join(sentences)):
        best, others = chinese.choose(sentences)
    else:
        best, others = _in_english(sentences, title)
    # Cut loose from what stood before them, words can become a command that the sentence was not.
    best = replace(best, text="") if is_suspicious(best.text) else best
    others = [p for p in others if p.text.casefold() != best.text.casefold() and not is_suspicious(p.text)]
    others = list({part.text: part for part in reversed(others)}.values())[::-1]  # the first of those that read alike
    places = sorted({best.place, *(part.place for part in others)})
    return Extract(
        best.text,
        tuple(part.text for part in others),
        tuple(sentences[place] for place in places),
        tuple(part.kind for part in others),
        tuple(sentences[part.place] for part in others),
    )


def score(figures: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return how well a reading would stand for its text; only comparable within one text."""
    return sum(weights.get(name, 0.0) * figure for name, figure in figures.items())


def candidates(sentences: Sequence[str], title: str = "") -> list[tuple[str, int, dict[str, float]]]:
    """Return every reading of every English sentence that may become the TL;DR, with its place and figures."""
    shared = cues.setting(sentences, title)
    return [
        (reading, place, cues.measure(reading, sentence, place, shared))
        for place, sentence in enumerate(sentences)
        for reading in compress.readings(sentence)
    ]


@cache
def shipped_weights() -> Mapping[str, Mapping[str, float]]:
    """Return the weights learned by `bench/train_extract.py`: `titled` for texts with a title, `untitled` for
    others."""
    source = files("digestbot.offline").joinpath("weights/extract.json").read_text(encoding="utf-8")
    weights: Mapping[str, Mapping[str, float]] = json.loads(source)
    return weights


def best_reading(found: Sequence[tuple[str, int, dict[str, float]]], weights: Mapping[str, float]) -> tuple[str, int]:
    """Return the reading that stands best for its text, with its place; past `MAX_WORDS` only if it must."""
    fit = [c for c in found if MIN_WORDS <= len(c[0].split()) <= MAX_WORDS] or found
    text, place, _ = max(fit, key=lambda c: score(c[2], weights) - _POINTS_BACK_COST * bool(_POINTS_BACK.search(c[0])))
    return text, place


def _in_english(sentences: Sequence[str], title: str) -> tuple[Part, list[Part]]:
    found = candidates(sentences, title)
    text, place = best_reading(found, shipped_weights()["titled" if title.strip() else "untitled"])
    return Part(text, place), points.choose(sentences, Part(text, place))


def _sentences(text: str) -> list[str]:
    """Return the sentences worth reading, at most `MAX_SENTENCES`: the opening, the end, and the most central
    between."""
    whole = split(_both_ends(text))
    readable = [s for s in whole if _is_prose(s)]
    if len(readable) > _SHORT_TEXT:
        readable = [s for s in readable if not _is_heading(s)] or readable
    readable = readable or [s for s in whole if any(c.isalnum() for c in s) and not _LONG_WORD.search(s)]
    return _capped(list(dict.fromkeys(readable)))


def _both_ends(text: str) -> str:
    """Return a long text without its middle, cut where words end."""
    if len(text) <= MAX_CHARS:
        return text
    kept = int(MAX_CHARS * _HEAD_SHARE)
    head, tail = text[:kept], text[len(text) - (MAX_CHARS - kept) :]
    gaps = [match.end() for match in _GAP.finditer(head, kept - _GAP_REACH)]
    opening = _GAP.search(tail, 0, _GAP_REACH)
    return head[: gaps[-1] if gaps else kept] + "\n\n" + tail[opening.end() if opening else 0 :]


def _is_prose(sentence: str) -> bool:
    letters = sum(c.isalpha() for c in sentence)
    several = len(sentence.split()) >= MIN_WORDS or (is_chinese(sentence) and letters >= 2 * MIN_WORDS)
    return several and letters * 2 > len(sentence) and not _LONG_WORD.search(sentence)


def _is_heading(sentence: str) -> bool:
    return sentence[-1].isalnum() and len(sentence.split()) < _HEADING_WORDS


def _capped(sentences: list[str]) -> list[str]:
    if len(sentences) <= MAX_SENTENCES:
        return sentences
    head, tail = MAX_SENTENCES // 2, MAX_SENTENCES // 4
    between = range(head, len(sentences) - tail)
    central = sorted(between, key=points.centrality(sentences).__getitem__, reverse=True)[: MAX_SENTENCES - head - tail]
    return [sentences[i] for i in (*range(head), *sorted(central), *range(len(sentences) - tail, len(sentences)))]
