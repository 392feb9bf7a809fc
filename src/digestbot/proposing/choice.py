"""Which stories are put before reviewers: quality above quantity, and nothing twice."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digestbot.domain import Filed, Proposal, StoryId
from digestbot.keys import canonical_url
from digestbot.proposing.fit import MIN_FIT
from digestbot.proposing.presence import Presence, keys_of
from digestbot.proposing.signs import is_recommended, is_taken_back, signs_of, why_it_waits

WEEK = timedelta(days=7)
PATIENCE = timedelta(days=28)
"""How long a story may wait for a second sign or for room; a month later its field has newer work."""
PER_CHAPTER = 1
PER_WEEK = 3
"""Caps on proposals of a week: a reviewer who is asked too often stops reading."""
MIN_CONFIDENCE = 0.6
MIN_RELEVANCE = 0.8
"""What is asked of a work that people chose; of one that only a venue took, `VENUE_RELEVANCE`."""
VENUE_RELEVANCE = 0.9
_SWING = 0.3
"""How far a chapter's acceptance rate moves what is asked of its stories: by 0.15 down where all is taken, by as much
up where nothing is. At one half, where a chapter without decisions begins, nothing is moved."""
_HUNGER = 0.1
"""By how much less relevant a story for a chapter may be that nobody fed for a year."""
_CHOSEN_WORTH = 1.2
"""By how much more a work counts that people chose than one that a venue took."""
_ALIKE = 0.8
"""Cosine of two texts from which one of them is enough; a month's papers that share their topic lie near 0.7."""
_RECENT = timedelta(days=56)


