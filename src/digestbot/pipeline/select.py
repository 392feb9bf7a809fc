"""Which stories a subscription gets at an instant, and for every other one why not; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digestbot.domain import (
    Candidate,
    DigestId,
    Filed,
    Match,
    Reason,
    Rule,
    StoryId,
    Subscription,
    Summary,
    Unfiled,
    Update,
)
from digestbot.subscriptions.matching import match, searched

OVERLAP = timedelta(days=2)
"""How far before it was last looked after a subscription's stories are looked at again.

Two processes may work at once, and a story's instants are those of its run: what one recorded late must not fall
between two looks of the other. Nothing comes twice by it, since what a subscription was sent is known story by story.
"""
NEWS_OVERLAP = timedelta(days=30)
"""The same for news of stories that it has: there is little of it, and a new summary may have to come first."""

Matcher = Callable[[Subscription, Candidate], Match]
Summaries = Callable[[Subscription], Mapping[StoryId, Summary]]
"""Finds the summaries in a subscriber's language, none where that is the roadmap's."""


@dataclass(frozen=True)
class Chosen:
    """What a subscription gets: new stories with the wishes that each met, and news of those it has.

    `favours` says how much its readers' votes speak for a story, 1 where they say nothing; it changes the order alone.
    """

    stories: tuple[Filed, ...]
    reasons: Mapping[StoryId, tuple[Reason, ...]]
    updates: tuple[Update, ...] = ()
    favours: Mapping[StoryId, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """A story that a subscription does not get: `why` is ours to phrase, `reasons` are the parts of its rule."""

    story: StoryId
    title: str
    url: str
    why: str
    reasons: tuple[Reason, ...] = ()


def matcher(summaries: Summaries = lambda one: {}) -> Matcher:
    """Return a matcher that asks each rule about each story once in a language, however many share the rule."""
    texts: dict[tuple[str, StoryId], str] = {}
    found: dict[tuple[Rule, str, StoryId], Match] = {}

    def ask(one: Subscription, candidate: Candidate) -> Match:
        story, rule = candidate.filed.story.id, one.rule
        # Without keywords the language of a summary changes nothing.
        lang = one.shape.lang if rule.keywords or rule.without else ""
        if (rule, lang, story) not in found:
            if (lang, story) not in texts:
                other = summaries(one).get(story) if lang else None
                texts[lang, story] = searched(candidate.filed, other)
            found[rule, lang, story] = match(rule, candidate.filed, texts[lang, story])
        return found[rule, lang, story]

    return ask


def ready_since(subscription: Subscription, handled_at: datetime | None, now: datetime) -> datetime | None:
    """Return from when on stories became ready that may be new to a subscription; None for all there are."""
    # A clock that was set back looks at everything again.
    if handled_at is None or now < handled_at:
        return subscription.since
    floor = handled_at - OVERLAP
    return max(floor, subscription.since) if subscription.since else floor


def choose(
    candidates: Sequence[Candidate],
    updates: Sequence[Update],
    subscription: Subscription,
    floor: datetime | None,
    held: Mapping[StoryId, DigestId],
    ask: Matcher,
) -> Chosen:
    """Return what a subscription gets of these candidates; `floor` is what `ready_since` said."""
    wanted, reasons = [], {}
    for candidate in candidates:
        if _passed_over(candidate, subscription, floor, held):
            continue
        found = ask(subscription, candidate)
        if found.wanted:
            wanted.append(candidate.filed)
            reasons[candidate.filed.story.id] = found.reasons
    told = tuple(update for update in updates if _still_wanted(update, subscription, ask))
    return Chosen(tuple(wanted), reasons, told)


def refuse(
    candidates: Sequence[Candidate],
    unfiled: Sequence[Unfiled],
    subscription: Subscription,
    floor: datetime | None,
    held: Mapping[StoryId, DigestId],
    ask: Matcher,
) -> list[Refusal]:
    """Return every story that `choose` left out, each with why; those that failed least of the rule come first."""
    refusals = []
    for candidate in candidates:
        lead, story = candidate.filed.story.lead, candidate.filed.story.id
        why = _passed_over(candidate, subscription, floor, held)
        found = ask(subscription, candidate)
        if why or not found.wanted:
            refusals.append(Refusal(story, lead.title, lead.url, why, () if why else found.reasons))
    refusals.sort(key=lambda refusal: (bool(refusal.why), len(refusal.reasons)))
    for one in unfiled:
        why = f"off the roadmap: {one.reason}" if one.off_roadmap else one.reason
        refusals.append(Refusal(one.story, one.title, one.url, why))
    return refusals


def _passed_over(
    candidate: Candidate, subscription: Subscription, floor: datetime | None, held: Mapping[StoryId, DigestId]
) -> str:
    """Return why a story is not even asked about; empty when it is."""
    if digest := held.get(candidate.filed.story.id):
        return f"sent already, in digest {digest}"
    if subscription.since and candidate.first_seen_at < subscription.since:
        return f"first seen before the subscription began, on {candidate.first_seen_at:%Y-%m-%d}"
    if floor and candidate.ready_at < floor:
        return "looked at for an earlier digest"
    return ""


def _still_wanted(update: Update, one: Subscription, ask: Matcher) -> bool:
    """Tell whether news reaches a subscription: whoever was told of a work is told that it was taken back."""
    if any(news.kind == "withdrawn" for news in update.news):
        return True
    return ask(one, Candidate(update.filed, update.first_told_at, update.first_told_at)).wanted
