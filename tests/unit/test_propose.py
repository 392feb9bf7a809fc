"""Propose: which stories are put before a reviewer, and that nothing is asked twice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fakes import NOW, FakeModel, filed, item, paper, proposal, silent, story, summary

from digestbot.adapters.offline_model import OfflineModel
from digestbot.domain import Act, FeedId, Filed, Item, Proposal, ProposalState, Step, Story, StoryId, Usage, Verdict
from digestbot.errors import ModelError
from digestbot.pipeline.models import Models
from digestbot.pipeline.propose import propose
from digestbot.proposing.choice import Choice, Rules, choose, is_sure
from digestbot.proposing.fit import fits_of
from digestbot.proposing.hunger import hungry
from digestbot.proposing.presence import Presence, presence_of
from digestbot.roadmap import Roadmap, outline, parse

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
EMPTY = Presence(frozenset(), ())
FIRST, SECOND = (chapter.id for chapter in ROADMAP.chapters)


class Records:
    """Holds what is undone, and what was recorded."""

    def __init__(self, *stories: Filed, proposals: Sequence[Proposal] = ()) -> None:
        self.stories = list(stories)
        self.known = list(proposals)
        self.done: dict[StoryId, str] = {}
        self.fresh: list[Filed] = []
        self.since: dict[StoryId, datetime] = {}
        self.why: dict[StoryId, str] = {}
        self.usage = Usage()
        self.acts: list[Act] = []
        self.taken_back: list[tuple[Story, str]] = []
        self.looked_at: set[tuple[str, str, str]] = set()

    def undone(self, step: Step, roadmap: str, lang: str) -> list[Filed]:
        return [found for found in self.stories if found.story.id not in self.done]

    def mark_done(self, step: Step, roadmap: str, results: Sequence[tuple[StoryId, str]], now: object) -> None:
        self.done.update(results)

    def record_proposals(self, found: Sequence[Proposal]) -> None:
        self.known += [new for new in found if new.id not in {old.id for old in self.known}]

    def proposals(self, *, state: ProposalState | None = None, since: object = None) -> list[Proposal]:
        return self.known

    def renewed(self, roadmap: str, lang: str, since: datetime) -> list[Filed]:
        return self.fresh

    def waiting(self, roadmap: str) -> dict[StoryId, datetime]:
        return self.since

    def keep_waiting(self, roadmap: str, found: Mapping[StoryId, str], now: datetime) -> None:
        self.since = {id: self.since.get(id, now) for id in found}
        self.why = dict(found)

    def record_usage(self, step: Step, model: str, prompt: str, count: int, usage: Usage, now: datetime) -> None:
        self.usage += usage

    def withdrawn(self) -> list[tuple[Story, str]]:
        return self.taken_back

    def is_looked_at(self, roadmap: str, what: str, when: str) -> bool:
        return (roadmap, what, when) in self.looked_at

    def mark_looked_at(self, roadmap: str, what: str, when: str, now: datetime) -> None:
        self.looked_at.add((roadmap, what, when))

    def judged_since(self, roadmap: str, since: datetime, relevance: float) -> list[tuple[Story, Verdict, datetime]]:
        return [(one.story, one.verdict, NOW) for one in self.stories if one.verdict.relevance >= relevance]

    def filed(self, roadmap: str, lang: str, ids: Sequence[StoryId]) -> list[Filed]:
        return [one for one in self.stories if one.story.id in ids]

    def all_acts(self) -> list[Act]:
        return self.acts

    def advance(self, after: Proposal, act: Act) -> bool:
        self.known = [after if one.id == after.id else one for one in self.known]
        self.acts.append(act)
        return True


def names(chosen: Sequence[Filed]) -> list[str]:
    """Return the ids of chosen stories without their prefix."""
    return [found.story.id.removeprefix("s-") for found in chosen]


def run(
    records: Records, now: datetime = NOW, chat: FakeModel | None = None, roadmap: Roadmap = ROADMAP
) -> list[Proposal]:
    """Propose from these records."""
    models = Models(OfflineModel(), chat)
    # The model that filed is none whose chapters are checked against the words.
    records.stories = [replace(one, verdict=replace(one.verdict, model="fake:model")) for one in records.stories]
    records.fresh = [replace(one, verdict=replace(one.verdict, model="fake:model")) for one in records.fresh]
    return asyncio.run(propose(records, records, records, models, roadmap, "en", now, silent)).proposals


def chosen(stories: Sequence[Filed], *earlier: Proposal, presence: Presence = EMPTY, **more: Any) -> list[Filed]:
    """Return what is chosen of these stories."""
    return list(choose(stories, Rules(presence, earlier, NOW, **more)).chosen)


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

    assert names(chosen(stories)) == ["b", "c"]


def test_three_stories_a_week_are_enough() -> None:
    """Whatever comes, a reviewer is asked three times a week at most."""
    stories = [filed(str(n), chapter=f"c{n}") for n in range(6)]

    assert names(chosen(stories)) == ["0", "1", "2"]


@pytest.mark.parametrize(("days", "expected"), [(6, ["b"]), (7, ["a", "b"])])
def test_what_was_proposed_within_a_week_counts(days: int, expected: list[str]) -> None:
    """A chapter that had its proposal this week waits for the next one."""
    earlier = [proposal(url="https://blog.example/old", chapter="one", created_at=NOW - timedelta(days=days))]
    stories = [filed("a", chapter="one"), filed("b", chapter="two")]

    assert names(chosen(stories, *earlier)) == expected


def test_a_week_s_room_is_shared_with_earlier_runs() -> None:
    """Two proposals of this week leave room for one."""
    earlier = [
        proposal(id=f"p{n}", url=f"https://blog.example/old{n}", chapter=f"o{n}", created_at=NOW - timedelta(days=2))
        for n in range(2)
    ]
    stories = [filed(str(n), chapter=f"c{n}") for n in range(3)]

    assert names(chosen(stories, *earlier)) == ["0"]


@pytest.mark.parametrize("state", ["open", "accepted", "applied", "rejected"])
def test_what_was_ever_proposed_is_not_proposed_again(state: ProposalState) -> None:
    """A resource stays proposed, accepted or rejected for good, in whatever chapter it would be filed now."""
    signs = ("chosen feed: blog",)
    old = NOW - timedelta(days=99)
    earlier = [proposal(url="https://blog.example/a?utm_source=x", created_at=old, state=state, signs=signs)]

    assert chosen([filed("a", chapter="other")], *earlier) == []


def test_another_roadmap_s_proposals_do_not_count() -> None:
    """Each roadmap has its own reviewers and its own room."""
    other = proposal(roadmap="other", chapter=FIRST, created_at=NOW - timedelta(days=1))

    assert len(run(Records(filed("a", chapter=FIRST), proposals=[other]))) == 1


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
    assert chosen([filed("x", lead=lead)], presence=presence_of(ROADMAP)) == []


def test_the_same_address_is_proposed_once_in_a_run() -> None:
    """Two stories with one address make one proposal."""
    stories = [filed("a", chapter="one"), filed("b", lead=item("a"), chapter="two")]

    assert len(chosen(stories)) == 1


def test_a_proposal_carries_its_change_and_its_evidence() -> None:
    """The diff adds one line in the document's own style, and the reason tells how sure the filing is."""
    [found] = run(Records(filed("a", chapter=FIRST)))

    added = [line for line in found.diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert added == ["+- [Post a](https://blog.example/a) (post): it shows a thing."]
    assert (found.base, found.chapter, found.state) == (ROADMAP.version, FIRST, "open")
    assert found.reason == (
        "Shares its words. Filed with confidence 0.90, relevance 0.80. Speaks for it: chosen feed: blog."
    )
    assert found.evidence == ("A whole text.",)


def test_every_story_is_looked_at_once() -> None:
    """Chosen or not, a story is marked, and the next run proposes nothing more."""
    records = Records(filed("a", chapter=FIRST), filed("b", chapter=FIRST))

    first, second = run(records), run(records)

    assert len(first) == 1
    assert second == []
    assert records.done == {"s-a": f"proposed as {first[0].id}", "s-b": "not proposed: much like “Post a”"}


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


def new_paper(name: str = "2604.00001", **judged: Any) -> Filed:
    """Return a paper of arXiv that nobody but its authors has told of."""
    return filed(name, lead=paper(name), chapter=judged.pop("chapter", FIRST), **judged)


def told_by(found: Filed, *members: Item) -> Filed:
    """Return a story that more items joined."""
    return replace(found, story=replace(found.story, members=(*found.story.members, *members)))


def test_new_work_waits_for_a_second_sign() -> None:
    """A paper alone waits; once a post tells of it, it is proposed, and the sign is kept."""
    alone = new_paper()
    records = Records(alone)

    first = run(records)
    records.stories = [told_by(alone, item("about-it"))]
    second = run(records, NOW + timedelta(days=3))

    assert first == []
    assert [one.signs for one in second] == [("post: https://blog.example/about-it",)]
    assert records.why == {}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (new_paper(), False),
        (new_paper(relevance=0.99), True),
        (new_paper(relevance=0.99, confidence=0.7), False),
        (new_paper(relevance=0.98), False),
        (filed("x", lead=paper(comment="Accepted at ICLR 2026"), chapter=FIRST, relevance=0.9), True),
        (filed("x", lead=paper(comment="Accepted at ICLR 2026"), chapter=FIRST, relevance=0.89), False),
        (filed("x", lead=paper(feed=FeedId("suggested")), chapter=FIRST), True),
        (told_by(new_paper(), paper("2604.00001v2")), False),
        (told_by(new_paper(), item("code", medium="repository")), False),
    ],
)
def test_what_counts_as_a_second_sign(found: Filed, expected: bool) -> None:
    """Being taken by a venue, handed in or told of by others counts; the authors' own code or next version does not."""
    assert bool(chosen([found])) is expected


