"""Asks a chat model in batches, a few calls at once, and reads its replies: rows are matched to stories by id."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from digestbot.adapters.langchain_model.failures import Failure, failure_of
from digestbot.adapters.langchain_model.pacing import Answered, Pace
from digestbot.chat.budget import Price, Purse, tokens_of
from digestbot.chat.questions import Question, Result, Row, Task
from digestbot.chat.replies import bounded, rows
from digestbot.chat.room import Room
from digestbot.domain import Usage
from digestbot.errors import BudgetError, ModelError, ReplyError
from digestbot.ports import Replies

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

CALLS_AT_ONCE = 4
PATIENCE = 4
"""Calls in a row that may fail, or bring nothing that can be read, before the model is given up for this run."""
TOKENS_OF_A_ROW = 100
"""What a story's part of a reply is expected to take; in a budget the true number takes its place."""

_THINKING = re.compile(r"\s*<think>")
_THOUGHTS = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)  # Qwen and DeepSeek on local servers write them before


@dataclass(frozen=True)
class Manners:
    """How a chat model is spoken to; `price` is None where nobody knows it.

    `structure` is how it is told the schema of its replies. With `bounds` schemas say how many rows there are and how
    long a string may be. `length` says for a call how many tokens it may write, `streams` whether it may be asked for
    an answer in parts.
    """

    price: Price | None = None
    structure: Mapping[str, Any] = field(default_factory=dict)
    bounds: bool = False
    length: Callable[[int], Mapping[str, Any]] | None = None
    streams: bool = True


