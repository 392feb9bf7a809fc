"""Transcripts: chapters of a description, text with times, and sentences without them."""

from __future__ import annotations

import pytest

from digestbot.offline.timed import untimed, with_sentences
from digestbot.ports import Spoken
from digestbot.wire.transcripts import Mark, chapters_of, clock, timed_text

DESCRIPTION = """We build GPT.

Chapters:
0:00 Intro
12:05 - Attention: keys & values
(1:02:03) Questions
"""


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        (DESCRIPTION, [(0, "Intro"), (725, "Attention: keys & values"), (3723, "Questions")]),
        ("Intro 0:00\nMiddle – 1:00\nEnd (2:30)", [(0, "Intro"), (60, "Middle"), (150, "End")]),
        ("⌨️ 00:00:00 开始\n⌨️ 00:10:00 注意力\n⌨️ 00:20:00 结尾", [(0, "开始"), (600, "注意力"), (1200, "结尾")]),
        ("0:00 Intro\n1:00 End", []),
        ("1:00 A\n2:00 B\n3:00 C", []),
        ("0:00 A\n5:00 B\n3:00 C", []),
        ("We meet at 10:30 in room 5:00.\nSee you!\nBye", []),
        ("", []),
    ],
)
def test_a_description_s_list_of_times_makes_chapters(description: str, expected: list[tuple[float, str]]) -> None:
    """Three rising times from 0:00 on are chapters, before or behind their titles; any other times are none."""
    assert [(mark.start_s, mark.title) for mark in chapters_of(description)] == expected


def test_what_is_said_stands_under_chapters_with_its_times() -> None:
    """A paragraph ends with a sentence after 25 s or with its chapter, and begins with the time of its first word."""
    texts = ("Hello all.", "Today we talk.", "Keys and values.", "A query asks.", "And now?", "Bye.")
    spoken = Spoken(texts, (0.0, 30.0, 61.0, 63.0, 3723.0, 3724.0))

    text = timed_text(spoken, (Mark(0, "Intro"), Mark(60, "Attention"), Mark(3723, "Questions")))

    assert text.splitlines() == [
        "## [0:00] Intro",
        "[0:00] Hello all.",
        "[0:30] Today we talk.",
        "## [1:00] Attention",
        "[1:01] Keys and values. A query asks.",
        "## [1:02:03] Questions",
        "[1:02:03] And now? Bye.",
    ]


def test_words_without_sentences_are_cut_by_time() -> None:
    """What a machine heard has no full stops: a paragraph is a minute long at most."""
    spoken = Spoken(("word",) * 50, tuple(range(0, 250, 5)), generated=True)

    starts = [line.partition("]")[0] for line in timed_text(spoken).splitlines()]

    assert starts == ["[0:00", "[1:00", "[2:00", "[3:00", "[4:00"]


def test_sentences_come_back_without_times() -> None:
    """A summary is made of the description and of sentences, never of times, titles or a machine's words."""
    said = "## [0:00] Intro\n[0:00] Hello all. We begin.\n[1:00] It ends."

    assert untimed(f"We build GPT.\n{said}").text == "We build GPT.\nHello all. We begin.\nIt ends."
    assert with_sentences(said) == said
    assert with_sentences("We build GPT.\n[0:00] so um hello all\n[1:00] and then it ends") == "We build GPT."


@pytest.mark.parametrize(("seconds", "expected"), [(0, "0:00"), (59.9, "0:59"), (754, "12:34"), (3723, "1:02:03")])
def test_a_time_is_written_as_players_do(seconds: float, expected: str) -> None:
    """Minutes and seconds, and hours where there are any."""
    assert clock(seconds) == expected
