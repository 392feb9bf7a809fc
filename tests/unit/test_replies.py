"""What is left of a chat model's reply after checking."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from digestbot.chat.briefs import Places, places
from digestbot.chat.replies import FilingRow, bounded, filing_schema, rows, verdict
from digestbot.chat.summaries import NotesRow, notes_schema
from digestbot.domain import Chapter, FeedId, Item, ItemId, Outline, Section, Story, StoryId, Verdict
from digestbot.errors import ReplyError

OUTLINE = Outline(
    name="test",
    title="A Test Roadmap",
    lang="en",
    version="v1",
    sections=(
        Section("start", "Preliminaries", "", (), filing=False),
        Section("I", "Models", "Build them.", (Chapter("tokens", "Tokenization", ""),)),
        Section("II", "Speed", "Run them.", (Chapter("kv", "KV Caching", ""),)),
    ),
)
CHINESE = Outline("zh", "路线图", "zh", "v1", (Section("模型", "模型", "", (Chapter("文字", "文字", ""),)),))
TEXT = (
    "We prune the key-value cache of long prompts. Memory falls by 41% on LongBench. Accuracy stays within 0.3 points."
)
INVENTED = "It beats Orion-9 by 73.4% on Halvorsen, see https://invented.example/paper."
NEUTRAL = "Filed under Speed by its title and text."


def story(text: str = TEXT) -> Story:
    item = Item(ItemId("arxiv:1"), FeedId("f"), "https://arxiv.org/abs/1", "Pruned Caches", text=text)
    return Story(StoryId("s1"), item, (item,))


def judged(changes: Mapping[str, object], outline: Outline = OUTLINE) -> Verdict:
    row = {
        "id": "s1",
        "section": "II",
        "chapter": "II.1",
        "confidence": 0.8,
        "level": "advanced",
        "reason": "It prunes.",
    }
    row |= {"novelty": 0.6, "evidence": 0.8, "usefulness": 0.7}
    read = FilingRow.model_validate({**row, **changes})
    return verdict(read, story(), places(outline), outline, "openai:m", "file@1+00000000")


@pytest.mark.parametrize(
    ("changes", "section", "chapter"),
    [
        ({}, "II", "kv"),
        ({"section": "I"}, "I", ""),
        ({"section": "none"}, "none", ""),
        ({"chapter": "IX.9"}, "II", ""),
        ({"chapter": "none"}, "II", ""),
    ],
)
def test_a_chapter_counts_only_in_its_own_section(changes: dict[str, str], section: str, chapter: str) -> None:
    """A chapter of another section, of no section or of nowhere is left out; the section stands."""
    filed = judged(changes)

    assert (filed.section, filed.chapter) == (section, chapter)


@pytest.mark.parametrize("section", ["XII", "start", "Speed", ""])
def test_a_section_must_exist(section: str) -> None:
    """A section that the roadmap does not have, or does not file into, is refused."""
    with pytest.raises(ReplyError, match="does not have"):
        judged({"section": section})


def test_shares_are_brought_into_range() -> None:
    """A confidence above one and a novelty below zero are taken as one and zero."""
    filed = judged({"confidence": 7, "novelty": -0.5, "evidence": 0, "usefulness": 0})

    assert (filed.confidence, filed.relevance, filed.top) == (1.0, 0.0, (("II", 1.0),))


@pytest.mark.parametrize(("said", "kept"), [("Advanced ", "advanced"), ("introductory", "introductory"), ("hard", "")])
def test_the_rubric_is_kept_part_by_part(said: str, kept: str) -> None:
    """Novelty, evidence, usefulness and level stand beside the relevance that they make; another level is none."""
    filed = judged({"level": said})

    assert (filed.novelty, filed.evidence, filed.usefulness, filed.level) == (0.6, 0.8, 0.7, kept)
    assert filed.relevance == pytest.approx(0.25 * 0.6 + 0.25 * 0.8 + 0.5 * 0.7)


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        (f"It prunes the cache. {INVENTED}", "It prunes the cache."),
        ("Memory falls by 41%. It prunes the cache.", "Memory falls by 41%."),
        ("It prunes\n  the\u200b cache.", "It prunes the cache."),
        (INVENTED, NEUTRAL),
        ("See https://hijacked.example/now @everyone", NEUTRAL),
        ("", NEUTRAL),
    ],
)
def test_a_reason_says_only_what_the_story_says(reason: str, kept: str) -> None:
    """One supported sentence is kept; where there is none, a plain sentence of ours stands in."""
    filed = judged({"reason": reason})

    assert filed.reason == kept


def test_a_roadmap_with_long_ids_is_shown_by_number() -> None:
    """Sections whose ids are not short Latin words get short codes, and verdicts the ids again."""
    filed = judged({"section": "S1", "chapter": "S1.1", "reason": INVENTED}, CHINESE)

    assert (filed.section, filed.chapter) == ("模型", "文字")
    assert filed.reason == "根据标题和正文归入“模型”。"


def test_rows_that_cannot_be_read_are_left_out() -> None:
    """A row counts if it has every field and was asked for; of two with one id the first counts."""
    good = {"id": "s1", "notes": ["a"]}
    listed = [good, {**good, "notes": ["b"]}, {**good, "id": "s9"}, {"id": "s2"}, {**good, "id": "s3", "notes": "x"}, 7]

    found = rows({"stories": listed}, NotesRow, {"s1", "s2", "s3"})

    assert {id: row.notes for id, row in found.items()} == {"s1": ["a"]}


@pytest.mark.parametrize("number", [math.nan, math.inf, "much"])
def test_a_share_must_be_a_number(number: object) -> None:
    """What is no finite number makes its row unusable."""
    row = {"id": "s1", "section": "I", "chapter": "none", "confidence": number, "relevance": 1, "reason": ""}

    found = rows({"stories": [row]}, FilingRow, {"s1"})

    assert found == {}


@pytest.mark.parametrize("reply", [None, [], "text", {}, {"stories": None}, {"stories": {"id": "s1"}}])
def test_a_reply_without_rows_is_refused(reply: object) -> None:
    """Anything but an object with a list of stories is no reply."""
    with pytest.raises(ReplyError, match="no list of stories"):
        rows(reply, NotesRow, {"s1"})


def test_the_schema_has_the_fields_that_are_read() -> None:
    """What is asked for is what is read, in the strict form that providers ask for."""
    row = filing_schema(places(OUTLINE))["properties"]["stories"]["items"]

    assert set(row["properties"]) == set(FilingRow.model_fields) == set(row["required"])
    assert row["additionalProperties"] is False
    assert row["properties"]["section"]["enum"] == ["I", "II", "none"]


def test_a_long_list_of_chapters_is_no_enumeration() -> None:
    """Past what a provider takes, the schema leaves chapters open and code alone checks them."""
    chapters = tuple(Chapter(f"c{n}", f"Chapter {n}", "") for n in range(300))
    known: Places = places(Outline("long", "Long", "en", "v1", (Section("I", "One", "", chapters),)))

    row = filing_schema(known)["properties"]["stories"]["items"]

    assert "enum" not in row["properties"]["chapter"]
    assert row["properties"]["section"]["enum"] == ["I", "none"]


def test_a_bounded_schema_leaves_nothing_endless() -> None:
    """Rows, strings and lists have an end, what is enumerated stays as it is, and the schema given is not changed."""
    given = filing_schema(places(OUTLINE))

    ended = bounded(given, ["arxiv:2604.1", "s2", "s3"])["properties"]["stories"]

    assert (ended["minItems"], ended["maxItems"]) == (3, 3)
    assert ended["items"]["properties"]["id"]["pattern"] == r"^(arxiv:2604\.1|s2|s3)$"
    assert ended["items"]["properties"]["reason"]["maxLength"] > 0
    assert "maxLength" not in ended["items"]["properties"]["section"]
    assert "maxItems" not in given["properties"]["stories"]
    assert "pattern" not in given["properties"]["stories"]["items"]["properties"]["id"]


def test_a_bounded_schema_ends_the_strings_of_lists() -> None:
    """A list of texts has an end, and so has each of them."""
    ended = bounded(notes_schema(), ["a b"])["properties"]["stories"]["items"]["properties"]

    assert ended["notes"]["maxItems"] > 0
    assert ended["notes"]["items"]["maxLength"] > 0
    assert "pattern" not in ended["id"]  # an id that would need more of a pattern than every server knows
