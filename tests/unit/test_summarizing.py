"""How a chat model is asked to summarize: part by part, and once more for what was wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import article, item, outline, story, verdict

from digestbot.chat.prompts import load
from digestbot.chat.questions import Question, Result, Row
from digestbot.chat.questions import Task as AnyTask
from digestbot.chat.summaries import Task
from digestbot.chat.summarizing import MAX_PARTS, parts_of, summarize
from digestbot.domain import Summary, Usage
from digestbot.errors import ModelError
from digestbot.ports import Replies

PROMPTS = load(Path(__file__).parents[2] / "prompts", None)
EMPTY = {"tldr": "", "new": "", "how": "", "result": "", "limits": "", "why": ""}
GOOD = {**EMPTY, "tldr": "It sorts the letters of the town."}
BAD = {**EMPTY, "tldr": "It sorts the letters.", "result": "It beats Orion-9 by 73.4%."}
TEXT = "We present a lamp that sorts the letters of the town. It needs 5 hours. Rain disturbs it."


class Asked:
    """Answers every task of a question as a test says, and remembers what it was shown."""

    name = "fake:model"

    def __init__(self, *answers: Callable[[str], dict[str, Any]] | ModelError) -> None:
        self.shown: list[str] = []
        self._answers = list(answers)

    async def ask(
        self, question: Question[AnyTask, Row, Result], tasks: Sequence[AnyTask], size: int
    ) -> Replies[Result]:
        """Return what the next answer makes of the tasks."""
        answer = self._answers.pop(0)
        if isinstance(answer, ModelError):
            raise answer
        self.shown += [question.show([task]) for task in tasks]
        found: dict[str, Row] = {
            id: question.row.model_validate({"id": id, **answer(question.show([task]))})
            for id, task in ((question.story_of(task), task) for task in tasks)
        }
        return question.checked(found, tasks, self.name, Usage(10, 0.0))


def go(model: Asked, text: str = TEXT) -> Replies[Summary]:
    """Have one story of a text summarized."""
    one: Task = (story(item(text=text)), verdict(), article(text=text))
    return asyncio.run(summarize(model, PROMPTS, [one], outline(), "en"))


def test_what_is_supported_is_asked_for_once() -> None:
    """A summary without a fault costs one call, which names the story's chapter."""
    model = Asked(lambda shown: GOOD)

    replies = go(model)

    assert [one.tldr for one in replies.results.values()] == ["It sorts the letters of the town."]
    assert (len(model.shown), replies.usage.tokens) == (1, 10)
    assert "place: Sequences: First chapter" in model.shown[0]


def test_a_faulty_summary_is_asked_for_once_more_with_its_fault() -> None:
    """The second answer counts when fewer of its sentences are dropped; both are paid for."""
    model = Asked(lambda shown: BAD, lambda shown: GOOD)

    replies = go(model)

    [found] = replies.results.values()
    assert (found.dropped, found.tldr, replies.usage.tokens) == (0, "It sorts the letters of the town.", 20)
    assert "wrong before: It beats Orion-9 by 73.4%." in model.shown[1]


def test_what_cannot_be_mended_is_dropped() -> None:
    """A second answer as bad as the first, or none, leaves what the first one had that stands."""
    for second in (lambda shown: BAD, ModelError("it cannot be reached")):
        [found] = go(Asked(lambda shown: BAD, second)).results.values()

        assert (found.dropped, found.tldr, found.points) == (1, "It sorts the letters.", ())


@pytest.mark.slow
def test_a_long_text_is_read_part_by_part_within_bounds() -> None:
    """Its parts are noted first, few of them however long it is, and the summary is made of what was noted."""
    long = "\n".join(f"{TEXT} Figure {n} shows a lamp." for n in range(4_000))
    model = Asked(lambda shown: {"notes": ["It needs 5 hours.", "It needs 99 hours."]}, lambda shown: GOOD)

    replies = go(model, long)

    assert len(model.shown) == MAX_PARTS + 1
    assert model.shown[-1].count("It needs 5 hours.") == MAX_PARTS
    assert "99 hours" not in model.shown[-1]
    assert replies.usage.tokens == 20


@pytest.mark.slow
def test_without_notes_the_beginning_is_summarized() -> None:
    """When no part could be noted, the start of the text takes the notes' place."""
    model = Asked(ModelError("it is asked too often"), lambda shown: GOOD)

    replies = go(model, f"{TEXT}\n" * 400)

    assert replies.results
    assert "Rain disturbs it." in model.shown[0]


def test_the_parts_of_a_text_hold_its_sentences() -> None:
    """A text of few parts is in them whole; of more, the first and the last are always read."""
    few = parts_of("One is here. Two is here. Three is here.", 26)
    many = parts_of(" ".join(f"Sentence {n} is here." for n in range(100)), 40)

    assert " ".join(few) == "One is here. Two is here. Three is here."
    assert len(many) == MAX_PARTS
    assert "Sentence 0 " in many[0]
    assert "Sentence 99 " in many[-1]
