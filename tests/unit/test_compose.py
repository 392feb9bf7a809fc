"""Compose: what stands in a digest, in which order and how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes import NOW, filed, item, outline, paper, proposal, summary
from hypothesis import given
from hypothesis import strategies as st

from digestbot.domain import (
    HEADLINE,
    Cadence,
    Channel,
    Digest,
    Filed,
    Foot,
    News,
    Point,
    Reason,
    Shape,
    StoryId,
    Subscription,
    Trends,
    Update,
)
from digestbot.pipeline.compose import compose, digest_id, in_language, share
from digestbot.pipeline.select import Chosen
from digestbot.render import wording
from digestbot.render.foot import foot_lines
from digestbot.render.words import digest_lang, words_of

READER = Subscription("default", (Channel("file"),))


def chosen(*stories: Filed, updates: tuple[Update, ...] = (), reasons: Mapping[Any, Any] | None = None) -> Chosen:
    """Return these stories as chosen."""
    return Chosen(stories, reasons or {}, updates)


def composed(*stories: Filed, updates: tuple[Update, ...] = (), **shape: Any) -> Digest:
    """Return the digest of these stories in a shape."""
    return compose(chosen(*stories, updates=updates), replace(READER, shape=Shape(**shape)), outline(), [], Foot(), NOW)


def many(count: int, section: str = "I", best: float = 1.0) -> list[Filed]:
    """Return stories of a section, each less relevant than the one before it."""
    return [filed(f"{section}{n}", section=section, relevance=best - n / 1000) for n in range(count)]


@pytest.mark.parametrize(
    ("sizes", "room", "expected"),
    [
        ([], 5, []),
        ([3], 5, [3]),
        ([3, 1], 4, [3, 1]),
        ([10, 10], 4, [2, 2]),
        ([30, 1, 1], 4, [2, 1, 1]),
        ([200, 5, 5], 40, [31, 5, 4]),
        ([100, 25], 9, [6, 3]),
        ([5, 5, 5], 2, [1, 1, 0]),
        ([0, 3], 2, [0, 2]),
        ([4], 0, [0]),
    ],
)
def test_a_digest_s_length_is_shared(sizes: list[int], room: int, expected: list[int]) -> None:
    """Each section gets one place, the rest go by the root of what each has, so that a busy one drowns none."""
    assert share(sizes, room) == expected


def test_with_too_few_places_the_best_sections_get_them() -> None:
    """A section whose best story is more relevant comes before one that merely stands earlier."""
    assert share([5, 5, 5], 2, [0.1, 0.9, 0.5]) == [0, 1, 1]


@given(st.lists(st.integers(0, 60), max_size=9), st.integers(0, 80))
def test_every_place_is_given_once_and_to_what_there_is(sizes: list[int], room: int) -> None:
    """As many places as there are stories or room, none for a story that is not there, one at least where they last."""
    shares = share(sizes, room)

    assert sum(shares) == min(room, sum(sizes))
    assert all(0 <= got <= size for got, size in zip(shares, sizes, strict=True))
    if room >= len(sizes):
        assert all(got for got, size in zip(shares, sizes, strict=True) if size)


def test_sections_stand_in_the_roadmap_s_order_and_stories_by_relevance() -> None:
    """The reader meets the sections as in the roadmap, and the most relevant story of each first."""
    found = composed(
        filed("a", relevance=0.9), filed("b", relevance=0.7), filed("c", section="II"), filed("d", relevance=0.8)
    )

    assert [section.title for section in found.sections] == ["Sequences", "Images"]
    assert [entry.story for entry in found.sections[0].entries] == ["s-a", "s-d", "s-b"]


@pytest.mark.parametrize(
    ("shape", "entries", "brief", "left_out"),
    [
        ({}, 2, 3, 0),
        ({"rest": "count"}, 2, 0, 3),
        ({"length": "short"}, 2, 3, 0),
        ({"length": "headlines"}, 0, 5, 0),
        ({"length": "headlines", "rest": "count"}, 0, 2, 3),
    ],
)
def test_what_does_not_fit_is_brief_or_counted(shape: dict[str, Any], entries: int, brief: int, left_out: int) -> None:
    """Stories beyond a digest's length get a line each, or are counted; headlines are lines all of them."""
    found = composed(*many(5), max_items=2, **shape)

    [section] = found.sections
    assert (len(section.entries), len(section.brief), found.left_out) == (entries, brief, left_out)
    told = [*section.entries, *section.brief]
    assert [entry.story for entry in told] == [f"s-I{n}" for n in range(len(told))]
    assert {bool(entry.points) for entry in section.entries} <= {shape.get("length", "full") == "full"}


