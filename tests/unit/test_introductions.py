"""The line that a chat model writes for a document: what it is shown, and what is believed of its reply."""

from __future__ import annotations

import pytest
from fakes import article, paper, story, summary

from digestbot.adapters.offline_model import introduction_of
from digestbot.chat.introductions import IntroductionRow, introduction_question, line_of
from digestbot.chat.prompts import parse
from digestbot.errors import ReplyError
from digestbot.ports import Introduction
from digestbot.shipped import shipped

TEXT = "We quantize the weights of a language model to four bits. It stays within 1.2 points of the original."
TASK = Introduction(
    story(paper(title="Four bits", text=TEXT)),
    article(text=TEXT),
    summary(tldr="We quantize the weights of a language model to four bits."),
    "Quantization",
    ("the paper that began it.", "a friendly tour of the ideas."),
)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Weights of a language model in four bits, within 1.2 points of the original", None),
        ("weights in four bits.", "weights in four bits."),
        ("", ""),
    ],
)
def test_a_line_takes_the_manner_of_the_others(said: str, expected: str | None) -> None:
    """It begins small and ends with a full stop as the chapter's lines do; an empty line is one."""
    line = line_of(IntroductionRow(id="s1", line=said), TASK, "en")

    assert line == (expected if expected is not None else f"w{said[1:]}.")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("weights in two bits at 97.3 % accuracy.", "number not in the source"),
        ("better than LLaMA-7B in four bits.", "not in the source"),
        ("read it at https://evil.example now.", "not in the source"),
        ("word " * 40, "longer"),
        ("in this paper, we quantize the weights.", "authors"),
        (r"the weights of a \\textbf{language model} in four bits.", "markup"),
        ("把语言模型的权重压缩到四比特，便于学习。", "another language"),
    ],
)
def test_a_line_that_the_story_does_not_show_is_refused(said: str, why: str) -> None:
    """Numbers, names and links must stand in the story, and the language is the document's."""
    with pytest.raises(ReplyError, match=why):
        line_of(IntroductionRow(id="s1", line=said), TASK, "en")


def test_the_model_is_shown_the_chapter_and_its_lines() -> None:
    """The brief names the chapter, quotes its lines, and shows the story as data."""
    prompt = parse(shipped("prompts", "introduce.md").read_text("utf-8"), "introduce")

    question = introduction_question(prompt, "en")

    shown = question.show([TASK])
    assert "chapter: Quantization\nlike: the paper that began it.\nlike: a friendly tour of the ideas." in shown
    assert TEXT in shown
    assert "Write in English." in question.system


def test_offline_the_summary_is_the_line() -> None:
    """Without a chat model the line is made of the summary's words, and there is none in a language that they lack."""
    assert introduction_of(TASK, "en") == "quantizes the weights of a language model to four bits."
    foreign = Introduction(TASK.story, TASK.article, summary(tldr="We do.", written="en"), "Quantization")
    assert introduction_of(foreign, "zh") == ""
