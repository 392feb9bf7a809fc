"""Triage: stories → verdicts. The chat model is asked once more after a bad reply, then the offline model decides."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from digestbot.domain import OFF_ROADMAP, Outcome, Outline, Step, Story, StoryId, Usage, Verdict
from digestbot.pipeline.models import Models, answer
from digestbot.ports import Progress

BATCH = 64
"""Stories that are judged and recorded together: what a killed run may have to judge again."""
PLAINLY_OFF = 0.97
"""The offline model's confidence from which `none` is final: cheap first, a chat model is paid for the rest only."""


class TriageLedger(Protocol):
    """What this step asks of the ledger."""

    def untriaged(self) -> list[Story]: ...
    def record_verdicts(self, found: Sequence[tuple[Verdict, Outcome, str]], now: datetime) -> None: ...
    def record_usage(self, step: Step, model: str, prompt: str, count: int, usage: Usage, now: datetime) -> None: ...


async def triage(ledger: TriageLedger, models: Models, outline: Outline, now: datetime, progress: Progress) -> Usage:
    """Give every story under way a verdict, and its items their outcome; return what it took."""
    stories = await asyncio.to_thread(ledger.untriaged)
    progress("triage", 0, len(stories))
    spent = Usage()
    for start in range(0, len(stories), BATCH):
        batch = stories[start : start + BATCH]
        plain = await plainly_off(models, batch, outline)
        rest = [story for story in batch if story.id not in plain]
        asked, usages = await answer(
            models, rest, lambda story: story.id, lambda model, left: model.file(left, outline)
        )
        answers = [*plain.values(), *asked]
        for model, usage in usages:
            prompt = next((verdict.prompt for verdict in answers if verdict.model == model), "")
            await asyncio.to_thread(ledger.record_usage, "triage", model, prompt, len(rest), usage, now)
            spent += usage
        await asyncio.to_thread(ledger.record_verdicts, [(v, *outcome_of(v, outline)) for v in answers], now)
        progress("triage", start + len(batch), len(stories))
    return spent


async def plainly_off(models: Models, stories: Sequence[Story], outline: Outline) -> dict[StoryId, Verdict]:
    """Return the offline model's verdicts on stories that no chat model needs to be asked about; none without one."""
    if models.chat is None:
        return {}
    verdicts = (await models.offline.file(stories, outline)).results
    return {
        story: verdict
        for story, verdict in verdicts.items()
        if verdict.section == OFF_ROADMAP and verdict.confidence >= PLAINLY_OFF
    }


def outcome_of(verdict: Verdict, outline: Outline) -> tuple[Outcome, str]:
    """Return the outcome that a verdict means for its items, with the reason."""
    if verdict.section == OFF_ROADMAP:
        return "off_roadmap", verdict.reason
    section = next((s.title for s in outline.sections if s.id == verdict.section), verdict.section)
    return "filed", f"{section}: {verdict.reason}"
