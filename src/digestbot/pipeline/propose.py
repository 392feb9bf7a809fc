"""Propose: stories → proposals for the roadmap. Quality above quantity; a story without one is still published."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from digestbot.domain import Filed, Proposal, ProposalId, ProposalState, Step, StoryId
from digestbot.errors import ReviewError
from digestbot.keys import canonical_url
from digestbot.ports import Progress
from digestbot.roadmap import Roadmap, diff, links, propose_resource

_WEEK = timedelta(days=7)
_PER_CHAPTER = 1
_PER_WEEK = 3
"""Caps on proposals of a week: a reviewer who is asked too often stops reading."""
_MIN_CONFIDENCE = 0.6
_MIN_RELEVANCE = 0.8


class ProposalLedger(Protocol):
    """What this step asks of the filings in the ledger."""

    def undone(self, step: Step, roadmap: str, lang: str) -> list[Filed]: ...
    def mark_done(self, step: Step, roadmap: str, results: Sequence[tuple[StoryId, str]], now: datetime) -> None: ...


class Proposals(Protocol):
    """What this step asks of the proposals in the ledger."""

    def record_proposals(self, found: Sequence[Proposal]) -> None: ...
    def proposals(self, *, state: ProposalState | None = None, since: datetime | None = None) -> list[Proposal]: ...


async def propose(
    filings: ProposalLedger, proposals: Proposals, roadmap: Roadmap, lang: str, now: datetime, progress: Progress
) -> list[Proposal]:
    """Propose the best of the stories not looked at before; return the new proposals."""
    return await asyncio.to_thread(_propose, filings, proposals, roadmap, lang, now, progress)


def _propose(
    filings: ProposalLedger, proposals: Proposals, roadmap: Roadmap, lang: str, now: datetime, progress: Progress
) -> list[Proposal]:
    stories = filings.undone("propose", roadmap.name, lang)
    progress("propose", 0, len(stories))
    earlier = proposals.proposals()
    chosen = choose(stories, links(roadmap), earlier, roadmap.name, now)
    refused: dict[StoryId, str] = {}
    found = []
    for filed in chosen:
        try:
            found.append(_proposal(filed, roadmap, now))
        except ReviewError as error:
            refused[filed.story.id] = f"not proposed: {error}"
    # The proposals first: after a run that was killed in between they are found under the same ids.
    proposals.record_proposals(found)
    proposed = {proposal.story: proposal.id for proposal in (*earlier, *found) if proposal.roadmap == roadmap.name}
    results = [
        (id, f"proposed as {proposed[id]}" if id in proposed else refused.get(id, "not proposed"))
        for id in (filed.story.id for filed in stories)
    ]
    filings.mark_done("propose", roadmap.name, results, now)
    progress("propose", len(stories), len(stories))
    return found


def choose(
    stories: Sequence[Filed], present: Collection[str], earlier: Sequence[Proposal], roadmap: str, now: datetime
) -> list[Filed]:
    """Return the stories to propose, best first: surely filed, relevant, new to the document, within the week's caps.

    `present` are the canonical addresses that the document links to already.
    """
    # What was proposed at this very instant is by a run that was killed: it is chosen again under the same ids.
    own = [proposal for proposal in earlier if proposal.roadmap == roadmap and proposal.created_at != now]
    taken = {*present, *(canonical_url(proposal.url) for proposal in own)}
    recent = [proposal for proposal in own if proposal.created_at > now - _WEEK]
    used, by_chapter = len(recent), Counter(proposal.chapter for proposal in recent)
    chosen = []
    for filed in sorted(stories, key=lambda f: (-_worth(f), f.story.id)):
        address, chapter = canonical_url(filed.story.lead.url), filed.verdict.chapter
        if used >= _PER_WEEK:
            break
        if not is_sure(filed) or not address or address in taken or by_chapter[chapter] >= _PER_CHAPTER:
            continue
        chosen.append(filed)
        taken.add(address)
        by_chapter[chapter] += 1
        used += 1
    return chosen


def is_sure(filed: Filed) -> bool:
    """Tell whether a story's filing and worth are clear enough to bother a reviewer."""
    verdict = filed.verdict
    return bool(
        verdict.chapter
        and not verdict.needs_review
        and verdict.confidence >= _MIN_CONFIDENCE
        and verdict.relevance >= _MIN_RELEVANCE
        and filed.summary.tldr
    )


def _worth(filed: Filed) -> float:
    return filed.verdict.confidence * filed.verdict.relevance


def _proposal(filed: Filed, roadmap: Roadmap, now: datetime) -> Proposal:
    lead, verdict = filed.story.lead, filed.verdict
    change = propose_resource(roadmap, verdict.chapter, lead.title, lead.url, lead.medium, filed.summary.tldr)
    id = hashlib.sha256(f"{roadmap.name}|{verdict.chapter}|{canonical_url(lead.url)}".encode()).hexdigest()[:8]
    return Proposal(
        id=ProposalId(f"p{id}"),
        story=filed.story.id,
        roadmap=roadmap.name,
        section=verdict.section,
        chapter=verdict.chapter,
        title=lead.title,
        url=lead.url,
        medium=lead.medium,
        merit=filed.summary.tldr,
        base=roadmap.version,
        diff=diff(roadmap, [change], f"{roadmap.name}.md"),
        reason=f"{verdict.reason} Filed with confidence {verdict.confidence:.2f}, relevance {verdict.relevance:.2f}.",
        evidence=filed.summary.evidence,
        confidence=verdict.confidence,
        created_at=now,
    )
