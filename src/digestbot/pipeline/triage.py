"""Triage: stories → verdicts, by a cascade that pays for as little as it can.

    offline model   every story: probabilities of the sections, precedents among them; what is plain stops here
    chat model      the rest, many stories a call, with the nearest precedents
    agent           what stays doubtful: looks things up, one story at a time, within an allowance
    a person        what is in doubt even then: `needs_review` says why

A chat model is asked once more after a bad reply; what it cannot answer, the offline model decides.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from digestbot.domain import OFF_ROADMAP, Outcome, Outline, Placing, Step, Story, StoryId, Usage, Verdict
from digestbot.errors import BudgetError, ModelError, ReplyError
from digestbot.pipeline.cascade import Doubt, doubt_of, is_settled, merged, one_answer_for_all, suspected, urgency
from digestbot.pipeline.models import Models, answer
from digestbot.ports import NO_PRECEDENTS, Precedents, Progress, References, Study

BATCH = 110
"""Stories that are judged and recorded together: what a killed run may have to judge again. A chat model is asked about
a third of them, which fills one call of it."""
BESIDE_SINCE = timedelta(days=7)
"""How far back a roadmap that was set beside another begins: as far as a first run does."""
STUDY_SHARE = 0.1
"""What studies may take, as a share of what a run's batches took; one study is allowed whatever it takes."""


class TriageLedger(Protocol):
    """What this step asks of the ledger."""

    def untriaged(self) -> list[Story]: ...
    def placed(self, stories: Collection[StoryId], roadmap: str) -> dict[StoryId, Placing]: ...
    def unplaced(self, roadmap: str, since: datetime) -> list[Story]: ...
    def record_verdicts(self, found: Sequence[tuple[Verdict, Outcome, str]], now: datetime) -> None: ...
    def record_usage(self, step: Step, model: str, prompt: str, count: int, usage: Usage, now: datetime) -> None: ...


@dataclass(frozen=True)
class Call:
    """What asking a model about some stories took, to be recorded."""

    model: str
    prompt: str
    stories: int
    usage: Usage


async def triage(
    ledger: TriageLedger,
    models: Models,
    outline: Outline,
    now: datetime,
    progress: Progress,
    references: References | None = None,
    *,
    is_beside: bool = False,
) -> Usage:
    """Give every story under way a verdict, and its items their outcome; return what it took.

    A roadmap `beside` the main one takes what that one has judged: stories of the last week without a verdict of its
    own. An item that the main one had no place for is filed if this one has.
    """
    if is_beside:
        stories = await asyncio.to_thread(ledger.unplaced, outline.name, now - BESIDE_SINCE)
    else:
        stories = await asyncio.to_thread(ledger.untriaged)
    progress("triage", 0, len(stories))
    cascade, spent = Cascade(models, outline, references), Usage()
    for start in range(0, len(stories), BATCH):
        batch = stories[start : start + BATCH]
        verdicts, calls = await cascade.judge(batch)
        # What a person said of a story stays, whoever judges it again because something joined it.
        placed = await asyncio.to_thread(ledger.placed, [story.id for story in batch], outline.name)
        verdicts = [placed[v.story].on(v) if v.story in placed else v for v in verdicts]
        for call in calls:
            await asyncio.to_thread(
                ledger.record_usage, "triage", call.model, call.prompt, call.stories, call.usage, now
            )
            spent += call.usage
        await asyncio.to_thread(ledger.record_verdicts, [(v, *outcome_of(v, outline)) for v in verdicts], now)
        progress("triage", start + len(batch), len(stories))
    return spent


