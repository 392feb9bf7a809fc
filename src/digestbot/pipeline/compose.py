"""Stories → a digest: what stands in it, in which order and how long; pure.

Sections stand in the roadmap's order. In each, news of stories told before comes first, then the most relevant, weighed
by what the subscription's readers liked. Of a digest's places each section gets one, the best section first where there
are too few; the rest go to sections by the square root of what they have, so that a hundred stories weigh ten times as
much as one and drown none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digestbot.domain import (
    HEADLINE,
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
    Reason,
    Shape,
    StoryId,
    Subscription,
    Summary,
    Trends,
    Update,
    Verdict,
)
from digestbot.languages import canonical
from digestbot.pipeline.select import Chosen
from digestbot.reading_order import known_first
from digestbot.render import wording
from digestbot.render.words import Words, counted, digest_lang, words_of
from digestbot.updates import is_withdrawn, withdrawal


@dataclass(frozen=True)
class Place:
    """What entries say of the roadmap: its chapters' titles, what to know before each, and the digest's words."""

    chapters: Mapping[str, str]
    before: Mapping[str, tuple[str, ...]]
    words: Words


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
        foot=replace(
            foot,
            models=tuple(sorted(models - {HEADLINE})),
            dropped=sum(filed.summary.dropped for filed in everything),
            headlines=sum(filed.summary.model == HEADLINE for filed in everything),
        ),
        lang=lang,
        zone=subscription.cadence.zone,
        left_out=left_out,
        note=note,
        trends=None if note else trends,
    )


def in_language(chosen: Chosen, summaries: Mapping[StoryId, Summary], lang: str) -> Chosen:
    """Return what was chosen with its summaries in a language; one that there is not stays, and says what it is in."""

    def told(filed: Filed) -> Filed:
        own = summaries.get(filed.story.id)
        written = canonical(filed.summary.written or filed.summary.lang)
        kept = replace(filed.summary, lang=lang, written="" if written == lang else written)
        return replace(filed, summary=own or kept)

    updates = tuple(replace(update, filed=told(update.filed)) for update in chosen.updates)
    return replace(chosen, stories=tuple(map(told, chosen.stories)), updates=updates)


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
    standing = [one for one in sorted(chosen.stories, key=_best_first(chosen)) if not is_withdrawn(one.story.lead)]
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
    best = [max(_worth(chosen, filed) for filed in stories) for stories in found.values()]
    places = share([len(stories) for stories in found.values()], shape.max_items, best)
    place, sections, left_out = Place(_chapters(outline), known_first(outline), words), [], 0
    for (id, stories), room in zip(found.items(), places, strict=True):
        told = [_told(f, place, news.get(f.story.id), chosen.reasons.get(f.story.id, ())) for f in stories]
        if shape.rest == "count":
            left_out += len(told) - room
            told = told[:room]
        full = [] if shape.length == "headlines" else told[:room]
        bare = {f.story.id for f in stories if f.summary.model == HEADLINE and f.story.id not in news}
        entries = [one if shape.length == "full" else replace(one, points=()) for one in full if one.story not in bare]
        brief = [one for one in full if one.story in bare] + told[len(full) :]
        if told:
            sections.append(DigestSection(id, titles[id], tuple(entries), tuple(brief)))
    return tuple(sections), left_out


def _by_section(chosen: Chosen, outline: Outline) -> tuple[dict[str, str], dict[str, list[Filed]]]:
    """Return titles by section, and what each section has in the order of its telling."""
    news = {update.filed.story.id for update in chosen.updates}
    everything = [*(update.filed for update in chosen.updates), *chosen.stories]
    titles = {section.id: section.title for section in outline.sections}
    # A section can be gone from the roadmap since its stories were filed: they come last, under its id.
    titles |= {id: id for id in sorted({f.verdict.section for f in everything} - titles.keys())}
    found: dict[str, list[Filed]] = {id: [] for id in titles}
    rank = _best_first(chosen)
    for filed in sorted(everything, key=lambda f: (f.story.id not in news, rank(f))):
        found[filed.verdict.section].append(filed)
    return titles, {id: stories for id, stories in found.items() if stories}


def _chapters(outline: Outline) -> dict[str, str]:
    return {chapter.id: chapter.title for section in outline.sections for chapter in section.chapters}


def _best_first(chosen: Chosen) -> Callable[[Filed], tuple[float, str]]:
    return lambda filed: (-_worth(chosen, filed), filed.story.id)


def _worth(chosen: Chosen, filed: Filed) -> float:
    return filed.verdict.relevance * chosen.favours.get(filed.story.id, 1.0)


def _told(filed: Filed, place: Place, update: Update | None, reasons: Sequence[Reason]) -> Entry:
    """Return a story's entry: new, told again for what is new about it, or taken back."""
    entry = replace(_entry(filed, place), because=wording.because(reasons, place.words, place.chapters))
    lead = filed.story.lead
    taken_back = next((news.change for news in update.news if news.kind == "withdrawn"), "") if update else ""
    if is_withdrawn(lead) and not taken_back and update is None:
        taken_back = withdrawal(lead)
    if taken_back:
        # What is withdrawn is not recommended: neither summary nor reasons stand beside it.
        bare = {"tldr": "", "points": (), "why": "", "because": "", "basis": "", "before": (), "written": ""}
        entry = replace(entry, label="Withdrawn", change=taken_back, **bare)  # type: ignore[arg-type]  # by name
    elif update:
        change = " ".join(news.change for news in update.news)
        entry = replace(entry, label="Update", change=change, points=(), before=())
    return replace(entry, first_told_at=update.first_told_at) if update else entry


def _entry(filed: Filed, place: Place) -> Entry:
    lead, summary, verdict = filed.story.lead, filed.summary, filed.verdict
    return Entry(
        story=filed.story.id,
        title=lead.title,
        url=lead.url,
        medium=lead.medium,
        tldr=summary.tldr,
        points=tuple(labelled(point, summary.written or summary.lang) for point in summary.points),
        why=_why(verdict, summary, place),
        relevance=verdict.relevance,
        basis=summary.basis,
        others=tuple(
            (item.medium, item.title, item.url)
            for item in filed.story.members
            if item.id != lead.id and item.url != lead.url
        ),
        authors=lead.authors,
        published_at=lead.published_at,
        before=place.before.get(verdict.chapter, ()),
        written=summary.written,
        level=verdict.level,
    )


def _why(verdict: Verdict, summary: Summary, place: Place) -> str:
    """Return what a story gives to its chapter, by its summary where that was written for it, else by its verdict."""
    here = summary.place == f"{verdict.roadmap}/{verdict.chapter}"
    worth = summary.why if summary.why and here else wording.filed_for(verdict.reason, place.words)
    chapter = place.chapters.get(verdict.chapter, "")
    unconfirmed = place.words.unconfirmed if verdict.needs_review else ""
    return f"{chapter}: {worth}{unconfirmed}" if chapter else f"{worth}{unconfirmed}"


def labelled(point: Point, lang: str) -> str:
    """Return a point with the name of its part before it, in its own language, and a video's moment behind it."""
    label = words_of(digest_lang("", lang)).parts.get(point.kind, "")
    return f"{label}{point.text} [{point.at}]" if point.at else f"{label}{point.text}"
