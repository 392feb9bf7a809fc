"""Looks once a week at the roadmap as a whole: for a topic without a chapter, and for a chapter out of shape.

The best topic becomes a proposal for a chapter; what `proposing.arranging` and `superseded` find is proposed beside it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from digestbot.domain import OFF_ROADMAP, Filed, Proposal, ProposalState, Story, StoryId, Verdict
from digestbot.errors import ReviewError
from digestbot.pipeline.models import Models, answer
from digestbot.pipeline.superseding import supersede
from digestbot.proposing.arranging import arrangement
from digestbot.proposing.drafts import Draft, drafted, introduction, quotes_of
from digestbot.proposing.emerging import MIN_RELEVANCE, WEEK, WEEKS, Homeless, Topic, topics
from digestbot.proposing.fit import MIN_FIT, fits_of
from digestbot.proposing.likeness import Likeness
from digestbot.proposing.presence import keys_of, presence_of
from digestbot.roadmap import Chapter, Roadmap, outline
from digestbot.roadmap.chapters import Newcomer, add_chapter

_FIRST = 3
"""Resources that a new chapter begins with."""
_GOALS = {
    "en": "Understand what {} is for and how the first approaches to it work.",
    "zh": "了解{}的用途与最初的几种做法。",
}


class WeeklyLedger(Protocol):
    """What this asks of the filings in the ledger."""

    def is_looked_at(self, roadmap: str, what: str, when: str) -> bool: ...
    def mark_looked_at(self, roadmap: str, what: str, when: str, now: datetime) -> None: ...
    def judged_since(
        self, roadmap: str, since: datetime, relevance: float
    ) -> list[tuple[Story, Verdict, datetime]]: ...
    def filed(self, roadmap: str, lang: str, ids: Sequence[StoryId]) -> list[Filed]: ...


class Proposals(Protocol):
    """What this asks of the proposals in the ledger."""

    def record_proposals(self, found: Sequence[Proposal]) -> None: ...
    def proposals(self, *, state: ProposalState | None = None, since: datetime | None = None) -> list[Proposal]: ...


async def emerge(
    filings: WeeklyLedger, proposals: Proposals, models: Models, roadmap: Roadmap, lang: str, now: datetime
) -> list[Proposal]:
    """Propose, once a week, a chapter for the largest topic without one, and a better shape; return what was found."""
    week = f"{now:%G-W%V}"
    if await asyncio.to_thread(filings.is_looked_at, roadmap.name, "emerging", week):
        return []
    own = [one for one in await asyncio.to_thread(proposals.proposals) if one.roadmap == roadmap.name]
    earlier = [one for one in own if one.created_at != now]
    found: list[Proposal] = []
    for topic in await asyncio.to_thread(_topics, filings, roadmap, earlier, now):
        proposal = await _proposal(filings, models, roadmap, topic, lang, earlier, now)
        if proposal:
            found = [proposal]
            break
    found += await asyncio.to_thread(_arranged, filings, roadmap, lang, earlier, now)
    judged = await asyncio.to_thread(filings.judged_since, roadmap.name, now - WEEKS * WEEK, MIN_RELEVANCE)
    stories = [story for story, _, _ in judged]
    found += await supersede(filings, models, roadmap, stories, lang, earlier, now)
    await asyncio.to_thread(proposals.record_proposals, found)
    await asyncio.to_thread(filings.mark_looked_at, roadmap.name, "emerging", week, now)
    return found


def _arranged(
    filings: WeeklyLedger, roadmap: Roadmap, lang: str, earlier: Sequence[Proposal], now: datetime
) -> list[Proposal]:
    added = [one.story for one in earlier if one.kind == "add" and one.state == "applied" and one.story]
    levels = {
        key: one.verdict.level
        for one in filings.filed(roadmap.name, lang, added)
        if one.verdict.level
        for key in keys_of(one.story.lead.url)
    }
    found = arrangement(roadmap, levels, earlier, now)
    return [found] if found else []


def _topics(filings: WeeklyLedger, roadmap: Roadmap, earlier: Sequence[Proposal], now: datetime) -> list[Topic]:
    judged = filings.judged_since(roadmap.name, now - WEEKS * WEEK, MIN_RELEVANCE)
    fits = fits_of([(story, verdict) for story, verdict, _ in judged], outline(roadmap))
    presence = presence_of(roadmap)
    homeless = [
        Homeless(story.id, story.lead.title, story.lead.text, verdict.section, verdict.relevance, at, fits[story.id])
        for story, verdict, at in judged
        if (verdict.section == OFF_ROADMAP or not verdict.chapter or fits[story.id] < MIN_FIT)
        and not presence.has(story)
    ]
    known = [chapter.title for chapter in roadmap.chapters]
    known += [one.title for one in earlier if one.kind == "chapter" and not _is_renewed(one, homeless)]
    return topics(homeless, now, known)


def _is_renewed(proposal: Proposal, homeless: Sequence[Homeless]) -> bool:
    """Tell whether a rejected chapter may come back: as many stories again came since."""
    fresh = [one for one in homeless if one.at > proposal.created_at]
    return proposal.state == "rejected" and len(fresh) >= 2 * len(proposal.stories)


async def _proposal(
    filings: WeeklyLedger,
    models: Models,
    roadmap: Roadmap,
    topic: Topic,
    lang: str,
    earlier: Sequence[Proposal],
    now: datetime,
) -> Proposal | None:
    """Return the proposal for a topic's chapter, None where no section is its own or nothing can begin it."""
    ids = [one.story for one in topic.stories]
    whole = await asyncio.to_thread(filings.filed, roadmap.name, lang, ids)
    best = sorted((one for one in whole if one.summary.tldr), key=lambda one: (-one.verdict.relevance, one.story.id))
    place = await asyncio.to_thread(_place, roadmap, topic)
    if place is None or len(best) < _FIRST:
        return None
    tasks = [introduction(one, roadmap, place.id) for one in best[:_FIRST]]
    lines, _ = await answer(models, tasks, lambda task: task.story.id, lambda model, rest: model.introduce(rest, lang))
    try:
        return await asyncio.to_thread(_drafted, roadmap, topic, place, best[:_FIRST], lines, earlier, now)
    except ReviewError:
        return None  # a document whose headings cannot be written again has its chapters made by hand


