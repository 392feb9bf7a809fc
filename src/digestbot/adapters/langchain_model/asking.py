"""Asks a chat model in batches, a few calls at once, and reads its replies: rows are matched to stories by id."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from digestbot.adapters.langchain_model.failures import Failure, failure_of
from digestbot.chat import replies
from digestbot.chat.budget import Price
from digestbot.chat.questions import Question, Result, Row, Task
from digestbot.domain import Usage
from digestbot.errors import ModelError, ReplyError
from digestbot.ports import Replies

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

CALLS_AT_ONCE = 4


class Asker:
    """Asks one chat model. A batch that fails takes only its own stories with it.

    When the model cannot be reached, or refuses the key, no more is asked: the stories not yet answered fail, and if
    none was answered the call raises ModelError.
    """

    def __init__(self, name: str, llm: BaseChatModel, price: Price | None, structure: Mapping[str, Any]) -> None:
        """Take LangChain's model and how it is told the schema of its replies."""
        self.name = name
        self._llm = llm
        self._price = price
        self._structure = dict(structure)

    async def ask(self, question: Question[Task, Row, Result], tasks: Sequence[Task], size: int) -> Replies[Result]:
        """Return a result for each task that was answered well, `size` tasks a call."""
        limit, stop = asyncio.Semaphore(CALLS_AT_ONCE), _Stop()
        batches = [tasks[start : start + size] for start in range(0, len(tasks), size)]
        parts = await asyncio.gather(*(self._batch(question, batch, limit, stop) for batch in batches))
        results = {story: result for part in parts for story, result in part.results.items()}
        if stop.error and not results:
            raise stop.error
        failures = {story: error for part in parts for story, error in part.failures.items()}
        return Replies(results, failures, sum((part.usage for part in parts), Usage()))

    async def _batch(
        self, question: Question[Task, Row, Result], batch: Sequence[Task], limit: asyncio.Semaphore, stop: _Stop
    ) -> Replies[Result]:
        """Return what one call gave, never raising but for what nobody expects."""
        async with limit:
            if stop.error:
                return question.failed(batch, stop.error, Usage())
            answer = await self._call(question.system, question.show(batch), question.schema)
        if isinstance(answer, Failure):
            stop.error = answer.error if answer.final else stop.error
            return question.failed(batch, answer.error, self._usage(answer.counted))
        usage = self._usage(answer.usage_metadata)
        try:
            found = replies.rows(_json(answer), question.row, {question.story_of(task) for task in batch})
        except ReplyError as broken:
            return question.failed(batch, ReplyError(f"{self.name}: {broken}"), usage)
        return await asyncio.to_thread(question.checked, found, batch, self.name, usage)

    async def _call(self, system: str, brief: str, schema: dict[str, Any]) -> AIMessage | Failure:
        # The provider's own way to hold a reply to a schema; the parsing that comes with it mends broken JSON by
        # guessing, so only the raw message is used.
        asked = self._llm.with_structured_output(schema, include_raw=True, **self._structure)
        try:
            answer = await asked.ainvoke([("system", system), ("human", brief)])
        except Exception as error:  # every provider's SDK has exceptions of its own and LangChain lets many through
            return failure_of(error, self.name)
        return cast("dict[str, AIMessage]", answer)["raw"]  # what include_raw gives

    def _usage(self, counted: Mapping[str, Any] | None) -> Usage:
        if counted is None:
            return Usage()
        took, gave = int(counted.get("input_tokens") or 0), int(counted.get("output_tokens") or 0)
        cached = int((counted.get("input_token_details") or {}).get("cache_read") or 0)
        return Usage(took + gave, self._price.cost_usd(took, gave, cached) if self._price else None)


@dataclass
class _Stop:
    """Shared by the batches of one call: the error after which asking on is of no use."""

    error: ModelError | None = None


def _json(message: AIMessage) -> object:
    """Return the object that a message holds, as its text or as the arguments of the call of a tool.

    Raises ReplyError. JSON is read strictly: a guess at the end of a cut reply would pass for the model's words.
    """
    from langchain_core.utils.json import parse_json_markdown

    if message.additional_kwargs.get("refusal"):
        raise ReplyError("the model refused to answer")
    if message.tool_calls:
        return message.tool_calls[0]["args"]
    text = message.text
    if not text.strip():
        raise ReplyError("the reply is empty")
    try:
        return parse_json_markdown(text, parser=json.loads)
    except (ValueError, RecursionError) as error:
        raise ReplyError("the reply is not json") from error
