"""Which stories a rule wants, with every reason for it or against."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal, cast

import pytest
from fakes import NOW, filed, item, paper
from hypothesis import given
from hypothesis import strategies as st

from digestbot.domain import (
    Candidate,
    Filed,
    ItemId,
    Level,
    News,
    NewsKind,
    Reason,
    Rule,
    Shape,
    Subscription,
    Unfiled,
    Update,
)
from digestbot.pipeline.select import OVERLAP, choose, matcher, ready_since, refuse
from digestbot.subscriptions.matching import match, searched

DAY = timedelta(days=1)
STORY = filed(
    lead=paper(title="A KV cache", text="Quantization of keys.", lang="en-GB"),
    members=(paper(title="A KV cache", lang="en-GB"), item("talk", title="A talk on it", medium="video")),
)


def leveled(level: Level | Literal[""]) -> Filed:
    """Return the story with a level."""
    return replace(STORY, verdict=replace(STORY.verdict, level=level))


def ask(rule: Rule, story: Filed = STORY) -> tuple[bool, tuple[Reason, ...]]:
    """Return whether a rule wants a story, and the reasons."""
    found = match(rule, story, searched(story))
    return found.wanted, found.reasons


@pytest.mark.parametrize(
    ("rule", "wanted", "reasons"),
    [
        (Rule(), True, ()),
        (Rule(sections=("I",)), True, (Reason("section", "I"),)),
        (Rule(sections=("II", "III")), False, (Reason("section", "I"),)),
        (Rule(chapters=("first",)), True, (Reason("chapter", "first"),)),
        (Rule(min_relevance=0.8), True, (Reason("relevance", "0.80"),)),
        (Rule(min_relevance=0.81), False, (Reason("relevance", "0.80"),)),
        (Rule(keywords=("bread", "quantiz*")), True, (Reason("keyword", "quantiz*"),)),
        (Rule(keywords=("bread",)), False, (Reason("keyword", ""),)),
        (Rule(keywords=("talk",)), True, (Reason("keyword", "talk"),)),
        (Rule(without=("bread",)), True, ()),
        (Rule(without=("bread", "keys")), False, (Reason("without", "keys"),)),
        (Rule(media=("video",)), True, (Reason("medium", "video"),)),
        (Rule(media=("post",)), False, (Reason("medium", "paper"),)),
        (Rule(story_langs=("en",)), True, (Reason("language", "en"),)),
        (Rule(story_langs=("zh",)), False, (Reason("language", "en"),)),
        (Rule(levels=("advanced",)), True, ()),
        (Rule(levels=("advanced",), strict_level=True), False, (Reason("level", ""),)),
        (
            Rule(sections=("II",), keywords=("bread",), media=("post",)), False,
            (Reason("section", "I"), Reason("keyword", ""), Reason("medium", "paper")),
        ),
    ],
)  # fmt: skip
def test_a_rule_wants_a_story_or_says_all_that_is_against(
    rule: Rule, wanted: bool, reasons: tuple[Reason, ...]
) -> None:
    """Everything that is asked for must hold; the reasons are what met it, or all that failed."""
    assert ask(rule) == (wanted, reasons)


@pytest.mark.parametrize(("level", "wanted"), [("advanced", True), ("introductory", False), ("", True)])
def test_a_level_counts_where_it_is_known(level: Level | Literal[""], wanted: bool) -> None:
    """A story of no known level passes; one of another level does not."""
    assert ask(Rule(levels=("advanced",)), leveled(level))[0] is wanted


def test_a_story_of_no_stated_language_passes() -> None:
    """Most feeds state none: asking for a language leaves out only what is known to be in another."""
    assert ask(Rule(story_langs=("zh",)), filed())[0]


def candidate(name: str, seen: datetime, ready: datetime | None = None, **judged: Any) -> Candidate:
    """Return a candidate of this name."""
    return Candidate(filed(name, **judged), seen, ready or seen)


def test_every_story_is_chosen_or_refused_with_a_reason() -> None:
    """Of a window nothing is passed over in silence."""
    one = Subscription("a", (), Rule(sections=("I",)), since=NOW - 3 * DAY)
    stories = [
        candidate("in", NOW), candidate("held", NOW), candidate("old", NOW - 9 * DAY, NOW),
        candidate("early", NOW - 2 * DAY), candidate("other", NOW, section="II"),
    ]  # fmt: skip
    unfiled = [
        Unfiled(cast(Any, "u1"), "Bread", "", True, "no word of it"),
        Unfiled(cast(Any, "u2"), "B", "", False, "not filed yet"),
    ]
    held = cast(Any, {"s-held": "d1"})

    chosen = choose(stories, [], one, NOW - DAY, held, matcher())
    refused = refuse(stories, unfiled, one, NOW - DAY, held, matcher())

    assert [found.story.id for found in chosen.stories] == ["s-in"]
    assert {refusal.story: refusal.why for refusal in refused} == {
        "s-held": "sent already, in digest d1",
        "s-old": "first seen before the subscription began, on 2026-04-03",
        "s-early": "looked at for an earlier digest",
        "s-other": "",
        "u1": "off the roadmap: no word of it",
        "u2": "not filed yet",
    }
    assert refused[0].reasons == (Reason("section", "II"),)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from(("I", "II"))), max_size=12),
    st.sets(st.integers(0, 11)), st.integers(0, 9), st.integers(0, 9),
)  # fmt: skip
def test_choosing_and_refusing_part_the_stories(
    days: list[tuple[int, int, str]], sent: set[int], since: int, floor: int
) -> None:
    """Each story is on one side, never on both, and none that was sent or began too early is chosen."""
    one = Subscription("a", (), Rule(sections=("I",)), since=NOW - since * DAY)
    stories = [
        candidate(str(n), NOW - max(a, b) * DAY, NOW - min(a, b) * DAY, section=section)
        for n, (a, b, section) in enumerate(days)
    ]
    held = cast(Any, {f"s-{n}": "d" for n in sent})

    chosen = {found.story.id for found in choose(stories, [], one, NOW - floor * DAY, held, matcher()).stories}
    refused = {refusal.story for refusal in refuse(stories, [], one, NOW - floor * DAY, held, matcher())}

    assert chosen | refused == {story.filed.story.id for story in stories}
    assert not chosen & refused
    assert not chosen & held.keys()


@pytest.mark.parametrize(
    ("since", "handled", "expected"),
    [
        (None, None, None),
        (NOW - DAY, None, NOW - DAY),
        (None, NOW - DAY, NOW - DAY - OVERLAP),
        (NOW - DAY, NOW - DAY, NOW - DAY),
        (None, NOW + DAY, None),
    ],
)
def test_stories_are_looked_at_again_for_a_while(
    since: datetime | None, handled: datetime | None, expected: datetime | None
) -> None:
    """From some days before the last look on, never from before the beginning; with a clock set back, all of them."""
    assert ready_since(Subscription("a", (), since=since), handled, NOW) == expected


@pytest.mark.parametrize(("kind", "told"), [("withdrawn", True), ("code", False)])
def test_who_was_told_of_a_work_is_told_that_it_was_taken_back(kind: NewsKind, told: bool) -> None:
    """An erratum reaches everyone who has the story, other news only those whose rule still wants it."""
    update = Update(filed("a"), (News(kind, "", "It changed."),), NOW - DAY)
    moved_on = Subscription("a", (), Rule(sections=("II",)))

    assert bool(choose([], [update], moved_on, None, {}, matcher()).updates) is told


def test_a_rule_is_asked_about_a_story_once() -> None:
    """However many subscriptions share a rule, a story's text is made once and each rule answered once."""
    stories, ask_once = [candidate("a", NOW)], matcher()

    first, second = (ask_once(Subscription(id, (), Rule(keywords=("post",))), stories[0]) for id in ("a", "b"))

    assert first is second
    assert first.wanted


def test_keywords_are_looked_for_in_the_readers_language_and_in_every_members_abstract() -> None:
    """What a reader's own summary says counts for that reader alone; what any medium's feed said, for all."""
    story = candidate("a", NOW)
    told = replace(story.filed.summary, tldr="注意力机制", lang="zh-Hans")
    talk = replace(story.filed.story.lead, id=ItemId("talk"), text="All about cuneiform.")
    story = replace(story, filed=replace(story.filed, story=replace(story.filed.story, members=(talk,))))
    asked = matcher(lambda one: {story.filed.story.id: told} if one.shape.lang == "zh-Hans" else {})
    rule = Rule(keywords=("注意力",))

    shapes = Shape(lang="zh-Hans"), Shape(lang="en")
    chinese, english = (asked(Subscription("s", (), rule, shape=shape), story) for shape in shapes)
    abstract = asked(Subscription("c", (), Rule(keywords=("cuneiform",))), story)

    assert (chinese.wanted, english.wanted, abstract.wanted) == (True, False, True)