def test_waiting_ends_after_four_weeks() -> None:
    """What found no second sign in a month is passed over, with the reason."""
    alone = new_paper()

    choice = choose([alone], Rules(EMPTY, (), NOW, {alone.story.id: NOW - timedelta(days=28)}))

    assert choice == Choice(
        passed={alone.story.id: "waits for a second sign: nobody but its authors has told of it yet, for 28 days"}
    )


def test_what_has_no_room_waits_for_the_next_week() -> None:
    """The second best of a chapter is proposed a week later, before what is worse than it."""
    stories = [filed("a", chapter=FIRST, relevance=0.99), filed("b", chapter=FIRST, relevance=0.9)]
    stories[1] = replace(stories[1], summary=summary("s-b", tldr="Quite another matter is told of images."))
    records = Records(*stories)

    first, second = run(records), run(records, NOW + timedelta(days=7))

    assert [one.title for one in (*first, *second)] == ["Post a", "Post b"]


def test_a_rejected_work_comes_back_with_a_new_sign_only() -> None:
    """What was turned down is proposed again once a venue took it; the new proposal has an id of its own."""
    found = filed("a", lead=paper(), members=[paper(), item("b")], chapter=FIRST, relevance=0.95)
    records = Records(found)
    (first,) = run(records)
    records.known = [replace(first, state="rejected")]
    records.fresh = [found]

    again = run(records, NOW + timedelta(days=30))
    records.fresh = [told_by(found, paper("2604.00001v2", comment="Accepted at ICLR 2026"))]
    (second,) = run(records, NOW + timedelta(days=31))

    assert again == []
    assert second.signs == ("accepted: ICLR 2026", "post: https://blog.example/b")
    assert second.id != first.id


