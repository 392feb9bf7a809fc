"""Triage: stories → verdicts, by a cascade that pays for as little as it can.

    offline model   every story: probabilities of the sections; what is plain stops here
    chat model      the rest, many stories a call, with the nearest precedents
    agent           what stays doubtful: looks things up, one story at a time, within an allowance
    a person        what is in doubt even then: `needs_review` says why

A chat model is asked once more after a bad reply; what it cannot answer, the offline model decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from digestbot.domain import OFF_ROADMAP, Outcome, Outline, Step, Story, Usage, Verdict
from digestbot.errors import BudgetError, ModelError
from digestbot.pipeline.cascade import Doubt, doubt_of, is_settled, merged, one_answer_for_all, suspected
from digestbot.pipeline.models import Models, answer
from digestbot.ports import NO_PRECEDENTS, Progress, References, Study

BATCH = 128
"""Stories that are judged and recorded together: what a killed run may have to judge again."""
STUDY_SHARE = 0.15
"""What studies may take, as a share of what a run's batches took; one study is allowed whatever it takes."""


class TriageLedger(Protocol):
    """What this step asks of the ledger."""

    def untriaged(self) -> list[Story]: ...
    def record_verdicts(self, found: Sequence[tuple[Verdict, Outcome, str]], now: datetime) -> None: ...
    def record_usage(self, step: Step, model: str, prompt: str, count: int, usage: Usage, now: datetime) -> None: ...


@dataclass
class Judged:
    """Verdicts on a batch of stories, and what they took: (model, prompt, stories, usage) for each call."""

    verdicts: list[Verdict] = field(default_factory=list)
    calls: list[tuple[str, str, int, Usage]] = field(default_factory=list)


@dataclass
class Allowance:
    """What a run's batches and studies took so far, in tokens."""

    batches: int = 0
    studies: int = 0

    def is_left(self) -> bool:
        """Tell whether one more study is allowed."""
        return self.studies == 0 or self.studies < STUDY_SHARE * self.batches


async def triage(
    ledger: TriageLedger,
    models: Models,
    outline: Outline,
    now: datetime,
    progress: Progress,
    references: References | None = None,
) -> Usage:
    """Give every story under way a verdict, and its items their outcome; return what it took."""
    stories = await asyncio.to_thread(ledger.untriaged)
    progress("triage", 0, len(stories))
    spent, allowance = Usage(), Allowance()
    for start in range(0, len(stories), BATCH):
        batch = stories[start : start + BATCH]
        judged = await judge(models, batch, outline, references, allowance)
        for model, prompt, count, usage in judged.calls:
            await asyncio.to_thread(ledger.record_usage, "triage", model, prompt, count, usage, now)
            spent += usage
        await asyncio.to_thread(ledger.record_verdicts, [(v, *outcome_of(v, outline)) for v in judged.verdicts], now)
        progress("triage", start + len(batch), len(stories))
    return spent


async def judge(
    models: Models,
    stories: Sequence[Story],
    outline: Outline,
    references: References | None = None,
    allowance: Allowance | None = None,
) -> Judged:
    """Return the cascade's verdict on each story, in order."""
    own = (await models.offline.file(stories, outline)).results
    if models.chat is None:
        return Judged([own[story.id] for story in stories])
    suspects = {story.id: why for story in stories if (why := suspected(story))}
    found = {id: replace(own[id], needs_review=why) for id, why in suspects.items()}
    rest = [story for story in stories if story.id not in suspects and not is_settled(own[story.id])]
    asked, calls = await _asked(models, rest, outline, references)
    if one_answer_for_all(asked, own):
        models.degrade(f"{asked[0].model} gave one answer to everything: not believed")
        asked = [own[verdict.story] for verdict in asked]
    judged = Judged(calls=calls)
    allowance = allowance or Allowance()
    allowance.batches += sum(usage.tokens for *_, usage in calls)
    by_id = {story.id: story for story in rest}
    for verdict in asked:
        if verdict.model == models.offline.name:
            found[verdict.story] = verdict
        else:
            found[verdict.story] = await _settled(
                models, by_id[verdict.story], verdict, own[verdict.story], outline, references, allowance, judged
            )
    judged.verdicts = [found.get(story.id, own[story.id]) for story in stories]
    return judged


async def _asked(
    models: Models, stories: Sequence[Story], outline: Outline, references: References | None
) -> tuple[list[Verdict], list[tuple[str, str, int, Usage]]]:
    """Return the chat model's verdicts, each with its share of what its calls took."""
    near = await references.near(stories) if references and stories else NO_PRECEDENTS
    verdicts, usages = await answer(
        models, stories, lambda story: story.id, lambda model, left: model.file(left, outline, near)
    )
    prompts = {verdict.model: verdict.prompt for verdict in verdicts}
    shares = {
        model: _share(sum((u for m, u in usages if m == model), Usage()), [v for v in verdicts if v.model == model])
        for model in {model for model, _ in usages}
    }
    calls = [(model, prompts.get(model, ""), len(stories), usage) for model, usage in usages]
    return [
        replace(v, tokens=shares[v.model].tokens, cost_usd=shares[v.model].cost_usd) if v.model in shares else v
        for v in verdicts
    ], calls


def _share(usage: Usage, verdicts: Sequence[Verdict]) -> Usage:
    count = max(len(verdicts), 1)
    return Usage(round(usage.tokens / count), None if usage.cost_usd is None else usage.cost_usd / count)


async def _settled(
    models: Models,
    story: Story,
    verdict: Verdict,
    own: Verdict,
    outline: Outline,
    references: References | None,
    allowance: Allowance,
    judged: Judged,
) -> Verdict:
    """Return what is made of a chat model's verdict: taken, studied where it is doubtful, or left to a person."""
    spent = Usage(verdict.tokens, verdict.cost_usd)
    doubt = doubt_of(verdict, own, outline)
    if doubt is None or references is None or not allowance.is_left():
        return merged(verdict, own, spent, doubt)
    study = await _studied(models, story, outline, doubt, references)
    if study is None:
        return merged(verdict, own, spent, doubt)
    allowance.studies += study.usage.tokens
    judged.calls.append((models.agent.name if models.agent else "", study.prompt, 1, study.usage))
    if study.verdict is not None:
        verdict, doubt = study.verdict, doubt_of(study.verdict, own, outline)
    return replace(merged(verdict, own, spent + study.usage, doubt), lookups=study.lookups)


async def _studied(
    models: Models, story: Story, outline: Outline, doubt: Doubt, references: References
) -> Study | None:
    """Return what the agent made of a story; None where there is no agent, or none any more."""
    if models.agent is None:
        return None
    try:
        if await asyncio.to_thread(models.allow):
            return None  # where little money is left, none goes into studies
        return await models.agent.study(story, outline, doubt.words, references.tools(story))
    except (ModelError, BudgetError) as error:
        models.degrade(f"doubtful stories were not studied: {error}")
        models.agent = None
        return None


def outcome_of(verdict: Verdict, outline: Outline) -> tuple[Outcome, str]:
    """Return the outcome that a verdict means for its items, with the reason."""
    if verdict.section == OFF_ROADMAP:
        return "off_roadmap", verdict.reason
    section = next((s.title for s in outline.sections if s.id == verdict.section), verdict.section)
    return "filed", f"{section}: {verdict.reason}"
