"""Rules of cutting text into sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digestbot.offline.sentences import split


@pytest.mark.parametrize(
    "sentences",
    [
        ["We use trees, e.g. oaks.", "They grow."],
        ["See Fig. 3 and Eq. (4) for it.", "It holds."],
        ["Moore et al. (2019) did it.", "So did Ruiz et al. in 2021."],
        ["This follows Ruiz et al.", "We extend it."],
        ["The loss fell to 0.25 after 3.5 hours.", "Then it rose."],
        ["Read https://example.org/a.b?c=1.", "It is short."],
        ["J. R. Moore wrote it.", "Nobody read it."],
        ["Here $x = 1. y$ is fixed.", "It costs $5 million.", "They paid $6."],
        ["Does it work?", "Yes!", "It does, i.e. mostly."],
        ['He said "stop."', "She did not."],
        ["iOS runs it.", "mBERT does too."],
    ],
)
def test_english_is_cut_where_sentences_end(sentences: list[str]) -> None:
    """A full stop ends a sentence only where a reader would say so."""
    found = split(" ".join(sentences))

    assert found == sentences


def test_chinese_is_cut_without_spaces() -> None:
    """Chinese marks end a sentence with nothing behind them, the wide semicolon included."""
    found = split("本文提出一种方法。效果很好！为什么？因为简单；也快。“真的。”他说。")

    assert found == ["本文提出一种方法。", "效果很好！", "为什么？", "因为简单；", "也快。", "“真的。”", "他说。"]


def test_bullets_and_blank_lines_are_borders() -> None:
    """List entries, headings and paragraphs are sentences of their own; the number of an entry is no end."""
    found = split("Results\nWe ran it twice\n- first run\n- second run\n\n1. Warm up. Rest.\n2. Go")

    assert found == ["Results", "We ran it twice", "- first run", "- second run", "1. Warm up.", "Rest.", "2. Go"]


def test_a_wrapped_line_goes_on() -> None:
    """The line end of a hard-wrapped paragraph is no border, even before a capital."""
    text = "A paragraph that an editor has wrapped at about seventy letters for\nBob still is one sentence."

    found = split(text)

    assert found == [text]


def test_a_missing_space_is_forgiven_only_before_an_opening_word() -> None:
    """`results.We` is a border, `torch.Tensor` is not."""
    found = split("It gave good results.We use torch.Tensor for it.")

    assert found == ["It gave good results.", "We use torch.Tensor for it."]


@given(st.text(alphabet="aA1 .!?。；\n-$(\\\"'e.g", max_size=200))
def test_nothing_is_lost_and_nothing_added(text: str) -> None:
    """Sentences are verbatim pieces that hold every visible character of the text."""
    found = split(text)

    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(sentence in text and sentence.strip() == sentence != "" for sentence in found)


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["a. ", "e.g. ", "$a ", "\\(", "。", "x", "\n\t", "(1. ", "1.", "\"'"])
def test_a_long_hostile_text_is_cut_in_one_pass(unit: str) -> None:
    """Thirty thousand repetitions are cut, not refused."""
    found = split(unit * 30_000)

    assert sum(map(len, found)) <= len(unit) * 30_000
