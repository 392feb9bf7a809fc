"""Publish: what stands in a digest, in which order, and when there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest
from fakes import NOW, filed, item, outline, paper, proposal

from digestbot.domain import (
    Channel,
    Digest,
    DigestId,
    Filed,
    Foot,
    Proposal,
    ProposalState,
    StoryId,
    Subscription,
    Update,
)
from digestbot.pipeline.publish import compose, delivery_key, matches, publish, share

READER = Subscription("default", (Channel("file"), Channel("maildir", "mail")))


class Records:
    """Holds what is unpublished, and what was recorded."""

    def __init__(self, *stories: Filed, proposals: Sequence[Proposal] = (), updates: Sequence[Update] = ()) -> None:
        self.stories, self.open, self.updates = list(stories), list(proposals), list(updates)
        self.recorded: list[tuple[Digest, Collection[StoryId], Mapping[str, Channel]]] = []

    def unpublished(self, subscription: str, roadmap: str, lang: str) -> list[Filed]:
        return self.stories

    def updated(self, subscription: str, roadmap: str, lang: str) -> list[Update]:
        return self.updates

    def foot(self, subscription: str, now: object) -> Foot:
        return Foot({"filed": len(self.stories)}, (("blog", "timeout"),))

    def record_digest(self, digest: Digest, stories: Collection[StoryId], channels: Mapping[str, Channel]) -> None:
        self.recorded.append((digest, stories, channels))

    def proposals(self, *, state: ProposalState | None = None, since: object = None) -> list[Proposal]:
        return [found for found in self.open if found.state == state]


def composed(*stories: Filed, **changes: int) -> Digest:
    """Return the digest of these stories."""
    return compose(stories, replace(READER, **changes), outline(), [], Foot(), NOW)  # type: ignore[arg-type]  # max_items


def run(records: Records, *subscriptions: Subscription, degraded: str = "") -> list[Digest]:
    """Publish these records."""
    return asyncio.run(publish(records, records, subscriptions or (READER,), outline(), "en", NOW, degraded))


@pytest.mark.parametrize(
    ("sizes", "room", "expected"),
    [
        ([], 5, []),
        ([3], 5, [3]),
        ([3, 1], 4, [3, 1]),
        ([10, 10], 4, [2, 2]),
        ([30, 1, 1], 4, [2, 1, 1]),
        ([30, 15], 9, [6, 3]),
        ([5, 5, 5], 2, [1, 1, 1]),
        ([0, 3], 2, [0, 2]),
        ([4], 0, [1]),
    ],
)
def test_a_digest_s_length_is_shared(sizes: list[int], room: int, expected: list[int]) -> None:
    """Each section gets one story at least and the rest in proportion, so that a busy one drowns none."""
    assert share(sizes, room) == expected


def test_sections_stand_in_the_roadmap_s_order_and_stories_by_relevance() -> None:
    """The reader meets the sections as in the roadmap, and the most relevant story of each first."""
    found = composed(
        filed("c", section="II"), filed("b", relevance=0.2), filed("a", relevance=0.9), filed("d", relevance=0.9)
    )

    assert [section.title for section in found.sections] == ["Sequences", "Images"]
    assert [entry.story for entry in found.sections[0].entries] == ["s-a", "s-d", "s-b"]


def test_what_does_not_fit_is_brief() -> None:
    """Stories beyond the subscription's length still stand in the digest, a line each."""
    found = composed(*(filed(str(n), relevance=1 - n / 10) for n in range(5)), max_items=2)

    [section] = found.sections
    assert [entry.story for entry in section.entries] == ["s-0", "s-1"]
    assert [entry.story for entry in section.brief] == ["s-2", "s-3", "s-4"]


def test_a_section_that_is_gone_from_the_roadmap_loses_no_story() -> None:
    """Stories that were filed before the roadmap changed come last, under the section's id."""
    found = composed(filed("a", section="gone"), filed("b"))

    assert [(section.id, section.title) for section in found.sections] == [("I", "Sequences"), ("gone", "gone")]


