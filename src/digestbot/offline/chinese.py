"""Summarizes Chinese text by taking sentences out of it, cut at clause commas only.

The weights are set by hand, there being no Chinese references to learn from. Every character comes from the source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digestbot.offline import points
from digestbot.offline.compress import finish, is_balanced
from digestbot.offline.points import Part

MAX_CHARS = 70
MAX_POINT_CHARS = 110
_MIN_CHARS = 12
_MIN_CUT_CHARS = 24
_MAX_CLAUSES = 40

_OPENER = re.compile(
    r"^(?:然而|但是|不过|因此|所以|此外|另外|同时|"
    r"具体来说|"
    r"具体而言|总之|最后|首先|其次|为此|"
    r"为了解决(?:这|该|上述)"
    r"[^\uff0c]{0,12}|针对(?:这|该|上述)[^\uff0c]{0,12}|综上所述|"
    r"换句话说)[\uff0c,]\s*"
)
_BRACKETED = re.compile(r"[\uff08(][^\uff08\uff09()]{0,200}[\uff09)]")
_CUES: tuple[tuple[re.Pattern[str], float], ...] = (
    (
        re.compile(
            r"提出|推出|发布|引入|介绍|设计了|"
            r"构建了|开发了"
        ),
        1.0,
    ),
    (re.compile(r"本文|这篇|本研究|该论文|我们"), 0.6),
    (re.compile(r"实验|结果|表明|优于|提升"), 0.3),
    (re.compile(r"^(?:然而|但是|此外|另外|它|这|其)"), -0.4),
    (
        re.compile(
            r"近年来|随着|广泛|关注|转载|订阅|作者|"
            r"[?\uff1f]"
        ),
        -0.6,
    ),
)
_CLAUSE_END = re.compile(r"[\uff0c\uff1b]")
# A clause that begins so needs the one before it; one that ends so needs the one after it.
_NEEDS_NEXT = re.compile(
    r"^(?:虽然|尽管|由于|因为|如果|当|为了?|随着|"
    r"通过|基于|针对|在|无论|"
    r"不仅|\u4e00方面|给定|利用|对于|与)"
)


def choose(sentences: Sequence[str]) -> tuple[Part, list[Part]]:
    """Return the TL;DR and the points of a Chinese text."""
    central = points.centrality(sentences)
    top = max(central) or 1.0
    worth = [central[i] / top + _cue_worth(s) + _place_worth(i, len(sentences)) for i, s in enumerate(sentences)]
    place = max(range(len(sentences)), key=worth.__getitem__)
    others = points.chosen_places(sentences, place)
    return Part(shorten(sentences[place], MAX_CHARS), place), [
        Part(shorten(sentences[i], MAX_POINT_CHARS), i, kind) for i, kind in others.items()
    ]


def shorten(sentence: str, max_chars: int) -> str:
    """Return a sentence without opener and brackets, cut at the last clause comma that fits when it is too long."""
    text = _OPENER.sub("", " ".join(_BRACKETED.sub("", sentence).split()), count=1)
    text = re.sub(r"^(?:[-*\u2022\u00b7]|\d{1,2}[.)\u3001])\s*", "", text)
    if len(text) > max_chars:
        text = _cut(text, max_chars)
    return _finish(text)


def _cut(text: str, max_chars: int) -> str:
    ends = [match.start() for match in _CLAUSE_END.finditer(text, _MIN_CUT_CHARS)][:_MAX_CLAUSES]
    fit = [end for end in ends if is_balanced(text[:end]) and not _is_opening(text[:end])]
    short = [end for end in fit if end <= max_chars]
    return text[: max(short)] if short else text[: min(fit)] if fit else text


def _is_opening(head: str) -> bool:
    """Tell whether the last clause of a head only leads up to the next one."""
    return bool(_NEEDS_NEXT.match(_CLAUSE_END.split(head)[-1].strip()))


def _finish(text: str) -> str:
    text = text.rstrip(" \uff0c\uff1b\u3001,;:\uff1a")
    return text if text.endswith(("\u3002", "\uff01", "\uff1f", "!", "?")) else finish(text).rstrip(".") + "\u3002"


def _cue_worth(sentence: str) -> float:
    return sum(worth for cue, worth in _CUES if cue.search(sentence)) - 0.5 * (len(sentence) < _MIN_CHARS)


def _place_worth(place: int, count: int) -> float:
    return 0.5 / (1 + place) if count < 30 else 0.5 * (place < 5) + 0.2 * (place >= count - 3)