def _drafted(
    roadmap: Roadmap,
    topic: Topic,
    place: Chapter,
    first: Sequence[Filed],
    lines: Sequence[str],
    earlier: Sequence[Proposal],
    now: datetime,
) -> Proposal:
    newcomers = [
        Newcomer(one.story.lead.title, one.story.lead.url, one.story.lead.medium, line)
        for one, line in zip(first, lines, strict=True)
    ]
    goal = _GOALS.get(roadmap.lang, _GOALS["en"]).format(topic.name)
    changes = add_chapter(roadmap, place.id, topic.name, goal, place.title, newcomers)
    weeks = ", ".join(map(str, topic.by_week))
    draft = Draft(
        kind="chapter",
        chapter=place.id,
        subject=f"chapter {topic.name.casefold()}",
        title=topic.name,
        reason=f"{len(topic.stories)} good stories about it fit no chapter; by week, the oldest first: {weeks}.",
        confidence=round(min(0.9, 0.4 + 0.02 * len(topic.stories)), 2),
        stories=tuple(one.story for one in topic.stories),
        quotes=tuple(quote for one in first for quote in quotes_of(one)[:1]),
    )
    return drafted(draft, roadmap, changes, earlier, now)


def _place(roadmap: Roadmap, topic: Topic) -> Chapter | None:
    """Return the chapter to come behind: the likest one of the section that most of the stories were filed into."""
    sections = Counter(one.section for one in topic.stories if one.section != OFF_ROADMAP)
    if not sections:
        return None
    wanted = min(sections, key=lambda id: (-sections[id], id))
    chapters = next((section.chapters for section in roadmap.sections if section.id == wanted), ())
    likeness = Likeness()
    words = "\n".join([topic.name, *(one.title for one in topic.stories[:12])])
    return max(chapters, key=lambda one: likeness(words, f"{one.title}\n{one.prose[:1500]}"), default=None)
