"""Finds resources whose newer work is known: by its own authors' words, never by likeness. Few, and right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from digestbot.domain import Filed, Item, Proposal, Quote, Story
from digestbot.errors import ReviewError
from digestbot.keys import arxiv_version, canonical_url
from digestbot.offline.sentences import split
from digestbot.proposing.drafts import Draft, drafted
from digestbot.proposing.presence import keys_of, presence_of
from digestbot.roadmap import Chapter, Resource, Roadmap
from digestbot.roadmap.resources import readdress, replace_resource

MOST = 2
"""How many are proposed at a time: what a document teaches is seldom out of date because a newer thing is there."""
_KINDS = ("paper", "repository")
_NAME = re.compile(r"(?P<name>[A-Z0-9][\w.+-]*(?: [\w.+-]+)?)\s*(?:[:：]|$)")
_COINED = re.compile(r"[^\W\d_][\w-]*[A-Z0-9]|\d")
_VERSION = re.compile(r"(?P<base>.*?[^\W\d_+])[\s-]?[vV]?(?P<number>\d{1,2}(?:\.\d{1,2})?)")
_REPORT = re.compile(r"\s+technical report\s*$", re.IGNORECASE)
_SUCCEEDS = (
    r"(?:successors? (?:of|to)|supersed(?:es?|ing)|(?:newer?|second|third|next|improved|updated) version of"
    r"|(?:extends?|extending|improv\w+(?: up)?(?:on|over)|builds? (?:up)?on|follow[- ]?up (?:to|of|on)) our)"
)
_BEFORE = re.compile(
    r"\b(?:predecessors?|previous version|(?:earlier|prior|previous|original|first) (?:version|release|model|work))\b",
    re.IGNORECASE,
)
_MAX_CHARS = 6_000


@dataclass(frozen=True)
class Newer:
    """A resource, the story of the work that took its place, and the sentence of that work that says so."""

    chapter: Chapter
    resource: Resource
    story: Story
    said: str


def superseded(roadmap: Roadmap, stories: Sequence[Story], earlier: Sequence[Proposal]) -> Iterator[Newer]:
    """Yield the resources whose newer work is among the stories; none that the document or a proposal has already.

    Its abstract must name the resource's work and say that it succeeds it, or its title must be that name with a higher
    version and its abstract speak of the one before.
    """
    presence = presence_of(roadmap, [one.url for one in earlier])
    named = [(c, r, name) for c in roadmap.chapters for r in c.resources if r.kind in _KINDS and (name := _name(r))]
    # Of several generations that a document tells of, only the newest one can be out of date.
    named = [one for one in named if not any(_is_next(one[2], other) for _, _, other in named)]
    done: set[str] = set()
    for story in stories:
        # By address only: “X 2 Technical Report” is so like “X 1.5 Technical Report” that its title says it is there.
        if story.lead.medium != "paper" or any(presence.has_address(one.url) for one in story.members):
            continue
        for chapter, resource, name in named:
            said = "" if name in done else _said(name, story)
            if said:
                done.add(name)
                yield Newer(chapter, resource, story, said)
                break


def replacement(
    newer: Newer, filed: Filed, roadmap: Roadmap, merit: str, earlier: Sequence[Proposal], now: datetime
) -> Proposal:
    """Return the proposal to put the newer work in the resource's place; raises ReviewError where it has none."""
    old, lead = newer.resource, filed.story.lead
    changes = replace_resource(roadmap, newer.chapter.id, old.url, lead.title, lead.url, lead.medium, merit)
    draft = Draft(
        kind="replace",
        chapter=newer.chapter.id,
        subject=subject_of(newer),
        title=lead.title,
        reason=f"“{old.title[:80]}” has a successor, in the words of that work's authors. Whether the older one still "
        "teaches more is for you to say.",
        confidence=0.6,
        url=lead.url,
        old_url=old.url,
        medium=lead.medium,
        merit=merit,
        stories=(filed.story.id,),
        quotes=(Quote(newer.said, lead.url), *((Quote(old.words, old.url),) if old.words else ())),
    )
    return drafted(draft, roadmap, changes, earlier, now)


def subject_of(newer: Newer) -> str:
    """Return what the proposal is about: a resource is said to be superseded once, by whatever work."""
    return f"supersede {canonical_url(newer.resource.url)}"


def outdated_versions(
    roadmap: Roadmap, stories: Sequence[Story], earlier: Sequence[Proposal], now: datetime
) -> Iterator[Proposal]:
    """Yield proposals to link a paper instead of an old version of it, where a story knows of a later one."""
    told = {one.subject for one in earlier}
    latest = {
        key: item
        for story in stories
        for item in story.members
        if item.medium == "paper" and item.version > 1
        for key in keys_of(item.url)
    }
    for chapter in roadmap.chapters:
        for resource in chapter.resources:
            pinned = arxiv_version(resource.url)
            item = next((latest[key] for key in sorted(keys_of(resource.url)) if key in latest), None)
            subject, url = f"version {resource.url}", canonical_url(resource.url)
            if not pinned or item is None or pinned >= item.version or subject in told:
                continue
            told.add(subject)
            try:
                changes = readdress(roadmap, resource.url, url)
            except ReviewError:
                continue  # its link is written in a way of its own, and nobody is led astray by an older version
            reason = f"It is linked at version {pinned}, and version {item.version} is out."
            draft = _readdressed(resource, item, changes[0].chapter, subject, url, reason)
            yield drafted(draft, roadmap, changes, earlier, now)


def _readdressed(resource: Resource, item: Item, chapter: str, subject: str, url: str, reason: str) -> Draft:
    return Draft(
        kind="replace",
        chapter=chapter,
        subject=subject,
        title=resource.title,
        reason=reason,
        confidence=0.8,
        url=url,
        old_url=resource.url,
        medium=resource.kind,
        quotes=(Quote(item.comment, item.url),) if item.comment else (),
    )


def _name(resource: Resource) -> str:
    """Return the name that a work was given, as before the colon of its title; "" where it has none of its own."""
    match = _NAME.match(_REPORT.sub("", resource.title))
    name = match["name"] if match else ""
    is_titled = ":" in resource.title or "：" in resource.title
    return name if len(name) >= 4 and (_COINED.search(name) or is_titled) else ""


def _said(name: str, story: Story) -> str:
    """Return the sentence by which a story's work takes the place of the named one, "" where none does."""
    lead = story.lead
    own = _NAME.match(_REPORT.sub("", lead.title))
    is_next = own is not None and _is_next(name, own["name"])
    if not is_next and name.casefold() not in lead.text.casefold():
        return ""
    if own and own["name"].casefold() == name.casefold():
        return ""
    whole = rf"(?<![\w-]){re.escape(name)}(?![\w+]|[.-]\w| \d)"
    succeeds = re.compile(rf"\b{_SUCCEEDS}[^.;,]{{0,60}}?{whole}", re.IGNORECASE)
    for sentence in split(lead.text[:_MAX_CHARS]):
        if succeeds.search(sentence) or (is_next and (_BEFORE.search(sentence) or re.search(whole, sentence))):
            return sentence
    return ""


def _is_next(name: str, own: str) -> bool:
    """Tell whether a name is another one with a higher version: `X2`, `X-2`, `Xv2` after `X`, `X 3` after `X 2.5`."""
    fresh = _VERSION.fullmatch(own)
    if fresh is None or own[0].casefold() != name[0].casefold():
        return False
    former = _VERSION.fullmatch(name)
    base, number = (former["base"], float(former["number"])) if former else (name, 1.0)
    return fresh["base"].casefold() == base.casefold() and float(fresh["number"]) > number
