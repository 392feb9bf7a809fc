"""The line that introduces a work: in the document's voice, out of the work's own words."""

from __future__ import annotations

import pytest

from digestbot.offline.voice import Voice, line_of, voice_of

SMALL = Voice(9, True, True)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("We propose a hybrid pipeline that joins two models.", "a hybrid pipeline that joins two models."),
        (
            "In this paper, we introduce OneVL, a model that routes reasoning through few tokens.",
            "OneVL, a model that routes reasoning through few tokens.",
        ),
        ("This paper trains a small controller for every token.", "trains a small controller for every token."),
        ("We study how models forget what they learned.", "studies how models forget what they learned."),
        ("We developed a regression framework for images.", "a regression framework for images."),
        (
            "We propose Keys to Knowledge (K2K), a framework without retrieval.",
            "Keys to Knowledge (K2K), a framework without retrieval.",
        ),
        ("The boosted trees win on tables of every size.", "the boosted trees win on tables of every size."),
        (r"We present \minerupro, which reads documents at scale.", ""),
        ("We close this gap with a model of our own making.", ""),
        ("We propose $RACER$, a way to decode in parallel.", "RACER, a way to decode in parallel."),
        ("It is here that our model beats theirs by far.", ""),
        ("", ""),
    ],
)
def test_the_authors_are_taken_out(statement: str, expected: str) -> None:
    """A line speaks of the work, not of its authors; a name keeps its capital; what cannot be said so is no line."""
    assert line_of([statement], SMALL) == expected


def test_a_line_does_not_end_within_a_list() -> None:
    """A reading that breaks off before the last item of a list is no reading."""
    line = line_of(["We present a test where prompts challenge knowledge, values, or identity of all kinds."], SMALL)

    assert line == "a test where prompts challenge knowledge, values, or identity of all kinds."


def test_the_next_statement_helps_out() -> None:
    """Where the first statement makes no line, another one does."""
    assert line_of(["Here we win.", "The dataset holds two thousand dialogues."], SMALL) == (
        "the dataset holds two thousand dialogues."
    )


def test_chinese_lines_lose_their_opener() -> None:
    """A Chinese sentence loses “this paper proposes a …” and ends as Chinese does."""
    assert line_of(["本文提出了一种新的量化方法，可将模型压缩到四比特。"], Voice(12)) == (
        "新的量化方法，可将模型压缩到四比特。"
    )


@pytest.mark.parametrize(
    ("examples", "expected"),
    [
        ([], Voice()),
        (["a short one.", "another short one, here."], Voice(4, True, True)),
        (["A long line that begins tall", "One more line that has no end"], Voice(7, False, False)),
        (["第一代模型。"], Voice(6, True, True)),
    ],
)
def test_the_voice_is_that_of_the_lines(examples: list[str], expected: Voice) -> None:
    """Length, first letter and end are those of most lines."""
    assert voice_of(examples) == expected
