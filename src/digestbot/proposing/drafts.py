"""Puts proposals together: the change as a diff, what it rests on, and an id that a rerun finds again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digestbot.domain import Filed, Proposal, ProposalId, ProposalKind, Quote, StoryId
from digestbot.keys import canonical_url
from digestbot.ports import Introduction
from digestbot.proposing.signs import signs_of
from digestbot.roadmap import Change, Roadmap, chapter_version, diff, merits, propose_resource


@dataclass(frozen=True)
class Draft:
    """What a proposal is about, before it has a diff. `chapter` is the one that its change is anchored to."""

    kind: ProposalKind
    chapter: str
    subject: str
    title: str
    reason: str
    confidence: float
    url: str = ""
    old_url: str = ""
    medium: str = ""
    merit: str = ""
    stories: tuple[StoryId, ...] = ()
    quotes: tuple[Quote, ...] = ()
    signs: tuple[str, ...] = ()


def drafted(
    draft: Draft, roadmap: Roadmap, changes: Sequence[Change], earlier: Sequence[Proposal], now: datetime
) -> Proposal:
    """Return the proposal of a draft; `earlier` tells how often its subject was proposed before."""
    times = sum(one.subject == draft.subject and one.roadmap == roadmap.name for one in earlier)
    key = f"{roadmap.name}|{draft.subject}|{times}"
    section = next((s.id for s in roadmap.sections if any(c.id == draft.chapter for c in s.chapters)), "")
    return Proposal(
        id=ProposalId("p" + hashlib.sha256(key.encode()).hexdigest()[:8]),
        story=draft.stories[0] if draft.stories else StoryId(""),
        roadmap=roadmap.name,
        section=section,
        chapter=draft.chapter,
        title=draft.title,
        url=draft.url,
        medium=draft.medium,
        merit=draft.merit,
        base=roadmap.version,
        diff=diff(roadmap, changes, f"{roadmap.name}.md"),
        reason=draft.reason,
        evidence=tuple(quote.text for quote in draft.quotes),
        confidence=draft.confidence,
        created_at=now,
        kind=draft.kind,
        stories=draft.stories,
        subject=draft.subject,
        old_url=draft.old_url,
        anchor=chapter_version(roadmap, draft.chapter),
        quotes=draft.quotes,
        signs=draft.signs,
    )


def addition(filed: Filed, roadmap: Roadmap, merit: str, earlier: Sequence[Proposal], now: datetime) -> Proposal:
    """Return the proposal to add a story's work to its chapter; raises ReviewError where no place takes it."""
    lead, verdict = filed.story.lead, filed.verdict
    change = propose_resource(roadmap, verdict.chapter, lead.title, lead.url, lead.medium, merit)
    signs = signs_of(filed)
    reason = f"{verdict.reason} Filed with confidence {verdict.confidence:.2f}, relevance {verdict.relevance:.2f}."
    draft = Draft(
        kind="add",
        chapter=verdict.chapter,
        subject=f"resource {canonical_url(lead.url)}",
        title=lead.title,
        reason=f"{reason} Speaks for it: {'; '.join(signs)}." if signs else reason,
        confidence=verdict.confidence,
        url=lead.url,
        medium=lead.medium,
        merit=merit,
        stories=(filed.story.id,),
        quotes=quotes_of(filed),
        signs=signs,
    )
    return drafted(draft, roadmap, [change], earlier, now)


def introduction(filed: Filed, roadmap: Roadmap, chapter_id: str) -> Introduction:
    """Return what is asked of a model to introduce a story in a chapter."""
    chapter = roadmap.chapter(chapter_id)
    like = tuple(merits(roadmap, chapter)) if chapter else ()
    return Introduction(filed.story, filed.article, filed.summary, chapter.title if chapter else "", like)


def quotes_of(filed: Filed) -> tuple[Quote, ...]:
    """Return the words of a story's source that its summary rests on."""
    source = filed.article.url or filed.story.lead.url
    return tuple(Quote(sentence, source) for sentence in filed.summary.evidence)