@dataclass(frozen=True)
class Choice:
    """The stories to propose, best first; those that wait, and those that are passed over, each with the reason."""

    chosen: tuple[Filed, ...] = ()
    waiting: Mapping[StoryId, str] = field(default_factory=dict)
    passed: Mapping[StoryId, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """What choosing goes by beside the stories.

    `earlier` are all proposals for this roadmap; `shares` say how much of what was proposed for a chapter is taken,
    0–1, `share` how much of everything; `since` says from when on stories wait; `likeness` gives the cosine similarity
    of two texts; `fits` say how well stories fit their chapters, 0–1; `favour` is what reviewers' decisions say of a
    story, 1 where they say nothing; `hungry` are the chapters that nobody fed for a year.
    """

    presence: Presence
    earlier: Sequence[Proposal]
    now: datetime
    since: Mapping[StoryId, datetime] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    share: float = 0.5
    likeness: Callable[[str, str], float] | None = None
    fits: Mapping[StoryId, float] = field(default_factory=dict)
    favour: Callable[[Filed], float] = lambda filed: 1.0
    hungry: frozenset[str] = frozenset()
    per_week: int = PER_WEEK
    per_chapter: int = PER_CHAPTER


def choose(stories: Sequence[Filed], rules: Rules) -> Choice:
    """Return which stories to propose: sure, relevant, new to the document, with a second sign, within the caps."""
    passed: dict[StoryId, str] = {}
    waiting: dict[StoryId, str] = {}
    fit = []
    for filed in sorted(stories, key=lambda one: (-_worth(one, rules), one.story.id)):
        signs = signs_of(filed)
        if reason := _unfit(filed, signs, rules):
            passed[filed.story.id] = reason
        elif reason := why_it_waits(filed, signs, rules.fits.get(filed.story.id, 1.0)):
            waiting[filed.story.id] = reason
        else:
            fit.append(filed)
    chosen = _within_caps(fit, rules, waiting, passed)
    for id in [id for id in waiting if rules.now - rules.since.get(id, rules.now) >= PATIENCE]:
        passed[id] = f"{waiting.pop(id)}, for {PATIENCE.days} days"
    return Choice(tuple(chosen), waiting, passed)


def is_sure(filed: Filed, share: float = 0.5, is_hungry: bool = False) -> bool:
    """Tell whether a story's filing and worth are clear enough to bother a reviewer; `share` as in `Rules.shares`."""
    verdict = filed.verdict
    return bool(
        verdict.chapter
        and not verdict.needs_review
        and verdict.confidence >= MIN_CONFIDENCE
        and verdict.relevance >= _asked(MIN_RELEVANCE, share) - _HUNGER * is_hungry
        and filed.summary.tldr
    )


def _asked(relevance: float, share: float) -> float:
    return relevance + _SWING * (0.5 - share)


def things_of(proposal: Proposal) -> frozenset[str]:
    """Return what the resources of a proposal are known by."""
    return keys_of(proposal.url) | keys_of(proposal.old_url)


def _unfit(filed: Filed, signs: tuple[str, ...], rules: Rules) -> str:
    """Return why a story is not to be proposed at all, "" where it may be, now or later."""
    chapter = filed.verdict.chapter
    if not is_sure(filed, rules.shares.get(chapter, rules.share), chapter in rules.hungry):
        return "not proposed: not surely filed, or not relevant enough"
    if rules.fits.get(filed.story.id, 1.0) < MIN_FIT:
        return "not proposed: it fits no chapter well"
    share = rules.shares.get(chapter, rules.share)
    if signs and not is_recommended(signs) and filed.verdict.relevance < _asked(VENUE_RELEVANCE, share):
        return "not proposed: a venue took it, and it is not relevant enough for that alone"
    if not canonical_url(filed.story.lead.url):
        return "not proposed: it has no address"
    if is_taken_back(filed):
        return "not proposed: it was withdrawn"
    if rules.presence.has(filed.story):
        return "not proposed: the document has it"
    return _told_before(filed, signs, rules)


def _told_before(filed: Filed, signs: tuple[str, ...], rules: Rules) -> str:
    """Return that a work was proposed before; a rejected one may come back with a sign that it lacked."""
    keys = frozenset(key for one in (filed.story.lead, *filed.story.members) for key in keys_of(one.url))
    before = [one for one in rules.earlier if keys & things_of(one) or filed.story.id in (one.story, *one.stories)]
    if not before:
        return ""
    standing = [one.id for one in before if one.state != "rejected"]
    if standing:
        return f"proposed as {standing[-1]}"
    known = {sign for one in before for sign in one.signs}
    return "" if set(signs) - known else "not proposed: it was rejected, and nothing new speaks for it"


def _within_caps(
    fit: Sequence[Filed], rules: Rules, waiting: dict[StoryId, str], passed: dict[StoryId, str]
) -> list[Filed]:
    """Return the stories that have room this week; the others wait, or are passed over for a better one like them."""
    # Caps are for what brings something into the document; putting right what stands there must not wait for that.
    recent = [one for one in rules.earlier if one.kind == "add" and rules.now - WEEK < one.created_at]
    standing = [one for one in rules.earlier if one.kind == "add" and one.state not in ("rejected", "reverted")]
    lately = [one for one in standing if rules.now - _RECENT < one.created_at]
    used, by_chapter = len(recent), Counter(one.chapter for one in recent)
    chosen: list[Filed] = []
    keys: set[str] = set()
    for filed in fit:
        own, chapter = keys_of(filed.story.lead.url), filed.verdict.chapter
        better = _likest(filed, chosen, lately, rules)
        if own & keys or better:
            passed[filed.story.id] = f"not proposed: {better or 'another story has the same address'}"
        elif used >= rules.per_week or by_chapter[chapter] >= rules.per_chapter:
            waiting[filed.story.id] = "waits for room: a chapter and a week take only so many proposals"
        else:
            chosen.append(filed)
            keys |= own
            used, by_chapter[chapter] = used + 1, by_chapter[chapter] + 1
    return chosen


def _likest(filed: Filed, chosen: Sequence[Filed], lately: Sequence[Proposal], rules: Rules) -> str:
    """Return which better story of the same cluster was chosen or proposed lately, "" where none was."""
    if rules.likeness is None:
        return ""
    text = f"{filed.story.lead.title}\n{filed.summary.tldr}"
    others = [
        (one.story.lead.title, one.summary.tldr) for one in chosen if one.verdict.chapter == filed.verdict.chapter
    ]
    others += [(one.title, one.merit) for one in lately if one.chapter == filed.verdict.chapter]
    near = (title for title, said in others if rules.likeness(text, f"{title}\n{said}") >= _ALIKE)
    return next((f"much like “{title[:80]}”" for title in near), "")


def _worth(filed: Filed, rules: Rules) -> float:
    verdict, chosen = filed.verdict, _CHOSEN_WORTH if is_recommended(signs_of(filed)) else 1.0
    fit = rules.fits.get(filed.story.id, 1.0)
    # The root, since a fit of 0.5 and one of 0.9 are both plain.
    return verdict.confidence * verdict.relevance * math.sqrt(fit) * chosen * rules.favour(filed)