def test_what_the_document_has_under_another_address_is_not_proposed() -> None:
    """A resource of the same title, or another item of the story, counts as the work itself."""
    document = parse("# T\n\n## A\n\n- [Learning to Prompt for Models](https://a.example/x) (paper): m.\n", "map")
    by_title = filed("a", lead=item("a", title="Learning to prompt for models."))
    by_member = filed("b", members=[item("b"), item("c", url="https://a.example/x/")])

    assert chosen([by_title, by_member], presence=presence_of(document)) == []


def test_a_withdrawn_work_is_not_proposed() -> None:
    """What its authors took back is not news for a roadmap."""
    assert chosen([filed("a", lead=paper(comment="Accepted at ICLR 2026. Withdrawn by the authors."))]) == []


def test_the_best_of_a_cluster_stands_for_it() -> None:
    """Of stories of a chapter that say the same only the best is proposed, in later weeks too."""
    alike = [filed("a", chapter="one", relevance=0.9), filed("b", chapter="one", relevance=0.8)]
    earlier = proposal(chapter="two", url="https://blog.example/z", created_at=NOW - timedelta(days=20))

    found = choose([*alike, filed("c", chapter="two")], Rules(EMPTY, [earlier], NOW, likeness=lambda a, b: 0.9))

    assert names(found.chosen) == ["a"]
    assert found.passed == {"s-b": "not proposed: much like “Post a”", "s-c": "not proposed: much like “A title”"}


