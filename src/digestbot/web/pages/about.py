"""What this is: what was read, who decides and writes, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from digestbot.pipeline.line import OUTCOMES
from digestbot.render.escape import plain
from digestbot.render.words import words_of
from digestbot.web.phrases.operating import OPERATING, Operating
from digestbot.web.rendering import Page
from digestbot.web.surface import Ask, Surface

_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Cost:
    """What a model took for a step."""

    step: str
    model: str
    calls: int
    tokens: int
    cost: str


def about(surface: Surface, ask: Ask) -> Page:
    """Return the page."""
    words, told = OPERATING.of(ask.lang), words_of(ask.lang).outcomes
    status = surface.status()
    ever = status.counts.outcomes_ever
    spent = list(surface.costs(surface.wall() - _MONTH))
    values = {
        "counts": status.counts,
        "total": sum(ever.values()),
        "outcomes": [(told.get(name, name), ever[name]) for name in OUTCOMES if ever.get(name)],
        "costs": _costs(spent, words),
        "sum": _money(None if any(one["cost_usd"] is None for one in spent) else _sum(spent, "cost_usd"), words),
        "tokens": int(_sum(spent, "tokens")),
        "good": sum(one.health == "good" for one in status.feeds),
        "all": len(status.feeds),
    }
    return Page("about", words, values)


def _costs(spent: Iterable[Mapping[str, Any]], words: Operating) -> list[Cost]:
    return [
        Cost(
            plain(str(one["step"]), 40),
            plain(str(one["model"]), 80),
            int(one["calls"]),
            int(one["tokens"]),
            _money(one["cost_usd"], words),
        )
        for one in spent
    ]


def _sum(spent: Iterable[Mapping[str, Any]], name: str) -> float:
    return sum(float(one[name] or 0) for one in spent)


def _money(cost_usd: float | None, words: Operating) -> str:
    return words.unknown if cost_usd is None else f"${cost_usd:,.2f}" if cost_usd >= 0.1 else f"${cost_usd:.4f}"


PUBLIC = (("/about", about, ()),)
