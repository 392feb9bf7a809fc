"""Whether a sentence says why what is asked happens, and not what it leads to; pure.

"A due to B" and "B leads to A" give a reason for A alone: of what is asked about as a cause they say what it does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digestbot.explain.concepts import Concept, share, words_of
from digestbot.offline.cues import STOP_WORDS

LEAST_EFFECT = 0.5
"""What is asked must stand so far on the side of the effect."""
_LEAST_OF_CAUSE = 2
"""Words that a cause has beside those of the question: "quantization leads to lower accuracy" names none."""
_EFFECT_FIRST = re.compile(
    r"\b(?:because(?: of)?|due to|caused by|stem(?:s|ming)? from|aris(?:es?|ing) from|attribut\w+ to|results? from|"
    r"resulting from|driven by|originat\w+ (?:from|in)|owing to|induced by|explained by|rooted in|depends? on|"
    r"traced (?:back )?to|as a result of|"
    r"when (?:\w+ing|trained|required|updated|exposed|applied|fine-?tuned))\b"
    r"|由于|因为|源于|原因",
    re.IGNORECASE,
)
_CAUSE_FIRST = re.compile(
    r"\b(?:causes?|causing|leads? to|leading to|results? in|resulting in|induc(?:es?|ing)|amplif(?:y|ies|ying)|"
    r"contribut(?:es?|ing) to|giv(?:es?|ing) rise to|root causes? of|reasons? (?:for|why)|trigger(?:s|ing)?|"
    r"driv(?:es?|ing)|explains? why|makes?|why)\b"
    r"|导致|引起|造成",
    re.IGNORECASE,
)


_PREVENTED = re.compile(
    r"\b(?:without|not|never|avoid\w*|prevent\w*|mitigat\w*|reduc\w+|cannot|alleviat\w*)\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
"""What stands before a cause that is taken away."""


def gives_reason(text: str, about: Sequence[Concept]) -> bool:
    """Tell whether a sentence names a cause of what is asked about."""
    backward = ((text[: cue.start()], text[cue.end() :]) for cue in _EFFECT_FIRST.finditer(text))
    forward = (
        (text[cue.end() :], text[: cue.start()])
        for cue in _CAUSE_FIRST.finditer(text)
        if not _PREVENTED.search(text[: cue.start()])
    )
    return any(_is_cause(effect, cause, about) for effect, cause in (*backward, *forward))


def _is_cause(effect: str, cause: str, about: Sequence[Concept]) -> bool:
    asked = {stem for one in about for name in one.names for stem in name} | STOP_WORDS
    own = {stem for stem in words_of(cause) - asked if " " not in stem}
    return share(about, words_of(effect)) >= LEAST_EFFECT and len(own) >= _LEAST_OF_CAUSE
