"""Whether a sentence sets two things against each other, and not both against a third; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digestbot.explain.concepts import Concept, share, words_of
from digestbot.explain.signs import CUES

LEAST_OF_SIDE = 0.55
"""Each side of a contrast holds so much of its subject."""
_COMPARES = re.compile(
    r"\b(?:compar(?:e|es|ed(?! (?:to|with)\b)|ing|isons?|ative)|differ\w*|versus|vs\.?|trade-?offs? between|"
    r"alternatives? to|replac\w+)\b|相比|区别|不同|对比",
    re.IGNORECASE,
)
"""Words after or around which both may stand together."""
_WHILE_FIRST = re.compile(r"^(?:while|unlike|whereas|although|compared (?:to|with)|in contrast to|rather than)\b", re.I)


def opposes(text: str, subjects: Sequence[Sequence[Concept]]) -> bool:
    """Tell whether a sentence names each of the subjects, on different sides of what tells them apart."""
    if not all(share(subject, words_of(text)) >= LEAST_OF_SIDE for subject in subjects):
        return False
    return bool(_COMPARES.search(text)) or any(_sides(text, subjects))


def compares(title: str, subjects: Sequence[Sequence[Concept]]) -> bool:
    """Tell whether a work says in its title that it compares the subjects."""
    said = words_of(title)
    named = all(share(subject, said) >= LEAST_OF_SIDE for subject in subjects)
    return named and bool(_COMPARES.search(title) or title.rstrip().endswith("?"))


def _sides(text: str, subjects: Sequence[Sequence[Concept]]) -> list[bool]:
    """Return for each place where a sentence turns whether the subjects stand on different sides of it."""
    cuts = [(cue.start(), cue.end()) for pattern, _ in CUES["contrast"] for cue in pattern.finditer(text)]
    if _WHILE_FIRST.match(text):
        cuts += [(comma.start(), comma.end()) for comma in re.finditer(",", text)]
    return [_apart(words_of(text[:start]), words_of(text[end:]), subjects) for start, end in cuts]


def _apart(left: frozenset[str], right: frozenset[str], subjects: Sequence[Sequence[Concept]]) -> bool:
    one, other = subjects
    return any(
        share(a, left) >= LEAST_OF_SIDE > share(b, left) and share(b, right) >= LEAST_OF_SIDE
        for a, b in ((one, other), (other, one))
    )
