"""Publish: stories not yet in a subscription's digests → a digest.

The rules are pure and elsewhere (`subscriptions`, `select`, `compose`); here is what is asked of the ledger, once for
many subscriptions: the window's stories are read together, and subscriptions that ask for the same share the answer.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

from digestbot.domain import (
    Candidate,
    Channel,
    Dated,
    Digest,
    DigestId,
    Filed,
    Foot,
    Opinion,
    Outline,
    Proposal,
    ProposalState,
    StoryId,
    Subscription,
    Summary,
    Trends,
    Unfiled,
    Update,
)
from digestbot.languages import canonical
from digestbot.pipeline.compose import compose, digest_id, in_language
from digestbot.pipeline.select import NEWS_OVERLAP, Chosen, Matcher, Refusal, choose, matcher, ready_since, refuse
from digestbot.pipeline.trends import WEEK, WEEKS, trends
from digestbot.render.words import digest_lang
from digestbot.subscriptions.cadence import standing

CHUNK = 500
"""Subscriptions that are worked on at a time, so that memory does not grow with their number."""
_EVER = datetime.min.replace(tzinfo=UTC)

_LABELS = {
    "en": {"new": "New: ", "how": "How: ", "result": "Result: ", "limits": "Limits: "},
    "zh": {"new": "新意：", "how": "方法：", "result": "结果：", "limits": "局限："},
    "zh-Hant": {"new": "新意：", "how": "方法：", "result": "結果：", "limits": "侷限："},
}


class Candidates(Protocol):
    """What this step asks of the ledger's candidates."""

    def candidates(self, roadmap: str, lang: str, ready_since: datetime | None) -> list[Candidate]: ...
    def held(
        self, subscriptions: Collection[str], of: Collection[StoryId]
    ) -> Mapping[str, Mapping[StoryId, DigestId]]: ...
    def updated(
        self, subscriptions: Collection[str], roadmap: str, lang: str, found_since: datetime | None
    ) -> Mapping[str, Sequence[Update]]: ...
    def votes(self, subscriptions: Collection[str]) -> Mapping[str, Sequence[Opinion]]: ...
    def last_digests(self) -> Mapping[str, datetime]: ...
    def summaries(self, of: Collection[StoryId], lang: str) -> Mapping[StoryId, Summary]: ...
    def foot(self, since: datetime) -> Foot: ...
    def dated(self, roadmap: str, since: datetime) -> list[Dated]: ...


class AllCandidates(Candidates, Protocol):
    """What a preview asks for beside."""

    def unfiled(self, roadmap: str, lang: str, since: datetime) -> list[Unfiled]: ...


class Marks(Protocol):
    """What this step asks of the ledger's subscriptions."""

    def handled(self) -> Mapping[str, datetime]: ...
    def mark_handled(self, ids: Collection[str], now: datetime) -> None: ...


class Digests(Protocol):
    """What this step asks of the publications in the ledger."""

    def record_digests(
        self,
        found: Sequence[tuple[Digest, Collection[StoryId], Mapping[str, Channel]]],
        handled: Mapping[str, datetime],
    ) -> Collection[DigestId]: ...
    def proposals(self, *, state: ProposalState | None = None, since: datetime | None = None) -> list[Proposal]: ...


@dataclass(frozen=True)
class Frame:
    """What all the digests of one instant share."""

    outline: Outline
    lang: str
    now: datetime
    degraded: str = ""


async def publish(
    candidates: Candidates,
    marks: Marks,
    publications: Digests,
    subscriptions: Sequence[Subscription],
    outline: Outline,
    lang: str,
    now: datetime,
    degraded: str,
) -> list[Digest]:
    """Compose and record a digest for each subscription that is due, with its rows of the outbox.

    One that is due and has nothing to tell gets what its empty policy says. Several processes may publish at once: a
    subscription that another has looked after meanwhile gets its digest from that one.
    """
    frame = Frame(outline, lang, now, degraded)
    return await asyncio.to_thread(_publish, candidates, marks, publications, subscriptions, frame)


