"""Publish: stories not yet in a subscription's digests → a digest. Pure but for its two calls of the ledger."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from digestbot.domain import (
    Channel,
    Digest,
    DigestId,
    DigestSection,
    Entry,
    Filed,
    Foot,
    Outline,
    Point,
    Proposal,
    ProposalId,
    ProposalState,
    StoryId,
    Subscription,
    Update,
    Verdict,
)
from digestbot.languages import canonical
from digestbot.reading_order import known_first
from digestbot.updates import is_withdrawn, withdrawal

_LABELS = {
    "en": {"new": "New: ", "how": "How: ", "result": "Result: ", "limits": "Limits: "},
    "zh": {"new": "新意：", "how": "方法：", "result": "结果：", "limits": "局限："},
    "zh-Hant": {"new": "新意：", "how": "方法：", "result": "結果：", "limits": "侷限："},
}


class Unpublished(Protocol):
    """What this step asks of the filings in the ledger."""

    def unpublished(self, subscription: str, roadmap: str, lang: str) -> list[Filed]: ...
    def updated(self, subscription: str, roadmap: str, lang: str) -> list[Update]: ...
    def foot(self, subscription: str, now: datetime) -> Foot: ...


class Digests(Protocol):
    """What this step asks of the publications in the ledger."""

    def record_digest(self, digest: Digest, stories: Collection[StoryId], channels: Mapping[str, Channel]) -> None: ...
    def proposals(self, *, state: ProposalState | None = None, since: datetime | None = None) -> list[Proposal]: ...


async def publish(
    filings: Unpublished,
    publications: Digests,
    subscriptions: Sequence[Subscription],
    outline: Outline,
    lang: str,
    now: datetime,
    degraded: str,
) -> list[Digest]:
    """Compose and record a digest for each subscription that has something new, with its rows of the outbox."""
    digests = []
    for subscription in subscriptions:
        stories = await asyncio.to_thread(filings.unpublished, subscription.id, outline.name, lang)
        news = await asyncio.to_thread(filings.updated, subscription.id, outline.name, lang)
        wanted = [filed for filed in stories if matches(filed, subscription)]
        updates = [update for update in news if matches(update.filed, subscription)]
        if not wanted and not updates:
            continue
        proposals = [
            proposal
            for proposal in await asyncio.to_thread(publications.proposals, state="open")
            if proposal.roadmap == outline.name
        ]
        foot = await asyncio.to_thread(filings.foot, subscription.id, now)
        digest = compose(wanted, subscription, outline, proposals, replace(foot, degraded=degraded), now, updates)
        channels = {delivery_key(digest.id, channel): channel for channel in subscription.channels}
        held = {filed.story.id for filed in wanted} | {update.filed.story.id for update in updates}
        await asyncio.to_thread(publications.record_digest, digest, held, channels)
        digests.append(digest)
    return digests


def matches(filed: Filed, subscription: Subscription) -> bool:
    """Tell whether a subscription asked for a story."""
    in_section = not subscription.sections or filed.verdict.section in subscription.sections
    return in_section and filed.verdict.relevance >= subscription.min_relevance


def delivery_key(digest: DigestId, channel: Channel) -> str:
    """Return the key under which a channel can be asked whether it has a digest: the same at every try."""
    place = hashlib.sha256(f"{channel.kind}|{channel.address}".encode()).hexdigest()[:8]
    return f"{digest}-{channel.kind}-{place}"


def compose(
    stories: Sequence[Filed],
    subscription: Subscription,
    outline: Outline,
    proposals: Sequence[Proposal],
    foot: Foot,
    now: datetime,
    updates: Sequence[Update] = (),
) -> Digest:
    """Return the digest: sections in the roadmap's order, news of known stories before new ones, the best first.

    Each section gets its share of the length by how much it has, one story at least, so that a busy one drowns none.
    """
    news = {update.filed.story.id: update for update in updates}
    everything = [*(update.filed for update in updates), *stories]
    titles = {section.id: section.title for section in outline.sections}
    # A section can be gone from the roadmap since its stories were filed: they come last, under its id.
    titles |= {id: id for id in sorted({f.verdict.section for f in everything} - titles.keys())}
    by_section = {
        id: sorted(
            (f for f in everything if f.verdict.section == id), key=lambda f: (f.story.id not in news, _best_first(f))
        )
        for id in titles
    }
    by_section = {id: found for id, found in by_section.items() if found}
    shares = share([len(found) for found in by_section.values()], subscription.max_items)
    chapters = {chapter.id: chapter.title for section in outline.sections for chapter in section.chapters}
    before = known_first(outline)
    sections = tuple(
        DigestSection(
            id,
            titles[id],
            tuple(_told(filed, chapters, before, news.get(filed.story.id)) for filed in found[:room]),
            tuple(_told(filed, chapters, before, news.get(filed.story.id)) for filed in found[room:]),
        )
        for (id, found), room in zip(by_section.items(), shares, strict=True)
    )
    models = {f.verdict.model for f in everything} | {f.summary.model for f in everything}
    again = [f"{id}: {len(update.news)}" for id, update in sorted(news.items())]
    mark = "|".join([subscription.id, now.isoformat(), *sorted(f.story.id for f in stories), *again])
    return Digest(
        id=DigestId(f"{now:%Y%m%d}-{subscription.id}-{hashlib.sha256(mark.encode()).hexdigest()[:6]}"),
        subscription=subscription.id,
        roadmap_title=outline.title,
        created_at=now,
        lead=lead_of(stories, sections, len(updates)),
        sections=sections,
        proposals=tuple((ProposalId(p.id), f"{p.title} → {chapters.get(p.chapter, p.chapter)}") for p in proposals),
        foot=replace(foot, models=tuple(sorted(models)), dropped=sum(f.summary.dropped for f in everything)),
    )


def share(sizes: Sequence[int], room: int) -> list[int]:
    """Divide `room` places among groups: one each while there are any, the rest in proportion to what is left over."""
    shares = [min(1, size) for size in sizes]
    while sum(shares) < min(room, sum(sizes)):
        most = max(range(len(sizes)), key=lambda i: ((sizes[i] - shares[i]) / (shares[i] + 1), -i))
        shares[most] += 1
    return shares


def lead_of(stories: Sequence[Filed], sections: Sequence[DigestSection], updates: int = 0) -> str:
    """Return a sentence or two on what came and what stands out, made from counts and the best story's own words."""
    again = "1 update on an earlier story" if updates == 1 else f"{updates} updates on earlier stories"
    if not stories:
        return f"Nothing new but {again}."
    busiest = max(sections, key=lambda section: len(section.entries) + len(section.brief))
    best = min(stories, key=_best_first)
    count = f"{len(stories)} new {'story' if len(stories) == 1 else 'stories'}"
    count = f"{count} and {again}" if updates else count
    where = (
        f"{count} in {len(sections)} sections, most of them in {busiest.title}."
        if len(sections) > 1
        else f"{count} in {busiest.title}."
    )
    return f"{where} If you read only one: “{best.story.lead.title}”. {best.summary.tldr}".strip()


