"""Stories → a digest: what stands in it, in which order and how long; pure.

Sections stand in the roadmap's order. In each, news of stories told before comes first, then the most relevant. Of a
digest's places each section gets one, the best section first where there are too few; the rest go to sections by the
square root of what they have, so that a hundred stories weigh ten times as much as one and drown none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from digestbot.domain import (
    Digest,
    DigestId,
    DigestSection,
    Entry,
    Filed,
    Foot,
    Outline,
    Proposal,
    ProposalId,
    Reason,
    Shape,
    Subscription,
    Trends,
    Update,
)
from digestbot.pipeline.select import Chosen
from digestbot.render import wording
from digestbot.render.words import Words, counted, digest_lang, words_of
from digestbot.subscriptions.matching import level_of
from digestbot.updates import is_withdrawn, withdrawal


def compose(
    chosen: Chosen,
    subscription: Subscription,
    outline: Outline,
    proposals: Sequence[Proposal],
    foot: Foot,
    now: datetime,
    trends: Trends | None = None,
) -> Digest:
    """Return the digest of what was chosen for a subscription; with nothing chosen, what its empty policy says."""
    shape, lang = subscription.shape, digest_lang(subscription.shape.lang, outline.lang)
    words, chapters = words_of(lang), _chapters(outline)
    everything = [*(update.filed for update in chosen.updates), *chosen.stories]
    sections, left_out = _sections(chosen, shape, outline, words)
    models = {filed.verdict.model for filed in everything} | {filed.summary.model for filed in everything}
    note = not everything and shape.empty == "note"
    listed = () if note else tuple((p.id, f"{p.title} → {chapters.get(p.chapter, p.chapter)}") for p in proposals)
    return Digest(
        id=digest_id(chosen, subscription, now),
        subscription=subscription.id,
        roadmap_title=outline.title,
        created_at=now,
        lead=lead_of(chosen, _by_section(chosen, outline), words) if everything else words.note,
        sections=sections,
        proposals=tuple((ProposalId(id), text) for id, text in listed),
        foot=replace(foot, models=tuple(sorted(models))),
        lang=lang,
        zone=subscription.cadence.zone,
        left_out=left_out,
        note=note,
        trends=None if note else trends,
    )


def digest_id(chosen: Chosen, subscription: Subscription, now: datetime) -> DigestId:
    """Return an id made of what the digest is: the same for the same stories, news, subscription and instant."""
    again = [f"{update.filed.story.id}: {len(update.news)}" for update in chosen.updates]
    stories = sorted(filed.story.id for filed in chosen.stories)
    mark = "|".join([subscription.id, now.isoformat(), *stories, *sorted(again)])
    return DigestId(f"{now:%Y%m%d}-{subscription.id}-{hashlib.sha256(mark.encode()).hexdigest()[:6]}")


def share(sizes: Sequence[int], room: int, best: Sequence[float] = ()) -> list[int]:
    """Divide `room` places among groups of these sizes; `best` is the relevance of each group's best, 0 if left out."""
    rank = best or [0.0] * len(sizes)
    first = sorted((i for i, size in enumerate(sizes) if size), key=lambda i: (-rank[i], i))[: max(room, 0)]
    shares = [int(i in first) for i in range(len(sizes))]
    while sum(shares) < min(room, sum(sizes)):
        open_ = (i for i, size in enumerate(sizes) if shares[i] < size)
        shares[max(open_, key=lambda i: (sizes[i] ** 0.5 / (shares[i] + 1), -i))] += 1
    return shares


def lead_of(chosen: Chosen, by_section: tuple[dict[str, str], dict[str, list[Filed]]], words: Words) -> str:
    """Return what came and what stands out, made of counts and the best stories' own titles and summaries."""
    titles, found = by_section
    again = counted(len(chosen.updates), words.updates)
    if not chosen.stories:
        return words.nothing_but.format(updates=again)
    count = counted(len(chosen.stories), words.new)
    count = words.with_updates.format(new=count, updates=again) if chosen.updates else count
    busiest = max(found, key=lambda id: len(found[id]))
    where = words.in_section if len(found) == 1 else words.in_sections
    said = [where.format(new=count, n=len(found), section=titles[busiest])]
    standing = [filed for filed in sorted(chosen.stories, key=_best_first) if not is_withdrawn(filed.story.lead)]
    if standing:
        best = standing[0]
        said.append(words.only_one.format(title=best.story.lead.title, tldr=best.summary.tldr).strip())
    if then := _then(standing, titles, words):
        said.append(words.then.format(what=then))
    # Chinese sentences follow one another without a space, but for those that quote English.
    return "".join(one if one.endswith("。") else f"{one} " for one in said).strip()


