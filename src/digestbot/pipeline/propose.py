"""Propose: stories → proposals for the roadmap. Quality above quantity; a story without one is still published.

What is chosen and why is decided in `proposing`; here it is read from the ledger and recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from digestbot.domain import Act, Filed, Proposal, ProposalState, Step, Story, StoryId, Usage
from digestbot.errors import ReviewError
from digestbot.learning.rates import judged, overall, rates
from digestbot.learning.taste import favours, taste_of
from digestbot.pipeline.emerging import WeeklyLedger, emerge
from digestbot.pipeline.models import Models, answer
from digestbot.ports import Progress
from digestbot.proposing.choice import Choice, Rules, choose, is_sure
from digestbot.proposing.drafts import addition, introduction
from digestbot.proposing.fit import fits_of
from digestbot.proposing.hunger import hungry
from digestbot.proposing.likeness import Likeness
from digestbot.proposing.presence import presence_of
from digestbot.proposing.withdrawn import retirements, taken_back
from digestbot.roadmap import Roadmap, outline

_LOOKED_BACK = timedelta(days=7)
"""How far back new signs of stories that were looked at are searched for: runs may be a week apart."""

_BOT = "digestbot"


class ProposalLedger(WeeklyLedger, Protocol):
    """What this step asks of the filings in the ledger."""

    def undone(self, step: Step, roadmap: str, lang: str) -> list[Filed]: ...
    def renewed(self, roadmap: str, lang: str, since: datetime) -> list[Filed]: ...
    def mark_done(self, step: Step, roadmap: str, results: Sequence[tuple[StoryId, str]], now: datetime) -> None: ...
    def withdrawn(self) -> list[tuple[Story, str]]: ...
    def record_usage(self, step: Step, model: str, prompt: str, count: int, usage: Usage, now: datetime) -> None: ...


class Proposals(Protocol):
    """What this step asks of the proposals in the ledger."""

    def record_proposals(self, found: Sequence[Proposal]) -> None: ...
    def proposals(self, *, state: ProposalState | None = None, since: datetime | None = None) -> list[Proposal]: ...
    def waiting(self, roadmap: str) -> dict[StoryId, datetime]: ...
    def keep_waiting(self, roadmap: str, found: Mapping[StoryId, str], now: datetime) -> None: ...


class Reviews(Protocol):
    """What this step asks of the reviews in the ledger."""

    def all_acts(self) -> list[Act]: ...
    def advance(self, after: Proposal, act: Act) -> bool: ...


@dataclass(frozen=True)
class Proposed:
    """What the step made, and what it took."""

    proposals: list[Proposal]
    usage: Usage


async def propose(
    filings: ProposalLedger,
    proposals: Proposals,
    reviews: Reviews,
    models: Models,
    roadmap: Roadmap,
    lang: str,
    now: datetime,
    progress: Progress,
) -> Proposed:
    """Propose the best of the stories that were not looked at before, that wait, or of which something is new."""
    undone = await asyncio.to_thread(filings.undone, "propose", roadmap.name, lang)
    renewed = await asyncio.to_thread(filings.renewed, roadmap.name, lang, now - _LOOKED_BACK)
    stories = list({filed.story.id: filed for filed in (*undone, *renewed)}.values())
    progress("propose", 0, len(stories))
    own = [one for one in await asyncio.to_thread(proposals.proposals) if one.roadmap == roadmap.name]
    # What was proposed at this very instant for a story that is not done yet is by a run that was killed: it is chosen
    # again under the same id.
    killed = {filed.story.id for filed in undone}
    earlier = [one for one in own if one.created_at != now or one.story not in killed]
    since, acts = await asyncio.to_thread(proposals.waiting, roadmap.name), await asyncio.to_thread(reviews.all_acts)
    rules = await asyncio.to_thread(_rules, roadmap, stories, earlier, acts, since, now)
    choice = await asyncio.to_thread(choose, stories, rules)
    lines, usage = await _lines(filings, models, choice.chosen, roadmap, lang, now)
    found, refused = await asyncio.to_thread(_drafted, choice, lines, roadmap, earlier, now)
    found += await asyncio.to_thread(_taken_back, filings, reviews, roadmap, earlier, now)
    await asyncio.to_thread(_record, filings, proposals, roadmap, choice, found, refused, now)
    found += await emerge(filings, proposals, models, roadmap, lang, now)
    progress("propose", len(stories), len(stories))
    return Proposed(found, usage)


def _taken_back(
    filings: ProposalLedger, reviews: Reviews, roadmap: Roadmap, earlier: Sequence[Proposal], now: datetime
) -> list[Proposal]:
    """Return proposals to retire what was withdrawn; what would bring such a work in is asked no more."""
    withdrawn, before = filings.withdrawn(), [one for one in earlier if one.created_at != now]
    for after, act in taken_back(before, withdrawn, _BOT, now):
        # False where a reviewer was quicker; then what was decided counts.
        reviews.advance(after, act)
    return list(retirements(roadmap, withdrawn, before, now))


def _rules(
    roadmap: Roadmap,
    stories: Sequence[Filed],
    earlier: Sequence[Proposal],
    acts: Sequence[Act],
    since: Mapping[StoryId, datetime],
    now: datetime,
) -> Rules:
    """Return what choosing goes by; what was taken of earlier additions, and what those were like, moves the next."""
    added, decided = [one for one in earlier if one.kind == "add"], judged(acts)
    shares = {chapter: rate.share for chapter, rate in rates(added, decided, lambda one: one.chapter).items()}
    share = overall(added, decided).share
    starved = hungry(roadmap, earlier, now)
    sure = [
        one for one in stories if is_sure(one, shares.get(one.verdict.chapter, share), one.verdict.chapter in starved)
    ]
    fits = fits_of([(one.story, one.verdict) for one in sure], outline(roadmap))
    table = favours(taste_of(added, decided), sure)
    return Rules(
        presence=presence_of(roadmap),
        earlier=earlier,
        now=now,
        since=since,
        shares=shares,
        share=share,
        likeness=Likeness(),
        fits=fits,
        favour=lambda filed: table.get(filed.story.id, 1.0),
        hungry=starved,
    )


async def _lines(
    filings: ProposalLedger, models: Models, chosen: Sequence[Filed], roadmap: Roadmap, lang: str, now: datetime
) -> tuple[dict[StoryId, str], Usage]:
    """Return the line that introduces each story in the document, and what writing them took."""
    tasks = [introduction(filed, roadmap, filed.verdict.chapter) for filed in chosen]
    if not tasks:
        return {}, Usage()
    lines, calls = await answer(
        models, tasks, lambda task: task.story.id, lambda model, rest: model.introduce(rest, lang)
    )
    for model, usage in calls:
        await asyncio.to_thread(filings.record_usage, "propose", model, "introduce", len(tasks), usage, now)
    total = sum((usage for _, usage in calls), Usage())
    return {task.story.id: line for task, line in zip(tasks, lines, strict=True)}, total


def _drafted(
    choice: Choice, lines: Mapping[StoryId, str], roadmap: Roadmap, earlier: Sequence[Proposal], now: datetime
) -> tuple[list[Proposal], dict[StoryId, str]]:
    """Return the proposals of the chosen stories, and why the others of them have no place."""
    found, refused = [], dict[StoryId, str]()
    for filed in choice.chosen:
        try:
            found.append(addition(filed, roadmap, lines[filed.story.id], earlier, now))
        except ReviewError as error:
            refused[filed.story.id] = f"not proposed: {error}"
    return found, refused


def _record(
    filings: ProposalLedger,
    proposals: Proposals,
    roadmap: Roadmap,
    choice: Choice,
    found: Sequence[Proposal],
    refused: Mapping[StoryId, str],
    now: datetime,
) -> None:
    # The proposals first: after a run that was killed in between they are found under the same ids.
    proposals.record_proposals(found)
    proposals.keep_waiting(roadmap.name, choice.waiting, now)
    proposed = {one.story: f"proposed as {one.id}" for one in found if one.kind == "add"}
    filings.mark_done("propose", roadmap.name, [*{**choice.passed, **refused, **proposed}.items()], now)
