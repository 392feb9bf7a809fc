"""Summarize: articles → summaries, in one language; nothing is kept that the article does not support."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from digestbot.domain import Article, Outline, Step, Story, Summary, Usage, Verdict
from digestbot.pipeline.models import Models, answer
from digestbot.ports import Progress

_BATCH = 64


class SummaryLedger(Protocol):
    """What this step asks of the ledger."""

    def unsummarized(self, roadmap: str, lang: str) -> list[tuple[Story, Verdict, Article]]: ...
    def record_summaries(self, found: Sequence[Summary], now: datetime) -> None: ...
    def record_usage(self, step: Step, model: str, prompt: str, count: int, usage: Usage, now: datetime) -> None: ...


async def summarize(
    ledger: SummaryLedger, models: Models, outline: Outline, lang: str, now: datetime, progress: Progress
) -> Usage:
    """Give every story that was read a summary; return what it took."""
    tasks = await asyncio.to_thread(ledger.unsummarized, outline.name, lang)
    progress("summarize", 0, len(tasks))
    spent = Usage()
    for start in range(0, len(tasks), _BATCH):
        batch = tasks[start : start + _BATCH]
        summaries, usages = await answer(
            models, batch, lambda task: task[0].id, lambda model, rest: model.summarize(rest, outline)
        )
        for model, usage in usages:
            prompt = next((summary.prompt for summary in summaries if summary.model == model), "")
            await asyncio.to_thread(ledger.record_usage, "summarize", model, prompt, len(batch), usage, now)
            spent += usage
        await asyncio.to_thread(ledger.record_summaries, summaries, now)
        progress("summarize", start + len(batch), len(tasks))
    return spent
