"""The agent loop: a chat model that looks things up before it decides on one story.

Its tools only read, and come from the pipeline as plain callables; their answers are defanged like all text from
outside. Whatever it ends in is read like any other reply.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digestbot.adapters.langchain_model.asking import Asker, json_of
from digestbot.adapters.langchain_model.failures import Failure
from digestbot.adapters.langchain_model.listening import Heard, Listening, counts
from digestbot.chat.budget import tokens_of
from digestbot.chat.untrusted import defang, enclosed
from digestbot.domain import Lookup, Usage
from digestbot.errors import ReplyError
from digestbot.ports import Tool

if TYPE_CHECKING:
    from langchain.agents.middleware.types import AgentMiddleware, ModelRequest, ModelResponse
    from langchain_core.runnables import RunnableConfig
    from langchain_core.tools import BaseTool
    from langgraph.graph.state import CompiledStateGraph

    Request = ModelRequest[Any]
    Handler = Callable[[Request], Awaitable[ModelResponse[Any]]]

MAX_STEPS = 3
"""Calls of the model for one story, the last of which has no tools left."""
MAX_TOKENS = 12_000
"""What one story may take: no tool is offered any more after two thirds of it."""
MAX_SECONDS = 120.0
"""Twice what a reply may take, where it is not said otherwise."""
MAX_LOOKUP_CHARS = 1_200
_MAX_ASKED_CHARS = 200
_MAX_LOOKUPS = 6


@dataclass(frozen=True)
class Caps:
    """How far one inquiry may go."""

    steps: int = MAX_STEPS
    tokens: int = MAX_TOKENS
    seconds: float = MAX_SECONDS
    lookups: int = _MAX_LOOKUPS
    lookup_chars: int = MAX_LOOKUP_CHARS
    written_tokens: int = 400
    """Of one reply: a verdict of 200 tokens, or the calls of a few tools."""


STUDY = Caps()


class Inquiry:
    """One story's study: what was looked up, what it took and how it ended."""

    def __init__(
        self,
        asker: Asker,
        schema: dict[str, Any],
        tools: Sequence[Tool],
        caps: Caps = STUDY,
        heard: Heard | None = None,
    ) -> None:
        """Take the tools that may be used, the schema that it has to end in, and how far it may go.

        `heard` is told what the model writes while it writes; None where each message is to come whole.
        """
        self.lookups: list[Lookup] = []
        self.usage = Usage()
        self._asker = asker
        self._schema = schema
        self._tools = tools
        self._caps = caps
        self._steps = 0
        self._listening = Listening(heard) if heard and asker.streams else None

    @property
    def seen(self) -> list[str]:
        """What the tools showed: a reason may rest on it."""
        return [lookup.saw for lookup in self.lookups]

    async def reply(self, system: str, brief: str) -> object:
        """Return the JSON that the model ended in. Raises ReplyError where it ended in none, ModelError in no reply."""
        from langchain.agents import create_agent
        from langchain_core.messages import HumanMessage
        from langgraph.errors import GraphRecursionError

        agent = create_agent(
            self._asker.llm,
            [_langchain_tool(tool, self._look_up) for tool in self._tools],
            system_prompt=f"{system}\n{self._asker.told_schema(self._schema)}",
            middleware=[_middleware(self._step)],
        )
        try:
            async with asyncio.timeout(self._caps.seconds):
                ended = await self._ended(agent, {"messages": [HumanMessage(brief)]})
        except TimeoutError as error:
            raise ReplyError(f"{self._asker.name}: its study took longer than {self._caps.seconds:.0f} s") from error
        except GraphRecursionError as error:
            raise ReplyError(f"{self._asker.name}: its study came to no end in {self._caps.steps} steps") from error
        except _Ended as ended_early:
            raise ended_early.failure.error from ended_early
        try:
            return json_of(ended["messages"][-1])
        except ReplyError as error:
            raise ReplyError(f"{self._asker.name}: {error}") from error

    async def _ended(self, agent: CompiledStateGraph[Any, Any, Any, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        limits: RunnableConfig = {"recursion_limit": 4 * self._caps.steps}
        if self._listening:
            return await self._listening.ended(agent, given, limits)
        return dict(await agent.ainvoke(given, limits, version="v1"))

    async def _step(self, request: Request, handler: Handler) -> ModelResponse[Any]:
        """Make one call; the last that the caps allow is offered no tool, so that it has to answer."""
        self._steps += 1
        spent = self.usage.tokens >= self._caps.tokens * 2 // 3 or len(self.lookups) >= self._caps.lookups
        tools = [] if spent or self._steps >= self._caps.steps else request.tools
        settings = self._asker.schema_settings(self._schema) | (
            {"strict": True} if tools and self._asker.strict else {}
        )
        read = tokens_of(str(request.system_prompt)) + sum(tokens_of(str(one.content)) for one in request.messages)
        length = self._asker.length_settings(read, 1, self._caps.written_tokens)
        request = request.override(tools=tools, model_settings={**settings, **length})
        answer = await self._answer(handler, request, read)
        if isinstance(answer, Failure):
            self.usage += self._asker.usage(answer.counted)
            raise _Ended(answer)
        self.usage += self._asker.usage(answer.usage_metadata)
        response: ModelResponse[Any] = answer.response
        return response

    async def _answer(self, handler: Handler, request: Request, read: int) -> _Counted | Failure:
        """Return what a call gave; where it cannot be streamed it is made for the whole, and so are all later ones."""
        listening = self._listening if self._asker.streams else None
        answer = await self._made(handler, request, read, listening)
        if listening and isinstance(answer, Failure) and answer.unreadable:
            answer = await self._made(handler, request, read, None)
            self._asker.streams = isinstance(answer, Failure)
        return answer

    async def _made(
        self, handler: Handler, request: Request, read: int, listening: Listening | None
    ) -> _Counted | Failure:
        if self._listening and not listening:
            request = request.override(model_settings={**request.model_settings, "stream": False})
        counted = read + (tokens_of(json.dumps(self._schema)) if self._asker.strict else 0)

        async def make() -> _Counted:
            if listening is None:
                return _Counted(await handler(request))
            return _Counted(await listening.counted(lambda: handler(request), counted, self._lose), counted)

        return await self._asker.call(make, self._asker.expected(read, 1))

    def _lose(self, counted: Mapping[str, Any]) -> None:
        self.usage += self._asker.usage(counted)

    async def _look_up(self, tool: Tool, asked: str) -> str:
        """Return what a tool says, and remember it."""
        asked = defang(asked, _MAX_ASKED_CHARS)
        if len(self.lookups) >= self._caps.lookups:
            return "Nothing more can be looked up: answer now."
        saw = defang(await tool.look_up(asked), self._caps.lookup_chars)
        self.lookups.append(Lookup(tool.name, asked, saw))
        return enclosed(saw) if saw else "Nothing was found."


class _Counted:
    """A response of the agent's model, with the provider's count where the asker looks for it."""

    def __init__(self, response: ModelResponse[Any], streamed: int | None = None) -> None:
        """Take a response, and how many tokens one that was streamed had read: some servers count no stream."""
        self.response = response
        message = response.result[-1]
        self.usage_metadata = getattr(message, "usage_metadata", None)
        if self.usage_metadata is None and streamed is not None:
            self.usage_metadata = counts(streamed, f"{message.text}{getattr(message, 'tool_calls', '')}")


class _Ended(Exception):
    """Carries a failed call through the agent loop."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure.error))
        self.failure = failure


def _middleware(step: Callable[..., Awaitable[Any]]) -> AgentMiddleware[Any, Any, Any]:
    from langchain.agents.middleware import wrap_model_call

    return wrap_model_call(step)


def _langchain_tool(tool: Tool, look_up: Callable[[Tool, str], Awaitable[str]]) -> BaseTool:
    from langchain_core.tools import StructuredTool

    async def run(words: str) -> str:
        return await look_up(tool, words)

    return StructuredTool.from_function(coroutine=run, name=tool.name, description=tool.description)