@pytest.mark.parametrize(
    ("share", "relevance", "expected"),
    [(1.0, 0.66, True), (0.0, 0.94, False), (0.5, 0.8, True), (0.2, 0.88, False), (0.2, 0.9, True)],
)
def test_decisions_move_what_is_asked_of_a_chapter(share: float, relevance: float, expected: bool) -> None:
    """Where reviewers take much, less relevant stories are proposed; where they take little, only the best."""
    assert bool(chosen([filed("a", relevance=relevance, chapter="one")], shares={"one": share})) is expected
    assert bool(chosen([filed("a", relevance=relevance, chapter="one")], share=share)) is expected


def test_a_chat_model_writes_the_line_and_is_counted() -> None:
    """The chosen stories only are introduced by the chat model; what fails there is said offline."""
    records = Records(filed("a", chapter=FIRST), filed("b", chapter=SECOND))
    chat = FakeModel(script=[{StoryId("s-b"): ModelError("down")}])

    found = run(records, chat=chat)

    assert [one.merit for one in found] == ["a line by fake:model.", "it shows a thing."]
    assert records.usage.tokens == 10


def test_a_story_that_fits_no_chapter_is_not_proposed() -> None:
    """A section can be sure while no chapter is: held against all chapters, its own must be likely."""
    cooking = item("cooking", title="How to bake bread", text="Flour, water and patience make a loaf.")
    sequences = item("sequences", title="About sequences", text="More about sequences: predict sequences.")
    stories = [filed("a", lead=cooking, chapter=SECOND), filed("b", lead=sequences, chapter=SECOND)]

    fits = fits_of([(one.story, one.verdict) for one in stories], outline(ROADMAP))
    choice = choose(stories, Rules(EMPTY, (), NOW, fits=fits))

    assert names(choice.chosen) == ["b"]
    assert choice.passed == {"s-a": "not proposed: it fits no chapter well"}


def test_what_was_taken_back_is_proposed_to_go() -> None:
    """A withdrawn paper that the document links becomes a proposal to retire it, once, with what its entry says."""
    document = DOCUMENT.replace("https://blog.example/known", "https://arxiv.org/pdf/2604.00001v1")
    taken = story(paper(comment="Withdrawn: a proof is wrong."), id="s-w")
    records = Records()
    records.taken_back = [(taken, "It was withdrawn.")]

    (found,) = run(records, roadmap=parse(document, "map"))
    again = run(records, NOW + timedelta(days=1), roadmap=parse(document, "map"))

    assert (found.kind, found.old_url, found.reason) == (
        "retire",
        "https://arxiv.org/pdf/2604.00001v1",
        "It was withdrawn.",
    )
    assert [quote.text for quote in found.quotes] == ["Withdrawn: a proof is wrong."]
    assert "\n-- [Known](https://arxiv.org/pdf/2604.00001v1) (post): stands here already.\n" in found.diff
    assert again == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"url": "https://arxiv.org/pdf/2604.00001v1"}, "stale"),
        ({"story": StoryId("s-w")}, "stale"),
        ({"url": "https://arxiv.org/abs/2604.00002"}, "open"),
        ({"url": "https://arxiv.org/abs/2604.00001", "state": "rejected"}, "rejected"),
        ({"url": "https://arxiv.org/abs/2604.00001", "kind": "chapter"}, "open"),
    ],
)
def test_a_withdrawn_work_is_asked_for_no_more(changes: dict[str, Any], expected: str) -> None:
    """An open addition whose paper was withdrawn is stale, says why, and is not there to be accepted."""
    taken = story(paper(comment="Withdrawn: a proof is wrong."), id="s-w")
    records = Records(proposals=[proposal(created_at=NOW - timedelta(days=9), **changes)])
    records.taken_back = [(taken, "It was withdrawn.")]

    run(records)
    run(records, NOW + timedelta(days=1))

    (kept,) = records.known
    assert kept.state == expected
    assert [act.reason for act in records.acts] == (["It was withdrawn."] if expected == "stale" else [])


