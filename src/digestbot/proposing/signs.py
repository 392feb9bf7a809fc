"""What speaks for a work beside its own text: a place that took it, people who wrote or talked about it."""

from __future__ import annotations

import re

from digestbot.domain import Filed, Item
from digestbot.updates import is_withdrawn, venues_in

_PLAIN_RELEVANCE, _PLAIN_CONFIDENCE, _PLAIN_FIT = 0.985, 0.9, 0.4
"""From here a new paper is plainly important: nine of a month of 5,897. With 0.97, 0.8 and no fit asked, half of the
proposals that this let through were too narrow for a roadmap."""
_WORKSHOP = re.compile(r"workshop|(?<=[A-Z])W\b|Workshop")


def signs_of(filed: Filed) -> tuple[str, ...]:
    """Return what speaks for a story, sorted, each in a few words that stay the same from run to run.

    A paper's own repository is none: its authors say nothing about it that the paper does not. What a feed chose that
    a person put into the list of feeds is one, as is what a person handed in; only arXiv announces everything.
    """
    lead, found = filed.story.lead, set[str]()
    for member in filed.story.members:
        found |= {f"accepted: {name}" for name in venues_in(member).values() if not _WORKSHOP.search(name)}
        if _is_another_s(member, lead):
            found.add(f"{member.medium}: {member.url}")
    if lead.feed == "suggested":
        found.add("suggested by a person")
    elif lead.medium != "paper":
        found.add(f"chosen feed: {lead.feed}")
    return tuple(sorted(found))


def why_it_waits(filed: Filed, signs: tuple[str, ...], fit: float = 1.0) -> str:
    """Return why a work should not be proposed yet, "" where it may be: new work needs a second sign of its worth."""
    if signs or is_plainly_important(filed, fit):
        return ""
    return "waits for a second sign: nobody but its authors has told of it yet"


def is_recommended(signs: tuple[str, ...]) -> bool:
    """Tell whether people chose a work who need not have: a venue takes thousands, a post tells of few."""
    return any(not sign.startswith("accepted: ") for sign in signs)


def is_plainly_important(filed: Filed, fit: float) -> bool:
    """Tell whether a work need not wait for others to tell of it; `fit` is how well it fits its chapter, 0–1."""
    verdict = filed.verdict
    sure = verdict.confidence >= _PLAIN_CONFIDENCE and fit >= _PLAIN_FIT
    return sure and verdict.relevance >= _PLAIN_RELEVANCE


def is_taken_back(filed: Filed) -> bool:
    """Tell whether a story's work was withdrawn or retracted."""
    return any(is_withdrawn(member) for member in (filed.story.lead, *filed.story.members))


def _is_another_s(member: Item, lead: Item) -> bool:
    """Tell whether an item is by others than the work's authors, as far as that shows: a post or a video about it."""
    return member.id != lead.id and member.medium in ("post", "video") and member.feed != lead.feed
