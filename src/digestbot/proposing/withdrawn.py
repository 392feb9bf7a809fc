"""Proposes to take out what a document still has and its authors took back, and asks no more to take such a work in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from digestbot.domain import TAKEN_BACK, Act, Proposal, Quote, Story
from digestbot.errors import ReviewError
from digestbot.keys import canonical_url
from digestbot.proposing.drafts import Draft, drafted
from digestbot.proposing.presence import keys_of
from digestbot.roadmap import Chapter, Resource, Roadmap
from digestbot.roadmap.resources import retire_resource


def retirements(
    roadmap: Roadmap, withdrawn: Sequence[tuple[Story, str]], earlier: Sequence[Proposal], now: datetime
) -> Iterator[Proposal]:
    """Yield a proposal for each resource of a withdrawn story; `withdrawn` holds with each story what was said.

    What was proposed once, whatever became of it, is not proposed again.
    """
    told = {one.subject for one in earlier}
    for story, said in withdrawn:
        for chapter, resource in _resources_of(roadmap, story):
            subject = f"retire {canonical_url(resource.url)}"
            if subject in told:
                continue
            told.add(subject)
            try:
                changes = retire_resource(roadmap, chapter.id, resource.url)
            except ReviewError:
                continue  # its link is written in a way of its own; the health check tells of it
            draft = Draft(
                kind="retire",
                chapter=chapter.id,
                subject=subject,
                title=resource.title,
                reason=said,
                confidence=0.95,
                old_url=resource.url,
                medium=resource.kind,
                stories=(story.id,),
                quotes=tuple(Quote(one.comment, one.url) for one in story.members if one.comment)[:1],
            )
            yield drafted(draft, roadmap, changes, earlier, now)


def taken_back(
    waiting: Sequence[Proposal], withdrawn: Sequence[tuple[Story, str]], by: str, now: datetime
) -> Iterator[tuple[Proposal, Act]]:
    """Yield each open proposal that would bring a withdrawn work in as it is then, stale, with the act that made it so.

    A proposed chapter stays: the reviewer sees which of its resources it is.
    """
    said = {story.id: words for story, words in withdrawn}
    gone = {key: words for story, words in withdrawn for key in _keys_of(story)}
    for proposal in waiting:
        if proposal.state != "open" or proposal.kind not in ("add", "replace") or not proposal.url:
            continue
        words = said.get(proposal.story) or next(
            (gone[key] for key in sorted(keys_of(proposal.url)) if key in gone), ""
        )
        if words:
            after = replace(proposal, state="stale", note=words, steps=proposal.steps + 1)
            told = Act(after.id, after.steps, now, by, "stale", "stale", after.revision, "", words, TAKEN_BACK)
            yield after, told


def _resources_of(roadmap: Roadmap, story: Story) -> Iterator[tuple[Chapter, Resource]]:
    keys = _keys_of(story)
    for chapter in roadmap.chapters:
        for resource in chapter.resources:
            if keys & keys_of(resource.url):
                yield chapter, resource


def _keys_of(story: Story) -> frozenset[str]:
    return frozenset(key for one in story.members if one.medium == "paper" for key in keys_of(one.url))