def test_an_entry_tells_its_story_with_its_other_media() -> None:
    """An entry has the lead's title and address, where it was filed and why, and links the story's other media."""
    lead, post = paper(authors=("Ada Lovelace",)), item("about")
    found = composed(filed("a", lead=lead, members=(post, lead)))

    [entry] = found.sections[0].entries
    assert (entry.title, entry.url, entry.medium, entry.authors) == (lead.title, lead.url, "paper", lead.authors)
    assert entry.why == "First chapter: Shares its words."
    assert entry.others == (("post", post.title, post.url),)


@pytest.mark.parametrize(
    ("stories", "expected"),
    [
        ([filed("a")], "1 new story in Sequences. If you read only one: “Post a”. It shows a thing."),
        (
            [filed("a"), filed("b", relevance=0.9), filed("c", section="II")],
            "3 new stories in 2 sections, most of them in Sequences. If you read only one: “Post b”. It shows a thing.",
        ),
    ],
)
def test_the_lead_says_how_much_came_and_what_stands_out(stories: list[Filed], expected: str) -> None:
    """A digest opens with counts and the most relevant story's own words."""
    assert composed(*stories).lead == expected


def test_a_digest_s_id_is_made_from_what_it_is() -> None:
    """The same stories at the same instant for the same reader have the same id, in any order; others another."""
    one, two = filed("a"), filed("b")

    assert composed(one, two).id == composed(two, one).id
    assert composed(one).id != composed(one, two).id
    assert composed(one).id.startswith("20260412-default-")


def test_a_delivery_key_is_the_same_at_every_try() -> None:
    """A key names digest, kind and address without showing the address."""
    channel = Channel("smtp", "ada@reader.example")

    key = delivery_key(DigestId("d1"), channel)

    assert key == delivery_key(DigestId("d1"), Channel("smtp", "ada@reader.example"))
    assert key != delivery_key(DigestId("d1"), Channel("smtp", "alan@reader.example"))
    assert key.startswith("d1-smtp-")
    assert "reader.example" not in key


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ({}, True),
        ({"sections": ("I",)}, True),
        ({"sections": ("II",)}, False),
        ({"min_relevance": 0.8}, True),
        ({"min_relevance": 0.81}, False),
    ],
)
def test_a_subscription_gets_what_it_asked_for(wishes: dict[str, object], expected: bool) -> None:
    """Sections and a least relevance are the reader's choice; without any everything matches."""
    assert matches(filed(), replace(READER, **wishes)) is expected  # type: ignore[arg-type]  # the table's own names


def test_a_digest_is_recorded_with_its_stories_and_channels() -> None:
    """One call records the digest, every story that it settles, and a row of the outbox per channel."""
    records = Records(filed("a"), filed("b"))

    [found] = run(records, degraded="the day's budget is spent")

    [(digest, stories, channels)] = records.recorded
    assert digest == found
    assert set(stories) == {"s-a", "s-b"}
    assert list(channels.values()) == list(READER.channels)
    assert (found.foot.degraded, found.foot.outcomes, found.foot.models) == (
        "the day's budget is spent", {"filed": 2}, ("offline",),
    )  # fmt: skip


@pytest.mark.parametrize("stories", [(), (filed("a", relevance=0.1),)])
def test_without_anything_wanted_there_is_no_digest(stories: tuple[Filed, ...]) -> None:
    """Nothing is sent that says nothing."""
    records = Records(*stories)

    assert run(records, replace(READER, min_relevance=0.5)) == []
    assert records.recorded == []


def test_each_subscription_has_its_own_digest() -> None:
    """Two readers get two digests, each with what it asked for."""
    records = Records(filed("a"), filed("b", section="II"))

    one, two = run(records, READER, Subscription("images", (), sections=("II",)))

    assert (one.subscription, len(one.sections)) == ("default", 2)
    assert (two.subscription, [section.id for section in two.sections]) == ("images", ["II"])


def test_open_proposals_for_this_roadmap_are_mentioned() -> None:
    """A digest names the open proposals with their chapter; decided ones and those of other roadmaps stay out."""
    records = Records(
        filed("a"),
        proposals=[proposal("p1"), proposal("p2", state="rejected"), proposal("p3", roadmap="other")],
    )

    [found] = run(records)

    assert found.proposals == (("p1", "A title → First chapter"),)
