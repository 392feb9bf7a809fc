"""Publish: who is due, what each gets, and what is recorded when there is nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from fakes import NOW, filed, item, outline, proposal, summary

from digestbot.domain import (
    Cadence,
    Candidate,
    Channel,
    Dated,
    Digest,
    DigestId,
    Filed,
    Foot,
    Opinion,
    Proposal,
    ProposalState,
    Rule,
    Shape,
    StoryId,
    Subscription,
    Summary,
    Update,
)
from digestbot.pipeline.publish import delivery_key, publish

READER = Subscription("default", (Channel("file"), Channel("maildir", "mail")))
DAY = timedelta(days=1)


class Records:
    """Holds candidates, and what was recorded; counts how often each thing was read."""

    def __init__(self, *stories: Filed, proposals: Sequence[Proposal] = ()) -> None:
        self.stories = [Candidate(one, NOW, NOW) for one in stories]
        self.open, self.marks = list(proposals), dict[str, datetime]()
        self.recorded: list[tuple[Digest, Collection[StoryId], Mapping[str, Channel]]] = []
        self.read = Counter[str]()
        self.translated: dict[str, dict[StoryId, Summary]] = {}
        self.said: dict[str, list[Opinion]] = {}

    def candidates(self, roadmap: str, lang: str, ready_since: datetime | None) -> list[Candidate]:
        self.read["candidates"] += 1
        return [one for one in self.stories if ready_since is None or one.ready_at >= ready_since]

    def held(self, subscriptions: Collection[str], of: Collection[StoryId]) -> dict[str, dict[StoryId, DigestId]]:
        self.read["held"] += 1
        held: dict[str, dict[StoryId, DigestId]] = {}
        for digest, stories, _ in self.recorded:
            held.setdefault(digest.subscription, {}).update(dict.fromkeys(stories, digest.id))
        return held

    def updated(
        self, subscriptions: Collection[str], roadmap: str, lang: str, found_since: datetime | None
    ) -> dict[str, list[Update]]:
        return {}

    def votes(self, subscriptions: Collection[str]) -> dict[str, list[Opinion]]:
        return {id: found for id, found in self.said.items() if id in subscriptions}

    def last_digests(self) -> dict[str, datetime]:
        return {digest.subscription: digest.created_at for digest, _, _ in self.recorded}

    def summaries(self, of: Collection[StoryId], lang: str) -> dict[StoryId, Summary]:
        self.read["summaries"] += 1
        return {id: found for id, found in self.translated.get(lang, {}).items() if id in of}

    def foot(self, since: datetime) -> Foot:
        self.read["foot"] += 1
        return Foot({"filed": len(self.stories)}, (("blog", "timeout"),))

    def dated(self, roadmap: str, since: datetime) -> list[Dated]:
        return []

    def handled(self) -> dict[str, datetime]:
        return self.marks

    def mark_handled(self, ids: Collection[str], now: datetime) -> None:
        self.marks |= dict.fromkeys(ids, now)

    def record_digests(
        self,
        found: Sequence[tuple[Digest, Collection[StoryId], Mapping[str, Channel]]],
        handled: Mapping[str, datetime],
    ) -> set[DigestId]:
        self.recorded += found
        self.marks |= {digest.subscription: digest.created_at for digest, _, _ in found}
        return {digest.id for digest, _, _ in found}

    def proposals(self, *, state: ProposalState | None = None, since: object = None) -> list[Proposal]:
        return [found for found in self.open if found.state == state]


def run(records: Records, *subscriptions: Subscription, degraded: str = "", now: datetime = NOW) -> list[Digest]:
    """Publish these records."""
    given = subscriptions or (READER,)
    return asyncio.run(publish(records, records, records, given, outline(), "en", now, degraded))


def stories(digest: Digest) -> set[str]:
    """Return the stories of a digest."""
    return {entry.story for section in digest.sections for entry in (*section.entries, *section.brief)}


def test_a_delivery_key_is_the_same_at_every_try() -> None:
    """A key names digest, kind and address without showing the address."""
    channel = Channel("smtp", "ada@reader.example")

    key = delivery_key(DigestId("d1"), channel)

    assert key == delivery_key(DigestId("d1"), Channel("smtp", "ada@reader.example"))
    assert key != delivery_key(DigestId("d1"), Channel("smtp", "alan@reader.example"))
    assert key.startswith("d1-smtp-")
    assert "reader.example" not in key


def test_a_digest_is_recorded_with_its_stories_and_channels() -> None:
    """One call records the digest, every story that it settles, and a row of the outbox per channel."""
    records = Records(filed("a"), filed("b"))

    [found] = run(records, degraded="the day's budget is spent")

    [(digest, told, channels)] = records.recorded
    assert digest == found
    assert set(told) == {"s-a", "s-b"}
    assert list(channels.values()) == list(READER.channels)
    assert (found.foot.degraded, found.foot.outcomes, found.foot.models) == (
        "the day's budget is spent", {"filed": 2}, ("offline",),
    )  # fmt: skip


@pytest.mark.parametrize("found", [(), (filed("a", relevance=0.1),)])
def test_without_anything_wanted_there_is_no_digest(found: tuple[Filed, ...]) -> None:
    """Nothing is sent that says nothing, and that it was looked at is remembered."""
    records = Records(*found)

    assert run(records, replace(READER, rule=Rule(min_relevance=0.5))) == []
    assert (records.recorded, records.marks) == ([], {"default": NOW})


def test_who_wants_a_word_of_nothing_gets_one() -> None:
    """With the policy `note` an empty day makes a digest that settles no story."""
    records = Records()
    reader = replace(READER, shape=Shape(empty="note"), cadence=Cadence("daily"))

    [found] = run(records, reader)

    assert (found.note, found.sections) == (True, ())
    assert run(records, reader) == []


def test_each_subscription_has_its_own_digest() -> None:
    """Two readers get two digests, each with what it asked for."""
    records = Records(filed("a"), filed("b", section="II"))

    one, two = run(records, READER, Subscription("images", (), Rule(sections=("II",))))

    assert (one.subscription, len(one.sections)) == ("default", 2)
    assert (two.subscription, [section.id for section in two.sections]) == ("images", ["II"])


def test_a_story_comes_once() -> None:
    """What a subscription was sent does not come again, however often and whenever it is looked for."""
    records = Records(filed("a"))

    assert [stories(digest) for digest in run(records)] == [{"s-a"}]
    assert run(records) == []
    assert run(records, now=NOW + DAY) == []


def test_votes_change_the_order_for_their_own_subscription() -> None:
    """What is like what its readers liked comes before what is more relevant; another subscription's order stays."""
    spaces = "A survey of state space models", "Selective state spaces explained", "State spaces in practice"
    agents = "A benchmark for web agents", "Evaluating agents on a leaderboard", "Measuring web agents on long tasks"
    said = [Opinion("discord:1", "vote", title, NOW, "d", title, liked=title in spaces) for title in (*spaces, *agents)]
    found = [
        filed("a", lead=item("a", title="A harder benchmark for web agents"), relevance=0.8),
        filed("b", lead=item("b", title="Hybrid state space models"), relevance=0.7),
    ]
    records = Records(*found)
    records.said = {"default": said}

    one, two = run(records, READER, replace(READER, id="other"))

    assert [entry.story for entry in one.sections[0].entries] == ["s-b", "s-a"]
    assert [entry.story for entry in two.sections[0].entries] == ["s-a", "s-b"]
    assert [entry.relevance for entry in one.sections[0].entries] == [0.7, 0.8]