@pytest.mark.parametrize("length", ["full", "short", "headlines"])
def test_a_story_without_a_summary_stands_by_its_title_and_is_counted(length: str) -> None:
    """What no money was left for is a line among the brief ones, in its order, and the foot says how many there are."""
    bare = filed("a", relevance=0.9)
    bare = replace(bare, summary=replace(bare.summary, tldr="", points=(), model=HEADLINE))

    found = composed(bare, filed("b", relevance=0.8), max_items=5, length=length)

    [section] = found.sections
    assert [entry.story for entry in section.brief][:1] == ["s-a"]
    assert [entry.story for entry in section.entries] == ([] if length == "headlines" else ["s-b"])
    assert (found.foot.headlines, HEADLINE in found.foot.models) == (1, False)
    assert any("1 story stands by its title alone" in line for line in foot_lines(found))


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


def test_an_entry_says_which_wish_it_met() -> None:
    """What of a rule a story met stands with it, in the digest's language; a rule without wishes says nothing."""
    reasons = {"s-a": (Reason("chapter", "first"), Reason("keyword", '"KV cache", quantiz*'), Reason("medium", "post"))}
    zh = replace(READER, shape=Shape(lang="zh-Hans"))

    english = compose(chosen(filed("a"), reasons=reasons), READER, outline(), [], Foot(), NOW)
    chinese = compose(chosen(filed("a"), reasons=reasons), zh, outline(), [], Foot(), NOW)

    assert english.sections[0].entries[0].because == (
        "You asked for chapter “First chapter”, “KV cache”, “quantiz*”, the medium post."
    )
    assert (
        chinese.sections[0].entries[0].because == "您订阅了章节 “First chapter”、“KV cache”、“quantiz*”、媒介“文章”。"
    )
    assert composed(filed("a")).sections[0].entries[0].because == ""


@pytest.mark.parametrize(
    ("stories", "expected"),
    [
        ([filed("a")], "1 new story in Sequences. If you read only one: “Post a”. It shows a thing."),
        (
            [filed("a"), filed("b", relevance=0.9), filed("c", section="II")],
            "3 new stories in 2 sections, most of them in Sequences. If you read only one: “Post b”. It shows a thing. "
            "Then “Post c” in Images.",
        ),
    ],
)
def test_the_lead_says_how_much_came_and_what_stands_out(stories: list[Filed], expected: str) -> None:
    """A digest opens with counts, the most relevant story's own words, and the best of the next sections."""
    assert composed(*stories).lead == expected


def test_the_lead_counts_what_is_left_out_too() -> None:
    """A short digest tells how much came, not how much of it is told."""
    found = composed(*many(5), *many(2, "II", 0.5), max_items=1, rest="count")

    assert found.lead.startswith("7 new stories in 2 sections, most of them in Sequences.")
    assert (len(found.sections), found.left_out) == (1, 6)


def test_what_is_withdrawn_leads_no_digest() -> None:
    """The story to read if only one is never one that its authors took back."""
    withdrawn = filed("a", lead=paper(comment="This paper has been withdrawn"), relevance=0.99)

    assert "“Post b”" in composed(withdrawn, filed("b")).lead


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("zh-Hans", "“Sequences”有 1 条新内容。如果只读一条：《Post a》。It shows a thing."),
        ("zh-Hant", "「Sequences」有 1 則新內容。如果只讀一則：《Post a》。It shows a thing."),
    ],
)
def test_the_lead_speaks_the_reader_s_language(lang: str, expected: str) -> None:
    """Our own words follow the subscription, titles and summaries stay as they were written."""
    found = composed(filed("a"), lang=lang)

    assert (found.lang, found.lead) == (lang, expected)


@pytest.mark.parametrize(
    ("roadmap", "expected"), [("en", "en"), ("zh", "zh-Hans"), ("zh-TW", "zh-Hant"), ("de", "en"), ("", "en")]
)
def test_without_a_wish_a_digest_speaks_the_roadmap_s_language(roadmap: str, expected: str) -> None:
    """Chinese for a Chinese roadmap, English where we have no words of its language."""
    found = compose(chosen(filed("a")), READER, outline(lang=roadmap), [], Foot(), NOW)

    assert found.lang == expected


