"""Joining: what links make one story, and what people keep apart stays apart."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from fakes import NOW, item, paper

from digestbot.domain import Decision, Item, ItemId, Link, StoryId, Web
from digestbot.joining import apart, components, groups_of, partition, together

A, B, C, D = (ItemId(name) for name in "abcd")
S1, S2 = StoryId("s1"), StoryId("s2")


def link(pair: str, score: float = 0.9) -> Link:
    """Return the link of a pair such as `ab`."""
    return Link(ItemId(pair[0]), ItemId(pair[1]), score, "titles alike")


def decision(pair: str, same: bool = False) -> Decision:
    """Return somebody's decision on a pair."""
    return Decision(ItemId(pair[0]), ItemId(pair[1]), same, "ada", "", NOW)


def named(*names: str) -> tuple[Item, ...]:
    """Return posts whose ids are their names."""
    return tuple(item(name, id=ItemId(name)) for name in names)


def web(
    names: str,
    stories: dict[str, StoryId],
    links: Sequence[Link] = (),
    decisions: Sequence[Decision] = (),
    leads: dict[StoryId, str] | None = None,
) -> Web:
    """Return a web of posts, each story led by its first member unless `leads` says otherwise."""
    first = {story: name for name, story in reversed(stories.items())} | (leads or {})
    return Web(
        named(*names),
        {ItemId(name): story for name, story in stories.items()},
        {story: ItemId(name) for story, name in first.items()},
        tuple(links),
        tuple(decisions),
    )


@pytest.mark.parametrize(
    ("edges", "strangers", "expected"),
    [
        (["ab", "bc"], [], ["abc"]),
        (["ab", "bc"], ["ac"], ["ab", "c"]),
        (["bc", "ab"], ["ac"], ["a", "bc"]),
        (["ab", "cd", "bc"], ["ad"], ["ab", "cd"]),
        (["ab"], ["ab"], ["a", "b", "c"]),
        (["ab", "bc"], ["xz"], ["abc"]),
    ],
)
def test_an_edge_that_brings_strangers_together_is_left_out(
    edges: list[str], strangers: list[str], expected: list[str]
) -> None:
    """The first edges hold, and a later one that would put two nodes together which belong apart does not."""
    nodes = sorted({*"abc", *"".join(edges)})
    found = components(nodes, [(e[0], e[1]) for e in edges], [(s[0], s[1]) for s in strangers])

    assert sorted("".join(sorted(part)) for part in found) == expected


@pytest.mark.parametrize(
    ("links", "decisions", "expected"),
    [
        pytest.param([link("ab"), link("bc", 0.7)], [decision("ac")], ["ab", "c"], id="the weaker link is left out"),
        pytest.param([link("ab", 0.7), link("bc")], [decision("ac")], ["a", "bc"], id="wherever it is"),
        pytest.param([link("ab"), link("bc")], [decision("ac")], ["ab", "c"], id="among equals the greater ids"),
        pytest.param([], [decision("ab", True)], ["ab", "c"], id="a decision needs no link"),
        pytest.param(
            [link("ab"), link("bc")], [decision("bc", True), decision("ac")], ["a", "bc"], id="and comes first"
        ),
        pytest.param(
            [link("ab"), link("ac"), link("bc")], [decision("ab"), decision("bc")], ["ac", "b"], id="split of one"
        ),
    ],
)
def test_the_surest_links_hold(links: list[Link], decisions: list[Decision], expected: list[str]) -> None:
    """Decisions first, then links by score; whatever their order, the same ones are left out."""
    for shuffled in itertools.permutations(links):
        for ids in itertools.permutations((A, B, C)):
            found = partition(ids, shuffled, decisions)

            assert sorted("".join(sorted(part)) for part in found) == expected


def test_a_split_item_gets_a_story_of_its_own_that_goes_to_triage() -> None:
    """The lead keeps the story with its id; the other is split from it and carries itself."""
    found = groups_of(web("ab", {"a": S1, "b": S1}, [link("ab")], [decision("ab")]), {S1}, set(), {})

    old, new = sorted(found, key=lambda group: group.members)
    assert (old.story, old.members, old.split_from, old.reopened) == (S1, (A,), None, None)
    assert (new.members, new.split_from, new.reopened) == ((B,), S1, B)
    assert new.story != S1


def test_a_story_s_id_goes_on_with_its_lead_even_where_an_older_member_gave_it() -> None:
    """When the oldest member is split off, it does not take the story's id and history away, nor share the id."""
    [alone] = groups_of(web("a", {}), set(), {A}, {})
    made = alone.story

    found = groups_of(web("ab", {"a": made, "b": made}, [], [decision("ab")], {made: "b"}), set(), set(), {})

    assert {group.members: group.story == made for group in found} == {(A,): False, (B,): True}


def test_merged_stories_go_on_under_the_oldest_id() -> None:
    """By decision as by link, the story of the oldest member lives on and the others are merged into it."""
    [found] = groups_of(web("ab", {"a": S2, "b": S1}, [], [decision("ab", True)]), set(), set(), {})

    assert (found.story, found.merged, found.members) == (S2, (S1,), (A, B))


def test_an_item_under_way_carries_the_story_it_was_split_into() -> None:
    """Nothing is sent to triage twice."""
    found = groups_of(web("ab", {"a": S1, "b": S1}, [], [decision("ab")]), {S1}, {B}, {})

    assert [group.reopened for group in found] == [None, None]


def test_splitting_keeps_an_item_from_all_the_others() -> None:
    """One decision for each other member, the ids of each in order."""
    found = apart(B, [A, B, C], "ada", "a sequel", NOW)

    assert [(one.a, one.b, one.same, one.by, one.reason) for one in found] == [
        (A, B, False, "ada", "a sequel"),
        (B, C, False, "ada", "a sequel"),
    ]


def test_merging_takes_earlier_splits_between_the_two_back() -> None:
    """The leads are one work, and so is every pair across the two that was decided to be apart; other splits stay."""
    earlier = [decision("bd"), decision("ab"), decision("cd")]

    found = together([A, B], [C, D], earlier, "ada", "", NOW)

    assert [(one.a, one.b, one.same) for one in found] == [(A, C, True), (B, D, True)]


def test_a_lead_is_the_original_work() -> None:
    """A paper leads its posts, in a story that was split as in any other."""
    members = (item("post", id=A), paper("2604.00001", id=B))

    [found] = groups_of(Web(members, {}, {}, (link("ab"),), ()), set(), {A, B}, {})

    assert (found.lead, found.outcomes[A][0]) == (B, "joined")