def _then(standing: Sequence[Filed], titles: Mapping[str, str], words: Words) -> str:
    """Return the best story of each of the next two sections, as a part of a sentence."""
    seen: set[str] = set()
    told = []
    for filed in standing:
        section = filed.verdict.section
        if section not in seen:
            told.append(words.then_one.format(title=filed.story.lead.title, section=titles[section]))
        seen.add(section)
    return words.list_comma.join(told[1:3])


def _sections(chosen: Chosen, shape: Shape, outline: Outline, words: Words) -> tuple[tuple[DigestSection, ...], int]:
    """Return the sections that have something, and how many stories are told in none of them."""
    news = {update.filed.story.id: update for update in chosen.updates}
    titles, found = _by_section(chosen, outline)
    best = [max(filed.verdict.relevance for filed in stories) for stories in found.values()]
    places = share([len(stories) for stories in found.values()], shape.max_items, best)
    chapters, sections, left_out = _chapters(outline), [], 0
    for (id, stories), room in zip(found.items(), places, strict=True):
        told = [_told(f, chapters, news.get(f.story.id), chosen.reasons.get(f.story.id, ()), words) for f in stories]
        if shape.rest == "count":
            left_out += len(told) - room
            told = told[:room]
        full = 0 if shape.length == "headlines" else room
        entries = told[:full] if shape.length == "full" else [replace(one, points=()) for one in told[:full]]
        if told:
            sections.append(DigestSection(id, titles[id], tuple(entries), tuple(told[full:])))
    return tuple(sections), left_out


def _by_section(chosen: Chosen, outline: Outline) -> tuple[dict[str, str], dict[str, list[Filed]]]:
    """Return titles by section, and what each section has in the order of its telling."""
    news = {update.filed.story.id for update in chosen.updates}
    everything = [*(update.filed for update in chosen.updates), *chosen.stories]
    titles = {section.id: section.title for section in outline.sections}
    # A section can be gone from the roadmap since its stories were filed: they come last, under its id.
    titles |= {id: id for id in sorted({f.verdict.section for f in everything} - titles.keys())}
    found: dict[str, list[Filed]] = {id: [] for id in titles}
    for filed in sorted(everything, key=lambda f: (f.story.id not in news, _best_first(f))):
        found[filed.verdict.section].append(filed)
    return titles, {id: stories for id, stories in found.items() if stories}


def _chapters(outline: Outline) -> dict[str, str]:
    return {chapter.id: chapter.title for section in outline.sections for chapter in section.chapters}


def _best_first(filed: Filed) -> tuple[float, str]:
    return (-filed.verdict.relevance, filed.story.id)


def _told(
    filed: Filed, chapters: dict[str, str], update: Update | None, reasons: Sequence[Reason], words: Words
) -> Entry:
    """Return a story's entry: new, told again for what is new about it, or taken back."""
    entry = replace(_entry(filed, chapters), because=wording.because(reasons, words, chapters))
    lead = filed.story.lead
    taken_back = next((news.change for news in update.news if news.kind == "withdrawn"), "") if update else ""
    if is_withdrawn(lead) and not taken_back and update is None:
        taken_back = withdrawal(lead)
    if taken_back:
        # What is withdrawn is not recommended: neither summary nor reasons stand beside it.
        bare = {"tldr": "", "points": (), "why": "", "because": "", "basis": ""}
        entry = replace(entry, label="Withdrawn", change=taken_back, **bare)  # type: ignore[arg-type]  # by name
    elif update:
        change = " ".join(news.change for news in update.news)
        entry = replace(entry, label="Update", change=change, points=())
    return replace(entry, first_told_at=update.first_told_at) if update else entry


def _entry(filed: Filed, chapters: Mapping[str, str]) -> Entry:
    lead, summary, level = filed.story.lead, filed.summary, level_of(filed.verdict)
    chapter = chapters.get(filed.verdict.chapter, "")
    return Entry(
        story=filed.story.id,
        title=lead.title,
        url=lead.url,
        medium=lead.medium,
        tldr=summary.tldr,
        points=summary.points,
        why=f"{chapter}: {filed.verdict.reason}" if chapter else filed.verdict.reason,
        relevance=filed.verdict.relevance,
        basis=summary.basis,
        others=tuple(
            (item.medium, item.title, item.url)
            for item in filed.story.members
            if item.id != lead.id and item.url != lead.url
        ),
        authors=lead.authors,
        published_at=lead.published_at,
        level=level,  # type: ignore[arg-type]  # a level's name or empty
    )
