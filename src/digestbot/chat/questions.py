"""A question that is asked of a chat model in batches, and how its reply becomes a result for each story; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from digestbot.domain import StoryId, Usage
from digestbot.errors import ModelError, ReplyError
from digestbot.ports import Replies

Task = TypeVar("Task")
Result = TypeVar("Result")


class Answer(BaseModel):
    """What a reply says of one story; fields that were not asked for are ignored."""

    model_config = ConfigDict(extra="ignore")

    id: str


Row = TypeVar("Row", bound=Answer)


@dataclass(frozen=True)
class Question(Generic[Task, Row, Result]):
    """What is asked of every batch alike, and how its answer is read.

    `shown_tokens` and `written_tokens` are what a story takes at most in a question and in its answer.
    """

    system: str
    schema: dict[str, Any]
    row: type[Row]
    show: Callable[[Sequence[Task]], str]
    story_of: Callable[[Task], StoryId]
    check: Callable[[Row, Task], Result]
    shown_tokens: int
    written_tokens: int

    def failed(self, batch: Sequence[Task], error: ModelError, usage: Usage) -> Replies[Result]:
        """Return the failure of a whole batch."""
        return Replies({}, {self.story_of(task): error for task in batch}, usage)

    def checked(self, found: Mapping[str, Row], batch: Sequence[Task], model: str, usage: Usage) -> Replies[Result]:
        """Return what the rows give for each task; the messages carry no id, so that equal failures read alike."""
        results: dict[StoryId, Result] = {}
        failures: dict[StoryId, ModelError] = {}
        for task in batch:
            story = self.story_of(task)
            try:
                if story not in found:
                    raise ReplyError("the reply leaves a story out or breaks its schema")
                results[story] = self.check(found[story], task)
            except ReplyError as error:
                failures[story] = ReplyError(f"{model}: {error}")
        return Replies(results, failures, usage)