def _publish(
    candidates: Candidates, marks: Marks, publications: Digests, subscriptions: Sequence[Subscription], frame: Frame
) -> list[Digest]:
    handled = marks.handled()
    due = [
        subscription
        for subscription in subscriptions
        if subscription.rule.roadmap in ("", frame.outline.name)
        and standing(subscription, handled.get(subscription.id), frame.now).due
    ]
    if not due:
        return []
    desk = Desk(candidates, publications, handled, due, frame)
    digests = []
    for begin in range(0, len(due), CHUNK):
        chunk = due[begin : begin + CHUNK]
        made = list(desk.work(chunk))
        recorded = publications.record_digests(made, handled)
        digests += [digest for digest, _, _ in made if digest.id in recorded]
        told = {digest.subscription for digest, _, _ in made}
        marks.mark_handled([one.id for one in chunk if one.id not in told], frame.now)
    return digests


class Desk:
    """What is read once for all that are due, and what is composed once for all that get the same."""

    def __init__(
        self,
        candidates: Candidates,
        publications: Digests,
        handled: Mapping[str, datetime],
        due: Sequence[Subscription],
        frame: Frame,
    ) -> None:
        self._ledger, self._frame = candidates, frame
        self._floors = {one.id: ready_since(one, handled.get(one.id), frame.now) for one in due}
        self._last = candidates.last_digests()
        self._votes = candidates.votes([one.id for one in due])
        self._stories = candidates.candidates(frame.outline.name, frame.lang, earliest(self._floors.values()))
        self._proposals = [
            found for found in publications.proposals(state="open") if found.roadmap == frame.outline.name
        ]
        news = earliest([handled.get(one.id) for one in due])
        self._news_since = news - NEWS_OVERLAP if news else None
        self._ask: Matcher = matcher(self._summaries_for)
        self._foot = lru_cache(maxsize=None)(candidates.foot)
        self._summaries = lru_cache(maxsize=None)(self._summaries_in)
        self._trends = lru_cache(maxsize=None)(self._trends_of)
        self._composed: dict[object, Digest] = {}

    def work(
        self, chunk: Sequence[Subscription]
    ) -> Iterator[tuple[Digest, Collection[StoryId], Mapping[str, Channel]]]:
        """Yield what to record for these subscriptions; nothing for one without news that wants no word of it."""
        ids, frame = [one.id for one in chunk], self._frame
        held = self._ledger.held(ids, [candidate.filed.story.id for candidate in self._stories])
        news = self._ledger.updated(ids, frame.outline.name, frame.lang, self._news_since)
        for one in chunk:
            floor, mine = self._floors[one.id], held.get(one.id, {})
            chosen = choose(self._stories, news.get(one.id, ()), one, floor, mine, self._ask)
            if chosen.stories or chosen.updates or one.shape.empty != "skip":
                digest = self.digest(chosen, one)
                stories = {filed.story.id for filed in chosen.stories}
                stories |= {update.filed.story.id for update in chosen.updates}
                yield digest, stories, {delivery_key(digest.id, channel): channel for channel in one.channels}

    def floor(self, one: Subscription) -> datetime | None:
        """Return from when on stories may be new to a subscription; None for all there are."""
        return self._floors[one.id]

    def explain(self, one: Subscription, unfiled: Sequence[Unfiled], since: datetime) -> tuple[Chosen, list[Refusal]]:
        """Return what a subscription gets, and why it does not get the other stories that became ready from then on."""
        frame, floor = self._frame, self._floors[one.id]
        mine = self._ledger.held([one.id], [candidate.filed.story.id for candidate in self._stories]).get(one.id, {})
        news = self._ledger.updated([one.id], frame.outline.name, frame.lang, self._news_since).get(one.id, ())
        window = [candidate for candidate in self._stories if candidate.ready_at >= since]
        chosen = choose(self._stories, news, one, floor, mine, self._ask)
        return chosen, refuse(window, unfiled, one, floor, mine, self._ask)

    def digest(self, chosen: Chosen, one: Subscription) -> Digest:
        """Return the digest of what was chosen, composed once for all who get the same in the same shape."""
        since = self._last.get(one.id, _EVER)
        news = tuple((update.filed.story.id, update.news, update.first_told_at) for update in chosen.updates)
        stories = tuple(filed.story.id for filed in chosen.stories)
        weekly = one.cadence.kind == "weekly"
        chosen = replace(chosen, favours=favours_of(self._votes.get(one.id, ()), chosen.stories))
        liked = tuple(sorted(chosen.favours.items()))
        same = (one.rule, one.shape, one.cadence.zone, weekly, stories, news, since, liked)
        if same not in self._composed:
            foot = replace(self._foot(since), degraded=self._frame.degraded)
            found = self._trends(one.rule.sections) if weekly else None
            outline, now = self._frame.outline, self._frame.now
            told = self._in_language(chosen, self._lang_of(one))
            self._composed[same] = compose(told, one, outline, self._proposals, foot, now, found)
        id = digest_id(chosen, one, self._frame.now)
        return replace(self._composed[same], id=id, subscription=one.id, earlier=first_told_in(chosen))

    def _in_language(self, chosen: Chosen, lang: str) -> Chosen:
        """Return what was chosen with the summaries of a language, as far as there are any."""
        if lang == self._frame.lang:
            return chosen
        found = self._summaries(lang)
        late = {update.filed.story.id for update in chosen.updates} - {one.filed.story.id for one in self._stories}
        if late:
            found = {**found, **self._ledger.summaries(late, lang)}
        return in_language(chosen, found, lang)

    def _summaries_for(self, one: Subscription) -> Mapping[StoryId, Summary]:
        lang = self._lang_of(one)
        return {} if lang == self._frame.lang else self._summaries(lang)

    def _lang_of(self, one: Subscription) -> str:
        return canonical(digest_lang(one.shape.lang, self._frame.outline.lang))

    def _summaries_in(self, lang: str) -> Mapping[StoryId, Summary]:
        """Return the summaries of all candidates in a language: others will ask for the same ones."""
        return self._ledger.summaries([one.filed.story.id for one in self._stories], lang)

    def _trends_of(self, sections: tuple[str, ...]) -> Trends:
        outline, now = self._frame.outline, self._frame.now
        asked = [section for section in outline.sections if not sections or section.id in sections]
        chapters = {chapter.id: chapter.title for section in asked for chapter in section.chapters}
        ids = {section.id for section in asked}
        return trends([one for one in self._dated() if one.section in ids], chapters, now)

    def _dated(self) -> list[Dated]:
        return self._ledger.dated(self._frame.outline.name, self._frame.now - (WEEKS + 1) * WEEK)