def test_a_digest_s_id_is_made_from_what_it_is() -> None:
    """The same stories at the same instant for the same reader have the same id, in any order; others another."""
    one, two = filed("a"), filed("b")

    assert composed(one, two).id == composed(two, one).id
    assert composed(one).id != composed(one, two).id
    assert composed(one).id.startswith("20260412-default-")
    assert digest_id(chosen(one), READER, NOW) != digest_id(chosen(one), READER, NOW + timedelta(minutes=1))


@pytest.mark.parametrize(("empty", "proposals", "note"), [("note", 0, True), ("always", 1, False)])
def test_an_empty_digest_is_a_note_or_the_whole_frame(empty: str, proposals: int, note: bool) -> None:
    """With nothing to tell a note says only that; `always` keeps proposals and trends."""
    reader = replace(READER, shape=Shape(empty=empty), cadence=Cadence("weekly"))  # type: ignore[arg-type]  # a table's

    found = compose(chosen(), reader, outline(), [proposal()], Foot({"off_roadmap": 3}), NOW, Trends(4))

    assert (found.lead, found.sections) == ("There is nothing new for you this time.", ())
    assert (len(found.proposals), found.note, found.trends is None) == (proposals, note, note)


def test_news_of_a_known_story_stands_first() -> None:
    """An update comes before new stories, says what changed, and repeats no points."""
    update = Update(filed("old", relevance=0.1), (News("code", "", "Its code was released: a/b."),), NOW)

    found = composed(filed("new"), updates=(update,))

    first, second = found.sections[0].entries
    assert (first.label, first.change, first.points) == ("Update", "Its code was released: a/b.", ())
    assert second.label == ""
    assert found.lead.startswith("1 new story and 1 update on an earlier story in Sequences.")


def test_an_entry_tells_what_its_summary_gives_to_the_chapter() -> None:
    """A summary's own reason stands where it was written for this chapter, the verdict's where for another."""
    whole = filed("a", needs_review="why")
    here = replace(whole, summary=replace(whole.summary, why="It helps.", place="map/first"))
    elsewhere = replace(whole, summary=replace(whole.summary, why="It helps.", place="other/first"))

    told = [composed(one).sections[0].entries[0].why for one in (here, elsewhere)]

    assert told == [
        "First chapter: It helps. Its place awaits a reviewer.",
        "First chapter: Shares its words. Its place awaits a reviewer.",
    ]


def test_an_entry_says_what_to_know_first_and_names_its_points() -> None:
    """What the roadmap has before the chapter, parts of a summary in its own language, and a video's moments."""
    points = (Point("It grew.", "result", "1:05"), Point("So it is."))
    one = filed("a", section="II", chapter="second")
    one = replace(one, summary=replace(one.summary, points=points, dropped=2))

    digest = composed(one, lang="zh-Hans")

    entry = digest.sections[0].entries[0]
    assert entry.before == ("First chapter",)
    assert entry.points == ("Result: It grew. [1:05]", "So it is.")
    assert digest.foot.dropped == 2


def test_what_is_there_in_no_other_language_says_so() -> None:
    """A summary in the digest's language takes the place of the roadmap's; without one, it says what it is in."""
    found = in_language(chosen(filed("a"), filed("b")), {StoryId("s-a"): summary("s-a", lang="zh", tldr="短。")}, "zh")

    assert [(one.summary.tldr, one.summary.written) for one in found.stories] == [("短。", ""), (summary().tldr, "en")]


@pytest.mark.parametrize(
    ("reason", "lang", "said"),
    [
        ("Shares “QLoRA”, “adapters” with it.", "zh-Hans", "与之共有“QLoRA”、“adapters”。"),
        ("Shares “QLoRA”, “adapters” with it.", "zh-Hant", "與之共有“QLoRA”、“adapters”。"),
        ("Shares “QLoRA” with it.", "en", "Shares “QLoRA” with it."),
        ("Closest to it by its words as a whole.", "zh-Hans", "整体用词与之最为接近。"),
        ("What a chat model said.", "zh-Hans", "What a chat model said."),
    ],
)
def test_the_offline_models_reasons_are_in_the_readers_language(reason: str, lang: str, said: str) -> None:
    """They are sentences of ours; what another model wrote stays as it is."""
    assert wording.filed_for(reason, words_of(digest_lang("", lang))) == said
