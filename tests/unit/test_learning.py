"""Learning from decisions: figures that few decisions move little, and a taste that finds what is liked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import NOW, proposal

from digestbot.domain import Act, Ground, Judged, Opinion, ProposalId
from digestbot.learning.rates import Rate, judged, overall, rates
from digestbot.learning.taste import Example, Taste, taste_of, taste_of_votes


def decided(id: str, taken: bool, ground: Ground = "other", wanted: str = "", days: int = 0) -> Judged:
    """Return a decision."""
    return Judged(ProposalId(id), taken, False, "" if taken else ground, wanted, NOW + timedelta(days=days))


def act(number: int, kind: str, state: str, **more: str) -> Act:
    """Return an act on the first proposal."""
    return Act(ProposalId("p1"), number, NOW, "ada", kind, state, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([], []),
        ([act(1, "accept", "open")], []),
        ([act(1, "accept", "accepted"), act(2, "applied", "applied")], [(True, False, "")]),
        ([act(1, "edit", "open"), act(2, "accept", "edited")], [(True, True, "")]),
        ([act(1, "reject", "rejected", ground="weak")], [(False, False, "weak")]),
        ([act(1, "accept", "accepted"), act(2, "stale", "stale"), act(3, "asked again", "open")], []),
        ([act(1, "accept", "accepted"), act(2, "applied", "applied"), act(3, "revert", "applied"),
          act(4, "reverted", "reverted")], [(False, False, "other")]),
        ([act(1, "accept", "accepted"), act(2, "requested", "accepted"), act(3, "closed", "rejected")],
         [(False, False, "other")]),
    ],
)  # fmt: skip
def test_acts_make_decisions(acts: list[Act], expected: list[tuple[bool, bool, str]]) -> None:
    """The last decision on a proposal counts; what is open again is none, and what was taken back was no good."""
    assert [(one.taken, one.edited, one.ground) for one in judged(acts)] == expected


def test_a_share_leans_on_all_decisions() -> None:
    """One decision moves a chapter's share little, many move it far; a chapter without any has that of the whole."""
    many = [proposal(f"m{n}", chapter="many") for n in range(20)]
    few, none = [proposal("f", chapter="few")], [proposal("n", chapter="none")]
    decisions = [decided(one.id, True) for one in many] + [decided("f", False)]

    found = rates([*many, *few, *none], decisions, lambda one: one.chapter)

    whole = overall([*many, *few, *none], decisions)
    assert (whole.taken, whole.rejected, whole.waiting) == (20, 1, 1)
    assert found["many"].share > 0.95
    assert 0.6 < found["few"].share < whole.share
    assert found["none"] == Rate(waiting=1, share=whole.share)
    assert overall([], []) == Rate()


LIKED = [
    "A survey of state space models for long sequences",
    "Selective state spaces explained from scratch",
    "State space duality and linear recurrences",
    "Structured state spaces in practice",
]
DISLIKED = [
    "A benchmark for agents that use browsers",
    "Evaluating web agents on a new leaderboard",
    "A benchmark of tool use in language agents",
    "Measuring agents on long web tasks",
]


def example(text: str, chapter: str = "c", medium: str = "paper") -> Example:
    """Return what a proposal is compared by."""
    return Example(text, chapter, medium)


def test_a_taste_finds_what_is_liked() -> None:
    """New texts like those that were taken have better odds than new ones like those that were turned down."""
    taste = Taste([example(text) for text in (*LIKED, *DISLIKED)], [True] * 4 + [False] * 4)

    good, bad, strange = taste.odds(
        [example("Hybrid state space layers"), example("A harder benchmark for web agents"), example("Birds")]
    )

    assert good > 0.55 > strange > 0.4 > bad


def test_a_few_votes_are_heard_and_one_sided_ones_are_not() -> None:
    """Three of each kind move a favour; where all like all, nothing is known of what they like."""
    both = [Opinion("ada", "vote", text, NOW, title=text, liked=text in LIKED) for text in (*LIKED[:3], *DISLIKED[:3])]

    good, bad = taste_of_votes(both).favour(
        [example("Hybrid state space layers"), example("Agents on a new benchmark")]
    )

    assert good > 1.02 > 0.98 > bad
    assert taste_of_votes(both[:3]).favour([example("Hybrid state space layers")]) == [1.0]


def test_without_decisions_nothing_is_favoured() -> None:
    """Nothing is known at first; whatever is asked has even odds, and no question is no trouble."""
    taste = Taste([], [])

    assert taste.odds([example("Anything"), example("")]) == [0.5, 0.5]
    assert taste.odds([]) == []


def test_a_rejection_for_its_place_says_nothing_against_a_work() -> None:
    """Only what a reviewer did not want as such is learned from."""
    proposals = [replace(proposal(f"p{n}"), title=text) for n, text in enumerate(LIKED)]
    decisions = [decided(one.id, False, "wrong-place") for one in proposals]

    assert taste_of(proposals, decisions).base == 0.5
    assert taste_of(proposals, [decided(one.id, False, "weak") for one in proposals]).base < 0.3
