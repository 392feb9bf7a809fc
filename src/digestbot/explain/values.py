"""An answer as JSON values, for machines."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from digestbot.domain.answers import Answer


def answer_values(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON values; the asker's name is left out."""
    place = answer.standing
    return {
        "id": answer.id,
        "question": answer.asked.question,
        "topic": answer.topic,
        "level": answer.asked.level,
        "lang": answer.lang,
        "state": answer.state,
        "refusal": answer.refusal,
        "claims": [{**asdict(claim), "keys": list(claim.keys)} for claim in answer.claims],
        "sources": [asdict(source) for source in answer.sources],
        "roadmap": {**asdict(place), "before": list(place.before)},
        "read_next": [asdict(one) for one in answer.reading],
        "unknown": list(answer.unknown),
        "model": answer.model,
        "read_as": answer.read_as,
        "lacks": list(answer.lacks),
        "note": answer.note,
        "dropped": answer.dropped,
        "cached": answer.cached,
        "tokens": answer.usage.tokens,
        "calls": answer.usage.calls,
        "cost_usd": answer.usage.cost_usd,
        "created_at": answer.created_at.isoformat(),
    }
