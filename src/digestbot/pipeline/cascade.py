"""The rules of the cascade: what needs no chat model, which answers are doubtful, what is made of a doubt; pure.

The offline model's probabilities are the measure. They are calibrated, cost nothing and cannot be talked into anything:
a chat model that goes against them has to be confirmed by a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digestbot.domain import OFF_ROADMAP, Outline, Story, StoryId, Usage, Verdict
from digestbot.suspicion import suspicion

PLAINLY_OFF = 0.97
"""The offline model's confidence from which `none` is final: cheap first, a chat model is paid for the rest only."""
PLAINLY_PLACED = 0.8
"""Its confidence from which it is sure of a section."""
LIKELY = 0.35
"""Its confidence from which its word is enough for a story of no relevance; a relevant one needs up to 0.2 more.
Set by what the whole cascade may take: a third of the tokens of one call a story that summarizes it in five fields."""
LOW_STAKES = 0.8
"""Relevance below which nothing is proposed for the roadmap, so that a wrong place costs a reader one line."""
UNLIKELY = 0.05
"""What the offline model has to give a section at least for a chat model's word on it to count."""
UNSURE = 0.5
"""A chat model's own confidence below which its verdict is looked into."""
_MANY = 8
"""So many stories cannot all belong in one place by chance."""


@dataclass(frozen=True)
class Doubt:
    """Why a chat model's verdict is not taken as it is; a `strong` one stands until a person has looked."""

    words: str
    strong: bool


def is_settled(own: Verdict) -> bool:
    """Tell whether the offline model's verdict is enough: plainly off, or likely with little at stake."""
    if own.section == OFF_ROADMAP and own.confidence >= PLAINLY_OFF:
        return True
    return own.relevance < LOW_STAKES and own.confidence >= LIKELY + own.relevance / 4


def suspected(story: Story) -> str:
    """Return why a story must not be shown to a chat model, "" where it may: it speaks to models, not to readers."""
    found = suspicion("\n".join(f"{item.title}\n{item.text}" for item in story.members))
    if not found.flagged:
        return ""
    return f"its text seems to speak to a model: {', '.join(sign.name for sign in found.signs)}"


def doubt_of(verdict: Verdict, own: Verdict, outline: Outline) -> Doubt | None:
    """Return what is doubtful about a chat model's verdict beside the offline model's own; None where nothing is."""
    chance, titles = dict(own.top).get(verdict.section, 0.0), _titles(outline)
    said, shown = (titles.get(id, id) for id in (verdict.section, own.section))
    if chance < UNLIKELY or (verdict.section == OFF_ROADMAP and _is_sure(own)):
        words = f"to which its words give {chance:.2f}; they speak for {shown} with {own.confidence:.2f}"
        return Doubt(f"{verdict.model} says {said}, {words}", strong=True)
    if verdict.confidence < UNSURE:
        return Doubt(f"{verdict.model} is not sure of {said}: {verdict.confidence:.2f}", strong=False)
    if verdict.section != OFF_ROADMAP and min(verdict.relevance, own.relevance) >= LOW_STAKES:
        return Doubt(f"it may be proposed for {said}, if that is its place", strong=False)
    return None


def urgency(verdict: Verdict, own: Verdict, outline: Outline) -> tuple[bool, bool, float, StoryId]:
    """Return what orders verdicts by how much a study of them would help: strong doubts first, then the relevant."""
    doubt = doubt_of(verdict, own, outline)
    return (doubt is None or not doubt.strong, doubt is None, -(verdict.relevance + own.relevance), verdict.story)


def one_answer_for_all(verdicts: Sequence[Verdict], own: Mapping[StoryId, Verdict]) -> bool:
    """Tell whether a chat model answered many stories alike that the offline model would mostly not put there."""
    if len(verdicts) < _MANY or len({verdict.section for verdict in verdicts}) > 1:
        return False
    chances = [dict(own[verdict.story].top).get(verdict.section, 0.0) for verdict in verdicts]
    return sum(chances) / len(chances) < 0.5


def merged(verdict: Verdict, own: Verdict, spent: Usage, doubt: Doubt | None = None) -> Verdict:
    """Return a chat model's verdict beside the offline model's distribution.

    Its relevance is half the rubric's and half what people chose of such works before, so that stories of either model
    can be ranked together. Where the doubt is strong, the place and the reason are the offline model's.
    """
    both = replace(
        verdict,
        top=own.top,
        relevance=round((verdict.relevance + own.relevance) / 2, 4),
        tokens=spent.tokens,
        cost_usd=spent.cost_usd,
    )
    if doubt is None or not doubt.strong:
        return both
    return replace(
        both,
        section=own.section,
        chapter=own.chapter,
        confidence=own.confidence,
        reason=own.reason,
        model=own.model,
        prompt=own.prompt,
        needs_review=doubt.words,
    )


def _is_sure(own: Verdict) -> bool:
    return own.section != OFF_ROADMAP and own.confidence >= PLAINLY_PLACED


def _titles(outline: Outline) -> dict[str, str]:
    return {section.id: section.title for section in outline.sections} | {OFF_ROADMAP: "no section"}