@dataclass
class Cascade:
    """Judges batch after batch of a run's stories, and remembers what batches and studies took, in tokens."""

    models: Models
    outline: Outline
    references: References | None = None
    batch_tokens: int = 0
    study_tokens: int = 0

    async def judge(self, stories: Sequence[Story]) -> tuple[list[Verdict], list[Call]]:
        """Return a verdict on each story, in order, and the calls that were made."""
        near = await self.references.near(stories) if self.references and stories else NO_PRECEDENTS
        own = (await self.models.offline.file(stories, self.outline, near)).results
        if self.models.chat is None:
            return [own[story.id] for story in stories], []
        suspects = {story.id: why for story in stories if (why := suspected(story))}
        rest = {story.id: story for story in stories if story.id not in suspects and not is_settled(own[story.id])}
        answers, calls = await self._asked(list(rest.values()), own, near)
        found = dict(own) | {id: replace(own[id], needs_review=why) for id, why in suspects.items()}
        for verdict in sorted(answers, key=lambda verdict: urgency(verdict, own[verdict.story], self.outline)):
            found[verdict.story], studied = await self._settled(rest[verdict.story], verdict, own[verdict.story])
            calls += studied
        return [found[story.id] for story in stories], calls

    async def _asked(
        self, stories: Sequence[Story], own: Mapping[StoryId, Verdict], near: Precedents
    ) -> tuple[list[Verdict], list[Call]]:
        """Return what chat models answered that can be believed, each verdict with its share of what that took."""
        verdicts, usages = await answer(
            self.models, stories, lambda story: story.id, lambda model, left: model.file(left, self.outline, near)
        )
        theirs = [verdict for verdict in verdicts if verdict.model != self.models.offline.name]
        prompts = {model.name: model.filing_prompt for model in self.models.chats}
        calls = [Call(model, prompts[model], len(stories), usage) for model, usage in usages if usage.tokens]
        self.batch_tokens += sum(call.usage.tokens for call in calls)
        if one_answer_for_all(theirs, own):
            self.models.degrade(f"{theirs[0].model} gave one answer to everything: not believed")
            return [], calls
        shares = _shares(theirs, calls)
        return [replace(v, tokens=shares[v.model].tokens, cost_usd=shares[v.model].cost_usd) for v in theirs], calls

    async def _settled(self, story: Story, verdict: Verdict, own: Verdict) -> tuple[Verdict, list[Call]]:
        """Return what is made of a chat model's verdict: taken, studied where it is doubtful, or left to a person."""
        spent = Usage(verdict.tokens, verdict.cost_usd)
        doubt = doubt_of(verdict, own, self.outline)
        study = await self._studied(story, doubt) if doubt else None
        if study is None or self.models.agent is None:
            return merged(verdict, own, spent, doubt), []
        self.study_tokens += study.usage.tokens
        if study.error and not isinstance(study.error, ReplyError):
            self.models.degrade(f"a study was not finished: {study.error}")
        if study.verdict is not None:
            verdict, doubt = study.verdict, doubt_of(study.verdict, own, self.outline)
            doubt = doubt if doubt and doubt.strong else None
        taken = replace(merged(verdict, own, spent + study.usage, doubt), lookups=study.lookups)
        return taken, [Call(self.models.agent.name, study.prompt, 1, study.usage)]

    async def _studied(self, story: Story, doubt: Doubt) -> Study | None:
        """Return what the agent made of a story; None where there is none, or nothing left of its allowance."""
        over = self.study_tokens > 0 and self.study_tokens >= STUDY_SHARE * self.batch_tokens
        if self.models.agent is None or self.references is None or over:
            return None
        try:
            if await asyncio.to_thread(self.models.allow):
                return None  # where little money is left, none goes into studies
            tools = self.references.tools(story)
            return await self.models.agent.study(story, self.outline, doubt.words, tools)
        except (ModelError, BudgetError) as error:
            self.models.degrade(f"doubtful stories were not studied: {error}")
            self.models.agent = None
            return None


def _shares(verdicts: Sequence[Verdict], calls: Sequence[Call]) -> dict[str, Usage]:
    """Return for each model what one of its verdicts took: an equal share of all its calls."""
    counts = Counter(verdict.model for verdict in verdicts)
    shares = {}
    for model, count in counts.items():
        usage = sum((call.usage for call in calls if call.model == model), Usage())
        cost = None if usage.cost_usd is None else usage.cost_usd / count
        shares[model] = Usage(round(usage.tokens / count), cost)
    return shares


def outcome_of(verdict: Verdict, outline: Outline) -> tuple[Outcome, str]:
    """Return the outcome that a verdict means for its items, with the reason."""
    if verdict.section == OFF_ROADMAP:
        return "off_roadmap", verdict.reason
    section = next((s.title for s in outline.sections if s.id == verdict.section), verdict.section)
    return "filed", f"{section}: {verdict.reason}"
