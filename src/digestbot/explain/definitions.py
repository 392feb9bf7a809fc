"""Whether a sentence says in passing what a thing is, as in "forgetting, where what was learned is lost"; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digestbot.explain.concepts import Concept, share, words_of

_NEAR_WORDS = 5
"""So many words before or behind the sign of a definition hold the name of what it defines."""
_LEAST_NAMED = 0.8
_BEHIND = re.compile(
    r"(?:\s?\([A-Za-z-]{2,12}\))?(?:, (?:where|in which|whereby|i\.e\.,?|that is,|namely|meaning|characteri[sz]ed by|"
    r"which (?:is|are|refers?|means?|conceals?|uses?|lets?|occurs?)|"
    r"the (?:tendency|ability|task|process|problem|practice|"
    r"phenomenon|loss))\b|: the )",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\b(?:known as|called|termed|dubbed|referred to as|phenomenon of|namely)\s+", re.IGNORECASE)


_PLACED = re.compile(r"\b(?:in|for|on|within|across|during|of|to|like)(?:\W+(?:the|an?))?$", re.IGNORECASE)
"""What stands before a name that only says where something is: "in translation, where tone counts"."""


def defines_in_passing(text: str, subject: Sequence[Concept]) -> bool:
    """Tell whether a sentence explains its subject's name where it uses it."""
    behind = (text[: sign.start()].split()[-_NEAR_WORDS:] for sign in _BEHIND.finditer(text))
    before = (text[sign.end() :].split()[:_NEAR_WORDS] for sign in _BEFORE.finditer(text))
    return any(_ends_with(words, subject) for words in behind) or any(_names(words, subject) for words in before)


def _ends_with(words: Sequence[str], subject: Sequence[Concept]) -> bool:
    """Tell whether a row of words ends with the subject, and not with where something is."""
    start = next((at for at in reversed(range(len(words))) if _names(words[at:], subject)), None)
    return start is not None and not _PLACED.search(" ".join(words[:start]))


def _names(words: Sequence[str], subject: Sequence[Concept]) -> bool:
    return share(subject, words_of(" ".join(words))) >= _LEAST_NAMED