class Asker:
    """Asks one chat model, within its rates and its budget. A batch that fails takes only its own stories with it.

    Whatever may pass is tried again here and nowhere else. When the model cannot be reached, refuses the key, or fails
    too often in a row, no more is asked in this run: what was not answered yet fails, and a call of `ask` that got no
    answer at all raises ModelError.
    """

    def __init__(
        self,
        name: str,
        llm: BaseChatModel,
        manners: Manners,
        pace: Pace | None = None,
        purse: Purse | None = None,
        dry: bool = False,
        room: Room | None = None,
    ) -> None:
        """Take LangChain's model and how it is spoken to. A dry one makes no call: each fails, and counts its cost."""
        self.name = name
        self.llm = llm
        self._manners = manners
        self._structure: Mapping[str, Any] | None = manners.structure
        self._pace = pace or Pace()
        self._purse = purse or Purse()
        self._dry = dry
        self._limit = asyncio.Semaphore(CALLS_AT_ONCE)
        self._room = room or Room()
        self.streams = manners.streams
        """Whether it is worth asking for a reply in parts; an agent that was refused says no."""
        self._failed_in_a_row = 0
        self._given_up: ModelError | None = None

    async def ask(self, question: Question[Task, Row, Result], tasks: Sequence[Task], size: int) -> Replies[Result]:
        """Return a result for each task that was answered well, in as few calls of alike length as `size` allows."""
        fixed = tokens_of(question.system) + tokens_of(json.dumps(question.schema))
        fits = self._room.stories(size, fixed, question.shown_tokens, question.written_tokens)
        batches = alike(tasks, fits)
        parts = await asyncio.gather(*(self._batch(question, batch) for batch in batches))
        replies = _together(parts)
        if self._given_up and not replies.usage.calls:
            raise self._given_up
        return replies

    async def _batch(self, question: Question[Task, Row, Result], batch: Sequence[Task]) -> Replies[Result]:
        """Return what one call gave, or a few shorter ones where that was too long; only the unforeseen raises."""
        answer = await self._message(question, batch)
        if isinstance(answer, Failure):
            usage = self.usage(answer.counted)
            if not answer.too_long or len(batch) == 1:
                return question.failed(batch, answer.error, usage)
            shorter = alike(batch, self._room.too_long(len(batch)))
            parts = await asyncio.gather(*(self._batch(question, part) for part in shorter))
            return _together([Replies({}, {}, usage), *parts])
        usage = self.usage(answer.usage_metadata)
        try:
            found = rows(json_of(answer), question.row, {question.story_of(task) for task in batch})
        except ReplyError as broken:
            error = ReplyError(f"{self.name}: {broken}")
            self._judge(Failure(error))
            self._room.answered(len(batch), 0)
            return question.failed(batch, error, usage)
        self._judge(None)
        self._room.answered(len(batch), len(found))
        return await asyncio.to_thread(question.checked, found, batch, self.name, usage)

    async def _message(self, question: Question[Task, Row, Result], batch: Sequence[Task]) -> AIMessage | Failure:
        system, brief, schema = question.system, question.show(batch), question.schema
        read = tokens_of(system) + tokens_of(brief) + tokens_of(json.dumps(schema))
        expected = self.expected(read, len(batch))
        length = self.length_settings(read, len(batch), question.written_tokens)
        if self._structure is not None:
            ended = bounded(schema, [question.story_of(task) for task in batch]) if self._manners.bounds else schema
            answer = await self.call(lambda: self._structured(system, brief, ended, length), expected)
            if not (isinstance(answer, Failure) and answer.refused):
                return answer
        told = f"{system}\n{in_words(schema)}"
        answer = await self.call(lambda: self.llm.ainvoke([("system", told), ("human", brief)], **length), expected)
        if not isinstance(answer, Failure):
            self._structure = None  # an endpoint that knows no schemas is not told them again
        return answer

    async def _structured(
        self, system: str, brief: str, schema: dict[str, Any], length: Mapping[str, Any]
    ) -> AIMessage:
        # The provider's own way to hold a reply to a schema; the parsing that comes with it mends broken JSON by
        # guessing, so only the raw message is used.
        asked = self.llm.with_structured_output(schema, include_raw=True, **(self._structure or {}), **length)
        answer = await asked.ainvoke([("system", system), ("human", brief)])
        return cast("dict[str, AIMessage]", answer)["raw"]  # what include_raw gives

    def length_settings(self, read: int, rows: int, written: int) -> Mapping[str, Any]:
        """Return what a call says to end a reply of so many rows; nothing where the model was told at its opening."""
        length = self._manners.length
        return length(self._room.cap(read, rows, written)) if length else {}

    @property
    def strict(self) -> bool:
        """Whether the endpoint holds a reply to a schema by itself, as OpenAI's does."""
        return bool(self._structure and self._structure.get("method") == "json_schema")

    def schema_settings(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return what a call says to have its reply held to a schema, nothing where words have to do."""
        if not self.strict:
            return {}
        named = {"name": schema["title"], "schema": schema, "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": named}}

    def told_schema(self, schema: dict[str, Any]) -> str:
        """Return the words that ask for a schema, nothing where the endpoint is told otherwise."""
        return "" if self.strict else in_words(schema)

    def expected(self, read: int, rows: int) -> Usage:
        """Return what a call is expected to take that reads so many tokens and answers with so many rows."""
        return self.usage({"input_tokens": read, "output_tokens": rows * TOKENS_OF_A_ROW})

    async def call(self, make: Callable[[], Awaitable[Answered]], expected: Usage) -> Answered | Failure:
        """Return what a call gave, tried again while that may help."""
        if self._dry:
            counted = {
                "input_tokens": expected.tokens - expected.output_tokens,
                "output_tokens": expected.output_tokens,
            }
            return Failure(ModelError(f"{self.name} was not asked"), counted=counted)
        async with self._limit:
            if self._given_up:
                return Failure(self._given_up, "never")
            try:
                self._purse.book(expected)
            except BudgetError as error:
                spent = ModelError(str(error))
                spent.__cause__ = error
                return Failure(spent, "never")
            answer = await self._pace.tried(make, expected.tokens, lambda error: failure_of(error, self.name))
            self._purse.settle(expected, self.usage(counted_of(answer)))
            if isinstance(answer, Failure):
                self._judge(answer)
        return answer

    def _judge(self, failure: Failure | None) -> None:
        """Give the model up when that is all there is to do; None stands for a reply that could be used."""
        self._failed_in_a_row = self._failed_in_a_row + 1 if failure else 0
        if failure and (failure.prospect == "never" or self._failed_in_a_row >= PATIENCE):
            self._given_up = failure.error

    def usage(self, counted: Mapping[str, Any] | None) -> Usage:
        """Return what a call took by the provider's own count; nothing where it gives none."""
        if counted is None:
            return Usage()
        took, gave = int(counted.get("input_tokens") or 0), int(counted.get("output_tokens") or 0)
        cached = int((counted.get("input_token_details") or {}).get("cache_read") or 0)
        price = self._manners.price
        cost = price.cost_usd(took, gave, cached) if price else None
        return Usage(took + gave, cost, gave, 1)


def alike(tasks: Sequence[Task], size: int) -> list[Sequence[Task]]:
    """Return tasks in as few batches of at most `size` as there need be, all of about the same length."""
    count = math.ceil(len(tasks) / size)
    return [tasks[len(tasks) * n // count : len(tasks) * (n + 1) // count] for n in range(count)]


def in_words(schema: dict[str, Any]) -> str:
    """Return the words that ask for a schema where an endpoint cannot be told otherwise."""
    return f"End with one JSON object and nothing else. Its schema:\n{json.dumps(schema)}"


def _together(parts: Sequence[Replies[Result]]) -> Replies[Result]:
    return Replies(
        {story: result for part in parts for story, result in part.results.items()},
        {story: error for part in parts for story, error in part.failures.items()},
        sum((part.usage for part in parts), Usage()),
    )


def counted_of(answer: object) -> Mapping[str, Any] | None:
    """Return the provider's count that came with a message or a failure."""
    if isinstance(answer, Failure):
        return answer.counted
    return getattr(answer, "usage_metadata", None)


def without_thoughts(text: str) -> str:
    """Return a reply without what a model thought before it; of one that still thinks nothing."""
    text = _THOUGHTS.sub("", text)
    return "" if _THINKING.match(text) else text


def json_of(message: AIMessage) -> object:
    """Return the object that a message holds, as its text or as the arguments of the call of a tool.

    Raises ReplyError. JSON is read strictly: a guess at the end of a cut reply would pass for the model's words.
    """
    from langchain_core.utils.json import parse_json_markdown

    if message.additional_kwargs.get("refusal"):
        raise ReplyError("the model refused to answer")
    if message.tool_calls:
        return message.tool_calls[0]["args"]
    text = without_thoughts(message.text)
    if not text.strip():
        raise ReplyError("the reply is empty")
    try:
        return parse_json_markdown(text, parser=json.loads)
    except (ValueError, RecursionError) as error:
        raise ReplyError("the reply is not json") from error
