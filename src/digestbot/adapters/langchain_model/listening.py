"""Hears what an agent's model writes while it writes it, and counts what no provider counts: a reply that broke off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from digestbot.chat.budget import tokens_of

if TYPE_CHECKING:
    from langchain.agents.middleware.types import ModelResponse
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph

Heard = Callable[[str], None]
"""Is told all that the model wrote so far of the message that it is writing, again and again."""
Counts = Mapping[str, Any]
"""Tokens, as LangChain names them."""


class Listening:
    """What is heard of one run of an agent."""

    def __init__(self, heard: Heard) -> None:
        """Take who is told."""
        self._heard = heard
        self._message, self._text = "", ""

    async def ended(
        self, agent: CompiledStateGraph[Any, Any, Any, Any], given: Mapping[str, Any], limits: RunnableConfig
    ) -> dict[str, Any]:
        """Return what the agent ends in; meanwhile what its model writes is handed on."""
        ended: dict[str, Any] = {}
        # Of two modes each part comes with the name of its own.
        parts: Any = agent.astream(given, limits, stream_mode=["messages", "values"], version="v1")
        async for mode, part in parts:
            if mode == "values":
                ended = part
            else:
                self._hear(part[0])
        return ended

    async def counted(
        self, call: Callable[[], Awaitable[ModelResponse[Any]]], read: int, lost: Callable[[Counts], None]
    ) -> ModelResponse[Any]:
        """Return what a call gave that read so many tokens; `lost` is told what one took that ended in the middle.

        A provider is paid for that, too, and its count would have come at the end.
        """
        self._text, response = "", None
        try:
            response = await call()
        finally:
            if response is None and self._text:
                lost(counts(read, self._text))
        return response

    def _hear(self, part: BaseMessage) -> None:
        """Take a part of a message; each try of each call has a message of its own."""
        if part.type != "AIMessageChunk":  # what a tool says, and a message that came whole
            return
        if part.id != self._message:
            self._message, self._text = part.id or "", ""
        self._text += part.text
        self._heard(self._text)


def counts(read: int, written: str) -> Counts:
    """Return what a call took by our own count."""
    return {"input_tokens": read, "output_tokens": tokens_of(written)}
