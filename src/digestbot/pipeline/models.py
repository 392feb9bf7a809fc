"""Which model answers: the chat model while it can and may, then the next one down, the offline model at last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from digestbot.domain import StoryId, Usage
from digestbot.errors import BudgetError, ModelError, ReplyError
from digestbot.ports import Agent, Model, Replies

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass
class Models:
    """The models of a run, and why it had to do without the best of them.

    `small` takes over when a budget is nearly spent, `fallback` what the model before it could not answer. `allow`
    returns why the small model should answer, nothing while there is enough, and raises BudgetError when no more may be
    spent. Once that happened a run is `spent`; with `headlines` its stories get no offline summary in the place.
    """

    offline: Model
    chat: Model | None = None
    allow: Callable[[], str | None] = lambda: None
    degraded: list[str] = field(default_factory=list)
    small: Model | None = None
    fallback: Model | None = None
    agent: Agent | None = None
    headlines: bool = False
    spent: bool = False

    @property
    def chats(self) -> list[Model]:
        """The chat models, best first."""
        return [model for model in (self.chat, self.small, self.fallback) if model]

    def failed(self, error: Exception) -> None:
        """Remember why a chat model did not answer, and whether it was for want of money."""
        self.spent = self.spent or isinstance(error, BudgetError) or isinstance(error.__cause__, BudgetError)
        self.degrade(str(error))

    def degrade(self, reason: str) -> None:
        """Remember, once, why a lesser model had to help out."""
        if reason not in self.degraded:
            self.degraded.append(reason)


async def answer(
    models: Models,
    tasks: Sequence[Task],
    story_of: Callable[[Task], StoryId],
    ask: Callable[[Model, Sequence[Task]], Awaitable[Replies[Result]]],
) -> tuple[list[Result], list[tuple[str, Usage]]]:
    """Return a result per task, in order, and what each call of a chat model took.

    A task whose reply was bad is asked once more of the same model; what fails again goes down to the next one. What
    none of them answers, or is not asked for want of money, the offline model does.
    """
    results: dict[StoryId, Result] = {}
    usages: list[tuple[str, Usage]] = []
    for full in (models.chat, models.fallback if models.chat else None):
        rest = [task for task in tasks if story_of(task) not in results]
        if full is not None and rest:
            found, took = await _asked(models, full, rest, story_of, ask)
            results.update(found)
            usages += took
    rest = [task for task in tasks if story_of(task) not in results]
    if rest:
        results.update((await ask(models.offline, rest)).results)
    return [results[story_of(task)] for task in tasks], usages


async def _asked(
    models: Models,
    full: Model,
    tasks: Sequence[Task],
    story_of: Callable[[Task], StoryId],
    ask: Callable[[Model, Sequence[Task]], Awaitable[Replies[Result]]],
) -> tuple[dict[StoryId, Result], list[tuple[str, Usage]]]:
    """Return what one chat model answered in two rounds, the second for bad replies only: the rest it tried itself."""
    results: dict[StoryId, Result] = {}
    failures: dict[StoryId, ModelError] = {}
    usages: list[tuple[str, Usage]] = []
    rest = list(tasks)
    while rest and len(usages) < 2:
        try:
            model = await _affordable(models, full)
            replies = await ask(model, rest)
        except (BudgetError, ModelError) as error:
            models.failed(error)
            break
        usages.append((model.name, replies.usage))
        results.update(replies.results)
        failures.update(replies.failures)
        rest = [task for task in rest if isinstance(replies.failures.get(story_of(task)), ReplyError)]
    for story, failure in failures.items():
        if story not in results:
            models.failed(failure)
    return results, usages


async def _affordable(models: Models, full: Model) -> Model:
    """Return the model to ask: the small one for the first where little is left; raises BudgetError at its end."""
    reason = await asyncio.to_thread(models.allow)
    if not reason or models.small is None or full is not models.chat:
        return full
    models.degrade(f"{reason}: {models.small.name} answers")
    return models.small