def test_a_story_that_was_late_comes_in_the_next_digest() -> None:
    """What was recorded after a digest, under an earlier instant than it, is not lost."""
    records = Records(filed("a"))
    run(records, now=NOW + timedelta(hours=3))

    records.stories.append(Candidate(filed("late"), NOW, NOW + timedelta(hours=1)))

    assert [stories(digest) for digest in run(records, now=NOW + DAY)] == [{"s-late"}]


def test_days_of_downtime_make_one_digest() -> None:
    """After five missed mornings there is one digest with all that came, not five."""
    reader = replace(READER, cadence=Cadence("daily", "08:00"), created_at=NOW - 9 * DAY)
    records = Records(*(filed(name) for name in "abc"))
    records.marks["default"] = NOW - 5 * DAY

    assert [stories(digest) for digest in run(records, reader)] == [{"s-a", "s-b", "s-c"}]
    assert run(records, reader, now=NOW + timedelta(minutes=5)) == []


def test_a_new_subscription_is_not_flooded() -> None:
    """It gets what is first seen from its beginning on, or from as far back as it asked for."""
    records = Records()
    records.stories = [Candidate(filed(str(n)), NOW - n * DAY, NOW - n * DAY) for n in range(9)]

    [found] = run(records, replace(READER, since=NOW - 2 * DAY))

    assert stories(found) == {"s-0", "s-1", "s-2"}


def test_who_is_not_due_is_left_alone() -> None:
    """A paused subscription, one in quiet hours and one for another roadmap get neither digest nor mark."""
    records = Records(filed("a"))

    found = run(
        records,
        Subscription("paused", (), paused_until=NOW + DAY),
        Subscription("quiet", (), cadence=Cadence(quiet="17:00-19:00")),
        Subscription("elsewhere", (), Rule(roadmap="another")),
    )

    assert (found, records.marks) == ([], {})


def test_what_many_ask_for_is_read_and_composed_once() -> None:
    """A thousand subscriptions cost one reading of the stories, and a digest of each own is still theirs alone."""
    records = Records(filed("a"), filed("b", section="II"))
    readers = [Subscription(f"r{n}", (Channel("file"),), Rule(sections=("I",))) for n in range(1000)]

    found = run(records, *readers)

    assert len({digest.id for digest in found}) == len({digest.subscription for digest in found}) == 1000
    assert len({id(digest.sections) for digest in found}) == 1
    assert records.read == {"candidates": 1, "held": 2, "foot": 1}


def test_open_proposals_for_this_roadmap_are_mentioned() -> None:
    """A digest names the open proposals with their chapter; decided ones and those of other roadmaps stay out."""
    records = Records(
        filed("a"),
        proposals=[proposal("p1"), proposal("p2", state="rejected"), proposal("p3", roadmap="other")],
    )

    [found] = run(records)

    assert found.proposals == (("p1", "A title → First chapter"),)


def test_a_digest_has_the_summaries_of_its_language() -> None:
    """Where there is none yet, the roadmap's stands in for it and says so; all readers of a language share one look."""
    records = Records(filed("a"), filed("b"))
    ada, bob = (replace(READER, id=id, shape=Shape("zh-Hans")) for id in ("ada", "bob"))
    records.translated["zh"] = {StoryId("s-a"): summary("s-a", lang="zh", tldr="缓存很小。")}

    digests = run(records, READER, ada, bob)

    told = [{entry.story: (entry.tldr, entry.written) for s in d.sections for entry in s.entries} for d in digests]
    assert told[0] == {"s-a": (summary().tldr, ""), "s-b": (summary().tldr, "")}
    assert told[1] == told[2] == {"s-a": ("缓存很小。", ""), "s-b": (summary().tldr, "en")}
    assert records.read["summaries"] == 1