def _best_first(filed: Filed) -> tuple[float, str]:
    return (-filed.verdict.relevance, filed.story.id)


def _told(
    filed: Filed, chapters: Mapping[str, str], before: Mapping[str, tuple[str, ...]], update: Update | None
) -> Entry:
    """Return a story's entry: new, told again for what is new about it, or taken back."""
    entry = _entry(filed, chapters, before)
    lead = filed.story.lead
    taken_back = next((news.change for news in update.news if news.kind == "withdrawn"), "") if update else ""
    if is_withdrawn(lead) and not taken_back and update is None:
        taken_back = withdrawal(lead)
    if taken_back:
        # What is withdrawn is not recommended: neither summary nor reasons stand beside it.
        entry = replace(
            entry, label="Withdrawn", change=taken_back, tldr="", points=(), why="", basis="", before=(), written=""
        )
    elif update:
        change = " ".join(news.change for news in update.news)
        entry = replace(entry, label="Update", change=change, points=(), before=())
    return replace(entry, first_told_at=update.first_told_at) if update else entry


def _entry(filed: Filed, chapters: Mapping[str, str], before: Mapping[str, tuple[str, ...]]) -> Entry:
    lead, summary, verdict = filed.story.lead, filed.summary, filed.verdict
    here = summary.place == f"{verdict.roadmap}/{verdict.chapter}"
    worth = summary.why if summary.why and here else verdict.reason
    chapter = chapters.get(verdict.chapter, "")
    return Entry(
        story=filed.story.id,
        title=lead.title,
        url=lead.url,
        medium=lead.medium,
        tldr=summary.tldr,
        points=tuple(_labelled(point, summary.written or summary.lang) for point in summary.points),
        why=f"{chapter}: {worth}{_unconfirmed(verdict)}" if chapter else f"{worth}{_unconfirmed(verdict)}",
        relevance=verdict.relevance,
        basis=summary.basis,
        others=tuple(
            (item.medium, item.title, item.url)
            for item in filed.story.members
            if item.id != lead.id and item.url != lead.url
        ),
        authors=lead.authors,
        published_at=lead.published_at,
        before=before.get(verdict.chapter, ()),
        written=summary.written,
    )


def _unconfirmed(verdict: Verdict) -> str:
    return " Its place awaits a reviewer." if verdict.needs_review else ""


def _labelled(point: Point, lang: str) -> str:
    """Return a point with the name of its part before it, and the moment of a video behind it."""
    label = _LABELS.get(canonical(lang), _LABELS["en"]).get(point.kind, "")
    return f"{label}{point.text} [{point.at}]" if point.at else f"{label}{point.text}"