def bread(number: int) -> Filed:
    """Return a story about sourdough."""
    lead = paper(
        f"2604.1{number:04}",
        title=f"Sourdough fermentation {'in the kitchen' if number % 2 else 'for bakers'}",
        text="Sourdough fermentation with flour and water makes bread rise. Wild yeast does the work.",
    )
    return filed(f"b{number}", lead=lead, section=ROADMAP.sections[0].id, chapter=FIRST, relevance=0.75)


def test_a_topic_without_a_chapter_becomes_one() -> None:
    """Good stories that fit no chapter and come over weeks make a proposal, with a place, a goal and resources."""
    records = Records(*(bread(n) for n in range(9)))
    weeks = {one.story.id: NOW - timedelta(weeks=n % 3) for n, one in enumerate(records.stories)}
    records.judged_since = lambda roadmap, since, relevance: [  # type: ignore[method-assign]  # other instants
        (one.story, replace(one.verdict, chapter=""), weeks[one.story.id]) for one in records.stories
    ]

    (found,) = run(records)
    again = run(records, NOW + timedelta(days=7))

    assert (found.kind, found.title, found.chapter) == ("chapter", "Sourdough Fermentation", FIRST)
    assert len(found.stories) == 9
    assert "+### Sourdough Fermentation" in found.diff
    assert "+**Goal:** Understand what Sourdough Fermentation is for" in found.diff
    assert found.diff.count("https://arxiv.org/abs/2604.1") == 3
    assert again == []


def test_a_list_against_its_levels_is_found_with_the_week() -> None:
    """What reviewers took in and a model judged to be advanced stands behind what is introductory, once a week."""
    lines = [f"- [r{n}](https://blog.example/{n}) (post): words about it.\n" for n in range(4)]
    document = parse(f"# T\n\n## A\n\n### First chapter\n\n{''.join(lines)}", "map")
    taken = [filed(str(n)) for n in range(4)]
    judged = [
        replace(one, verdict=replace(one.verdict, level="advanced" if n < 2 else "introductory"))
        for n, one in enumerate(taken)
    ]
    earlier = [
        proposal(
            f"p{n}", state="applied", story=one.story.id, url=one.story.lead.url, created_at=NOW - timedelta(days=9)
        )
        for n, one in enumerate(judged)
    ]
    records = Records(*judged, proposals=earlier)
    for n, one in enumerate(judged):
        lead = replace(one.story.lead, url=f"https://blog.example/{n}")
        records.stories[n] = replace(one, story=replace(one.story, lead=lead))
        records.done[one.story.id] = "proposed"

    (found,) = run(records, roadmap=document)
    again = run(records, NOW + timedelta(days=40), roadmap=document)

    assert (found.kind, found.title) == ("reorder", "First chapter")
    assert again == []


@pytest.mark.parametrize(
    ("address", "fed", "expected"),
    [
        ("https://arxiv.org/abs/2401.00001", None, True),
        ("https://arxiv.org/abs/2604.00001", None, False),
        ("https://blog.example/2024/01/post", None, True),
        ("https://blog.example/2025/post", None, False),
        ("https://blog.example/post", None, False),
        ("https://arxiv.org/abs/2401.00001", NOW - timedelta(days=30), False),
        ("https://arxiv.org/abs/2401.00001", NOW - timedelta(days=400), True),
    ],
)
def test_a_chapter_that_nobody_fed_for_a_year_is_hungry(address: str, fed: datetime | None, expected: bool) -> None:
    """Addresses and decisions tell how old a chapter's newest resource is; where none does, nothing is said."""
    document = parse(f"# T\n\n## A\n\n- [a]({address}) (paper): m.\n", "map")
    earlier = [proposal(chapter="a", state="applied", decided_at=fed)] if fed else []

    assert hungry(document, earlier, NOW) == (frozenset({"a"}) if expected else frozenset())


def test_less_is_asked_of_stories_for_a_hungry_chapter() -> None:
    """What would be passed over elsewhere is proposed where nothing came for a year."""
    found = filed("a", chapter="one", relevance=0.75)

    assert chosen([found]) == []
    assert chosen([found], hungry=frozenset({"one"})) == [found]
