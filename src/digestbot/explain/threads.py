"""A follow-up question as one that can be understood by itself; pure."""

from __future__ import annotations

import re
from dataclasses import replace

from digestbot.domain import Level
from digestbot.domain.answers import Answer, Asked
from digestbot.offline.cues import STOP_WORDS
from digestbot.offline.terms import terms
from digestbot.search.stops import ASKING

LEVELS: tuple[Level, ...] = ("introductory", "intermediate", "advanced")
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|the "
    r"(?:former|latter|method|model|technique|approach|idea|two))\b"
    r"|它们?|这(?:个|种|些)?(?:方法|模型|技术)?|那(?:个|种|些)?|其|前者|后者|该(?:方法|模型|技术)",
    re.IGNORECASE,
)
_AND_WHAT = re.compile(
    r"^(?:and |but |so |then )?(?:what|how) about (?P<x>.+?)[?？]*$|"
    r"^(?:and|but|also)\b[ ,]*(?P<y>.+?)[?？]*$|^那么?(?P<z>.+?)呢?[？?]*$",
    re.IGNORECASE,
)
_FRAME_WORDS = frozenset(
    re.findall(
        r"\S+",
        "more detail details example examples matter mean means simpler deeper further again else bad better limits "
        "limitation limitations open problems problem latest train trained training",
    )
)
"""What a question says that has no subject of its own, beside the words that ask and join."""


def standalone(asked: Asked, before: Answer | None) -> Asked:
    """Return a question that needs nothing said before it, at the level that it asks for."""
    if before is None:
        return asked
    if asked.depth:
        level = _moved(before.asked.level, asked.depth)
        return replace(asked, question=before.asked.question, level=level, lang=asked.lang or before.lang)
    lang = asked.lang or before.asked.lang
    return replace(asked, question=_whole(asked.question, before.topic), lang=lang)


def _whole(question: str, topic: str) -> str:
    """Return a question with the thread's topic in it, where it names none of its own."""
    match = _AND_WHAT.match(question.strip())
    rest = next(filter(None, match.groups()), "").strip() if match else question
    if _POINTS_BACK.search(rest):
        return _POINTS_BACK.sub(lambda match: f" {topic} " if not match.group().isascii() else topic, rest, count=1)
    if not [term for term in terms(rest) if term not in STOP_WORDS | ASKING | _FRAME_WORDS]:
        return f"{rest.rstrip('?？ ')} {topic}?" if rest else topic
    return f"{rest} ({topic})" if match else question


def _moved(level: Level, depth: str) -> Level:
    place = LEVELS.index(level) + (1 if depth == "deeper" else -1)
    return LEVELS[min(max(place, 0), len(LEVELS) - 1)]
