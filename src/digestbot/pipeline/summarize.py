"""Summarize: articles → summaries, in the languages that are wanted; nothing is kept that the article does not support.

Cheap first: what was bought once is taken again, a story that seems to speak to a model is never shown to one, and of a
run's stories a chat model gets those that a digest shows whole.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from digestbot.domain import HEADLINE, Article, Outline, Step, Story, StoryId, Summary, Suspect, Usage, Verdict
from digestbot.languages import MADE_FROM, canonical
from digestbot.offline.traditional import traditional
from digestbot.pipeline.models import Models, answer
from digestbot.ports import Model, Progress
from digestbot.suspicion import suspicion

BATCH = 64
"""Stories that are summarized and recorded together: what a killed run may have to do again."""
PAID = 40
"""Stories of a run that a chat model summarizes, most relevant first: as many as a digest shows whole by default."""

Task = tuple[Story, Verdict, Article]


class SummaryLedger(Protocol):
    """What this step asks of the ledger."""

    def unsummarized(self, roadmap: str, lang: str) -> list[tuple[Story, Verdict, Article]]: ...
    def record_summaries(self, found: Sequence[Summary], now: datetime) -> None: ...
    def summaries(self, stories: Collection[StoryId], lang: str) -> dict[StoryId, Summary]: ...
    def bought(self, keys: Collection[str]) -> dict[str, Summary]: ...
    def keep_bought(self, found: Mapping[str, Summary], now: datetime) -> None: ...
    def record_suspects(self, found: Sequence[Suspect], now: datetime) -> None: ...
    def record_usage(self, step: Step, model: str, prompt: str, count: int, usage: Usage, now: datetime) -> None: ...


async def summarize(
    ledger: SummaryLedger, models: Models, outline: Outline, langs: Collection[str], now: datetime, progress: Progress
) -> Usage:
    """Give every story that was read a summary in each of the languages; return what it took."""
    spent = Usage()
    for lang in in_order(langs):
        tasks = await asyncio.to_thread(ledger.unsummarized, outline.name, lang)
        paid = {story.id for story, _, _ in sorted(tasks, key=lambda task: (-task[1].relevance, task[0].id))[:PAID]}
        # Together they fill the calls of a chat model, whose instruction is paid for with each call.
        tasks = sorted(tasks, key=lambda task: task[0].id not in paid)
        progress("summarize", 0, len(tasks))
        for start in range(0, len(tasks), BATCH):
            batch = tasks[start : start + BATCH]
            if lang in MADE_FROM:
                await asyncio.to_thread(_convert, ledger, batch, lang, now)
            else:
                spent += await _summarize(ledger, models, outline, lang, batch, paid, now)
            progress("summarize", start + len(batch), len(tasks))
    return spent


def in_order(langs: Collection[str]) -> list[str]:
    """Return languages once each by their codes, every one behind the one that its words are made from."""
    wanted = {canonical(lang) for lang in langs}
    wanted |= {MADE_FROM[lang] for lang in wanted & MADE_FROM.keys()}
    return sorted(wanted, key=lambda lang: (lang in MADE_FROM, lang))


def suspect_of(story: Story, article: Article) -> Suspect | None:
    """Return what makes a story suspicious of speaking to a model; None where nothing does."""
    told = [text for item in story.members for text in (item.title, item.text)]
    found = suspicion("\n".join([*told, article.text]))
    signs = tuple((sign.name, sign.span) for sign in found.signs)
    return Suspect(story.id, round(found.score, 2), signs) if found.flagged else None


def key_of(model: Model, story: Story, article: Article, lang: str) -> str:
    """Return the key of a summary that was bought: the same for the same words, wherever they come from."""
    parts = (model.name, model.summary_prompt, lang, article.basis, story.lead.title, article.text)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


async def _summarize(
    ledger: SummaryLedger,
    models: Models,
    outline: Outline,
    lang: str,
    batch: Sequence[Task],
    paid: Set[StoryId],
    now: datetime,
) -> Usage:
    suspects = [one for one in await asyncio.to_thread(_suspects, batch) if one]
    await asyncio.to_thread(ledger.record_suspects, suspects, now)
    kept = paid - {one.story for one in suspects}
    known = await asyncio.to_thread(_known, ledger, models, batch, lang) if models.chat else {}
    wanted = [task for task in batch if task[0].id not in known]
    asked = [task for task in wanted if task[0].id in kept]
    spent = Usage()
    found, usages = await answer(
        models, asked, lambda task: task[0].id, lambda model, rest: model.summarize(rest, outline, lang)
    )
    for model, usage in usages:
        prompt = next((summary.prompt for summary in found if summary.model == model), "")
        await asyncio.to_thread(ledger.record_usage, "summarize", model, prompt, len(asked), usage, now)
        spent += usage
    bought = _bought(models, asked, found, lang)
    if models.headlines and models.spent:
        found = [headline(one) if one.model == models.offline.name else one for one in found]
    rest = [task for task in wanted if task[0].id not in kept]
    own = (await models.offline.summarize(rest, outline, lang)).results if rest else {}
    await asyncio.to_thread(ledger.keep_bought, bought, now)
    others = map(headline, own.values()) if models.headlines and models.spent else own.values()
    await asyncio.to_thread(ledger.record_summaries, [*known.values(), *found, *others], now)
    return spent


def headline(summary: Summary) -> Summary:
    """Return a summary without its words: its story is told by its title."""
    return Summary(summary.story, summary.lang, "", (), (), HEADLINE, summary.basis)


def _suspects(batch: Sequence[Task]) -> list[Suspect | None]:
    return [suspect_of(story, article) for story, _, article in batch]


def _known(ledger: SummaryLedger, models: Models, batch: Sequence[Task], lang: str) -> dict[StoryId, Summary]:
    """Return for each story the best summary of the same words that was bought before."""
    keys = {story.id: [key_of(model, story, article, lang) for model in models.chats] for story, _, article in batch}
    bought = ledger.bought({key for own in keys.values() for key in own})
    best = {id: next((bought[key] for key in own if key in bought), None) for id, own in keys.items()}
    return {id: replace(summary, story=id) for id, summary in best.items() if summary}


def _bought(models: Models, tasks: Sequence[Task], found: Sequence[Summary], lang: str) -> dict[str, Summary]:
    """Return by their keys the summaries that a chat model wrote."""
    by_name = {model.name: model for model in models.chats}
    return {
        key_of(by_name[summary.model], story, article, lang): summary
        for (story, _, article), summary in zip(tasks, found, strict=True)
        if summary.model in by_name
    }


def _convert(ledger: SummaryLedger, batch: Sequence[Task], lang: str, now: datetime) -> None:
    """Record the summaries of one language in the one that is made from it."""
    written = ledger.summaries([story.id for story, _, _ in batch], MADE_FROM[lang])
    ledger.record_summaries([_converted(summary, lang) for summary in written.values()], now)


def _converted(summary: Summary, lang: str) -> Summary:
    """Return a Chinese summary in traditional characters; words in another language stay as they are."""
    points = tuple(replace(point, text=traditional(point.text)) for point in summary.points)
    return replace(summary, lang=lang, tldr=traditional(summary.tldr), points=points, why=traditional(summary.why))