def favours_of(votes: Sequence[Opinion], stories: Sequence[Filed]) -> Mapping[StoryId, float]:
    """Return how much what readers said of a subscription's earlier stories speaks for each of these; none without."""
    if not votes or not stories:
        return {}
    from digestbot.learning.taste import favours, taste_of_votes  # numpy and the vectors: most digests need neither

    return {StoryId(id): value for id, value in favours(taste_of_votes(votes), stories).items()}


def first_told_in(chosen: Chosen) -> tuple[DigestId, ...]:
    """Return the digests that first told the stories which there is news of, oldest first."""
    told = sorted((update.first_told_at, update.first_told_in) for update in chosen.updates if update.first_told_in)
    return tuple(dict.fromkeys(DigestId(id) for _, id in told))


def earliest(instants: Collection[datetime | None]) -> datetime | None:
    """Return the earliest of these; None, which stands for ever, where one of them is None."""
    found = [at for at in instants if at is not None]
    return min(found) if found and len(found) == len(instants) else None


def delivery_key(digest: DigestId, channel: Channel) -> str:
    """Return the key under which a channel can be asked whether it has a digest: the same at every try."""
    place = hashlib.sha256(f"{channel.kind}|{channel.address}".encode()).hexdigest()[:8]
    return f"{digest}-{channel.kind}-{place}"
