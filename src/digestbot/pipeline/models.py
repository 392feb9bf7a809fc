"""Which model answers: the chat model while it can and may, the offline model for the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from digestbot.domain import StoryId, Usage
from digestbot.errors import BudgetError, ModelError
from digestbot.ports import Model, Replies

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass
class Models:
    """The chat model, if there is one, and the offline model; remembers why a run had to do without the first.

    `allow` raises BudgetError when no more may be spent.
    """

    offline: Model
    chat: Model | None = None
    allow: Callable[[], None] = lambda: None
    degraded: list[str] = field(default_factory=list)

    def degrade(self, reason: str) -> None:
        """Remember, once, why the offline model had to help out."""
        if reason not in self.degraded:
            self.degraded.append(reason)


async def answer(
    models: Models,
    tasks: Sequence[Task],
    story_of: Callable[[Task], StoryId],
    ask: Callable[[Model, Sequence[Task]], Awaitable[Replies[Result]]],
) -> tuple[list[Result], list[tuple[str, Usage]]]:
    """Return a result per task, in order, and what each call of the chat model took.

    A task that failed is asked once more; what fails again, or is not asked for want of money, the offline model does.
    """
    results: dict[StoryId, Result] = {}
    failures: Mapping[StoryId, ModelError] = {}
    usages: list[tuple[str, Usage]] = []
    for _ in range(2 if models.chat else 0):
        rest = [task for task in tasks if story_of(task) not in results]
        if not rest or models.chat is None or not await _may_spend(models):
            break
        try:
            replies = await ask(models.chat, rest)
        except ModelError as error:
            models.degrade(str(error))
            break
        usages.append((models.chat.name, replies.usage))
        results.update(replies.results)
        failures = replies.failures
    rest = [task for task in tasks if story_of(task) not in results]
    for story in map(story_of, rest):
        if story in failures:
            models.degrade(str(failures[story]))
    if rest:
        results.update((await ask(models.offline, rest)).results)
    return [results[story_of(task)] for task in tasks], usages


async def _may_spend(models: Models) -> bool:
    try:
        await asyncio.to_thread(models.allow)
    except BudgetError as error:
        models.degrade(str(error))
        return False
    return True
