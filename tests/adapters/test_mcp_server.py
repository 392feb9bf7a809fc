"""The MCP server as the protocol's own client sees it: which tools there are, what they return, what they refuse."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from digestbot.adapters.mcp_server import Desk, Rows, mcp_server
from digestbot.domain import Level
from digestbot.errors import ConfigError

pytestmark = pytest.mark.slow
pytest.importorskip("mcp")


async def explain(question: str, level: Level, lang: str, since: str) -> dict[str, Any]:
    """Return what was asked."""
    return {"state": "answered", "question": question, "level": level}


async def search(query: str, limit: int, section: str, kind: str, since: str) -> Rows:
    """Return one passage."""
    return [{"title": query, "limit": limit}]


async def rows(word: str, *more: object) -> Rows:
    """Return the word; there is no section X."""
    if word == "X":
        raise ConfigError("the roadmap has no section 'X': use one of I, II")
    return [{"word": word}]


async def hand_in(urls: Sequence[str]) -> Rows:
    """Return the addresses."""
    return [{"url": url} for url in urls]


DESK = Desk(explain, search, rows, rows, rows)


def over(desk: Desk, work: Callable[[Any], Awaitable[Any]]) -> Any:
    """Return what some work with a client of the server gives."""

    async def connected() -> Any:
        from mcp import Client

        async with Client(mcp_server(desk, "1")) as client:
            return await work(client)

    return asyncio.run(connected())


def called(name: str, arguments: dict[str, Any], desk: Desk = DESK) -> Any:
    """Return the answer of a tool."""
    return over(desk, lambda client: client.call_tool(name, arguments))


def test_the_tools_only_read_unless_it_is_said() -> None:
    """Five tools read; the one that hands addresses in is there only where the operator offers it."""
    listed = over(DESK, lambda client: client.list_tools()).tools
    more = over(replace(DESK, suggest=hand_in), lambda client: client.list_tools()).tools

    assert [tool.name for tool in listed] == ["explain", "search", "latest", "roadmap", "why"]
    assert all(tool.annotations.read_only_hint and tool.description for tool in listed)
    assert [tool.name for tool in more if not tool.annotations.read_only_hint] == ["suggest"]


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        (
            "explain",
            {"question": "LoRA", "level": "advanced"},
            {"state": "answered", "question": "LoRA", "level": "advanced"},
        ),
        ("search", {"query": "LoRA"}, [{"title": "LoRA", "limit": 10}]),
        ("latest", {"section": "IV"}, [{"word": "IV"}]),
        ("roadmap", {}, [{"word": ""}]),
        ("why", {"item": "2604.1"}, [{"word": "2604.1"}]),
    ],
)
def test_a_tool_returns_values(name: str, arguments: dict[str, Any], expected: object) -> None:
    """What a tool returns is JSON, structured as it says."""
    answer = called(name, arguments)

    assert not answer.is_error
    structured = answer.structured_content
    assert structured.get("result", structured) == expected
    assert json.loads(json.dumps(structured)) == structured


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("roadmap", {"section": "X"}, "no section 'X'"),
        ("explain", {"question": "x" * 400}, "300"),
        ("search", {"query": "LoRA", "limit": 999}, "50"),
        ("suggest", {"urls": ["https://a.example"]}, "suggest"),
    ],
)
def test_what_cannot_be_done_is_said(name: str, arguments: dict[str, Any], said: str) -> None:
    """An error of ours, an argument out of bounds and a tool that is not offered are told, and end nothing."""

    async def both(client: Any) -> tuple[str, bool]:
        from mcp.shared.exceptions import MCPError

        try:
            answer = await client.call_tool(name, arguments)
            told = str(answer.content) if answer.is_error else ""
        except MCPError as error:
            told = str(error)
        return told, (await client.call_tool("why", {"item": "a"})).is_error

    told, broken = over(DESK, both)

    assert said in told
    assert not broken
