"""Propose: which stories are put before a reviewer, and that nothing is asked twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes import NOW, filed, item, proposal, silent, summary

from digestbot.domain import Filed, Item, Proposal, ProposalState, Step, StoryId
from digestbot.pipeline.propose import choose, is_sure, propose
from digestbot.roadmap import links, parse

DOCUMENT = """\
# A map

## Sequences

**Goal:** Predict sequences.

### First chapter

About sequences.

- [Known](https://blog.example/known) (post): stands here already.

### Second chapter

More about sequences.

- [Elsewhere](https://blog.example/elsewhere) (post): stands here too.
"""
ROADMAP = parse(DOCUMENT, "map")
FIRST, SECOND = (chapter.id for chapter in ROADMAP.chapters)


class Records:
    """Holds what is undone, and what was recorded."""

    def __init__(self, *stories: Filed, proposals: Sequence[Proposal] = ()) -> None:
        self.stories = list(stories)
        self.known = list(proposals)
        self.done: dict[StoryId, str] = {}

    def undone(self, step: Step, roadmap: str, lang: str) -> list[Filed]:
        return [found for found in self.stories if found.story.id not in self.done]

    def mark_done(self, step: Step, roadmap: str, results: Sequence[tuple[StoryId, str]], now: object) -> None:
        self.done.update(results)

    def record_proposals(self, found: Sequence[Proposal]) -> None:
        self.known += [new for new in found if new.id not in {old.id for old in self.known}]

    def proposals(self, *, state: ProposalState | None = None, since: object = None) -> list[Proposal]:
        return self.known


def names(chosen: Sequence[Filed]) -> list[str]:
    """Return the ids of chosen stories without their prefix."""
    return [found.story.id.removeprefix("s-") for found in chosen]


def run(records: Records) -> list[Proposal]:
    """Propose from these records."""
    return asyncio.run(propose(records, records, ROADMAP, "en", NOW, silent))


@pytest.mark.parametrize(
    ("judged", "expected"),
    [
        ({}, True),
        ({"confidence": 0.6, "relevance": 0.8}, True),
        ({"confidence": 0.59}, False),
        ({"relevance": 0.79}, False),
        ({"chapter": ""}, False),
    ],
)
def test_only_sure_stories_are_proposed(judged: dict[str, Any], expected: bool) -> None:
    """A proposal needs a chapter, a sure verdict and some relevance."""
    assert is_sure(filed(**judged)) is expected


def test_a_story_without_summary_is_not_proposed() -> None:
    """Without a line on its merit there is nothing to put into the document."""
    assert not is_sure(replace(filed(), summary=summary(tldr="")))


def test_the_best_of_each_chapter_are_chosen_best_first() -> None:
    """One story per chapter, by confidence times relevance."""
    stories = [
        filed("a", chapter="one", relevance=0.85),
        filed("b", chapter="one", relevance=0.95),
        filed("c", chapter="two", relevance=0.9),
    ]

    assert names(choose(stories, (), [], "map", NOW)) == ["b", "c"]


def test_three_stories_a_week_are_enough() -> None:
    """Whatever comes, a reviewer is asked three times a week at most."""
    stories = [filed(str(n), chapter=f"c{n}") for n in range(6)]

    assert names(choose(stories, (), [], "map", NOW)) == ["0", "1", "2"]


@pytest.mark.parametrize(("days", "expected"), [(6, ["b"]), (7, ["a", "b"])])
def test_what_was_proposed_within_a_week_counts(days: int, expected: list[str]) -> None:
    """A chapter that had its proposal this week waits for the next one."""
    earlier = [proposal(url="https://blog.example/old", chapter="one", created_at=NOW - timedelta(days=days))]
    stories = [filed("a", chapter="one"), filed("b", chapter="two")]

    assert names(choose(stories, (), earlier, "map", NOW)) == expected


def test_a_week_s_room_is_shared_with_earlier_runs() -> None:
    """Two proposals of this week leave room for one."""
    earlier = [
        proposal(id=f"p{n}", url=f"https://blog.example/old{n}", chapter=f"o{n}", created_at=NOW - timedelta(days=2))
        for n in range(2)
    ]
    stories = [filed(str(n), chapter=f"c{n}") for n in range(3)]

    assert names(choose(stories, (), earlier, "map", NOW)) == ["0"]


@pytest.mark.parametrize("state", ["open", "accepted", "rejected"])
def test_what_was_ever_proposed_is_not_proposed_again(state: ProposalState) -> None:
    """A resource stays proposed, accepted or rejected for good, in whatever chapter it would be filed now."""
    earlier = [proposal(url="https://blog.example/a?utm_source=x", created_at=NOW - timedelta(days=99), state=state)]

    assert choose([filed("a", chapter="other")], (), earlier, "map", NOW) == []


def test_another_roadmap_s_proposals_do_not_count() -> None:
    """Each roadmap has its own reviewers and its own room."""
    earlier = [proposal(roadmap="other", chapter="first", created_at=NOW - timedelta(days=1))]

    assert names(choose([filed("a")], (), earlier, "map", NOW)) == ["a"]


@pytest.mark.parametrize(
    "lead",
    [
        item("known"),
        item("known", url="http://blog.example/known/?utm_campaign=x#top"),
        item("none", url=""),
        item("mail", url="mailto:someone@blog.example"),
    ],
)
def test_what_the_document_links_or_cannot_link_is_not_proposed(lead: Item) -> None:
    """An address that stands in the document in any spelling, or that is none, is no proposal."""
    assert choose([filed("x", lead=lead)], links(ROADMAP), [], "map", NOW) == []


def test_the_same_address_is_proposed_once_in_a_run() -> None:
    """Two stories with one address make one proposal."""
    stories = [filed("a", chapter="one"), filed("b", lead=item("a"), chapter="two")]

    assert len(choose(stories, (), [], "map", NOW)) == 1


def test_a_proposal_carries_its_change_and_its_evidence() -> None:
    """The diff adds one line in the document's own style, and the reason tells how sure the filing is."""
    [found] = run(Records(filed("a", chapter=FIRST)))

    added = [line for line in found.diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert added == ["+- [Post a](https://blog.example/a) (post): It shows a thing."]
    assert (found.base, found.chapter, found.state) == (ROADMAP.version, FIRST, "open")
    assert found.reason == "Shares its words. Filed with confidence 0.90, relevance 0.80."
    assert found.evidence == ("A whole text.",)


def test_every_story_is_looked_at_once() -> None:
    """Chosen or not, a story is marked, and the next run proposes nothing more."""
    records = Records(filed("a", chapter=FIRST), filed("b", chapter=FIRST))

    first, second = run(records), run(records)

    assert len(first) == 1
    assert second == []
    assert records.done == {"s-a": f"proposed as {first[0].id}", "s-b": "not proposed"}


def test_a_run_that_was_killed_proposes_the_same_again() -> None:
    """When the proposals were recorded and the stories not marked, the next run finds the same ones, once each."""
    records = Records(filed("a", chapter=FIRST), filed("b", chapter=SECOND))
    first = run(records)
    records.done.clear()

    second = run(records)

    assert second == first
    assert records.known == first


def test_a_chapter_that_is_gone_stops_nothing() -> None:
    """A story whose chapter the document has no more is told with the reason; the others are proposed."""
    records = Records(filed("a", chapter="gone"), filed("b", chapter=SECOND))

    found = run(records)

    assert [new.chapter for new in found] == [SECOND]
    assert records.done[StoryId("s-a")].startswith("not proposed: roadmap 'map' has no chapter 'gone'")
