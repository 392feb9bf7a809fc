"""Proposes newer works for resources that they supersede, with a line by whatever model introduces works."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from digestbot.domain import Filed, Proposal, Story, StoryId
from digestbot.errors import ReviewError
from digestbot.pipeline.models import Models, answer
from digestbot.proposing.drafts import introduction
from digestbot.proposing.superseded import MOST, Newer, outdated_versions, replacement, subject_of, superseded
from digestbot.roadmap import Roadmap


class FiledStories(Protocol):
    """What this asks of the filings in the ledger."""

    def filed(self, roadmap: str, lang: str, ids: Sequence[StoryId]) -> list[Filed]: ...


async def supersede(
    filings: FiledStories,
    models: Models,
    roadmap: Roadmap,
    stories: Sequence[Story],
    lang: str,
    earlier: Sequence[Proposal],
    now: datetime,
) -> list[Proposal]:
    """Return proposals for resources of which some of the stories are newer works or versions, `MOST` of each."""
    pinned = await asyncio.to_thread(lambda: list(outdated_versions(roadmap, stories, earlier, now))[:MOST])
    told = {one.subject for one in earlier}
    newer = [one for one in await asyncio.to_thread(_newer, roadmap, stories, earlier) if subject_of(one) not in told]
    whole = await asyncio.to_thread(filings.filed, roadmap.name, lang, [one.story.id for one in newer])
    by_id = {one.story.id: one for one in whole if one.summary.tldr}
    ready = [one for one in newer if one.story.id in by_id][:MOST]
    tasks = [introduction(by_id[one.story.id], roadmap, one.chapter.id) for one in ready]
    if not tasks:
        return pinned
    lines, _ = await answer(models, tasks, lambda task: task.story.id, lambda model, rest: model.introduce(rest, lang))
    found = list(pinned)
    for one, line in zip(ready, lines, strict=True):
        try:
            found.append(replacement(one, by_id[one.story.id], roadmap, line, earlier, now))
        except ReviewError:
            continue  # its line cannot be written again by itself
    return found


def _newer(roadmap: Roadmap, stories: Sequence[Story], earlier: Sequence[Proposal]) -> list[Newer]:
    return list(superseded(roadmap, stories, earlier))
