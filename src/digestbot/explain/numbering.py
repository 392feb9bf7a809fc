"""An answer's claims in the order in which they are read, and its sources numbered as they name them; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digestbot.domain.answers import Answer, Citation, Claim
from digestbot.explain.sources import citation
from digestbot.search import Found


def numbered(blank: Answer, told: Sequence[tuple[Claim, Sequence[Found]]]) -> Answer:
    """Return an answer with the claims of a part together, and its sources numbered as they name them."""
    parts = list(dict.fromkeys(claim.part for claim, _ in told))
    told = sorted(told, key=lambda pair: parts.index(pair[0].part))
    keys: dict[str, str] = {}
    cited: list[Citation] = []
    claims = []
    for claim, shown in told:
        for one in shown:
            if one.passage.id not in keys:
                keys[one.passage.id] = str(len(keys) + 1)
                cited.append(citation(keys[one.passage.id], one))
        claims.append(replace(claim, keys=tuple(dict.fromkeys(keys[one.passage.id] for one in shown))))
    return replace(blank, claims=tuple(claims), sources=tuple(cited))


def snapshot(answer: Answer, count: int) -> Answer:
    """Return an answer with its first claims only, and their sources."""
    claims = answer.claims[:count]
    named = {key for claim in claims for key in claim.keys}
    return replace(answer, claims=claims, sources=tuple(one for one in answer.sources if one.key in named))
