"""Questions on the command line, and over the Model Context Protocol as an assistant starts it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import calling
import pytest
from calling import Called

pytestmark = pytest.mark.slow

PAPERS = [
    {
        "id": "2604.1",
        "title": "Drafting well",
        "abstract": "Speculative decoding is a technique for accelerating the inference of large language models. "
        "Speculative decoding works by letting a small draft model propose tokens that the large model then verifies.",
        "url": "https://arxiv.org/abs/2604.1",
        "date": "2026-04-10",
    },
    {
        "id": "2604.2",
        "title": "Cats at rest",
        "abstract": "Cats sleep for most of the day. We watch them with eight cameras in a house by the sea.",
        "url": "https://arxiv.org/abs/2604.2",
        "date": "2026-04-11",
    },
]
Call = Callable[..., Called]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command in this process, in a data folder that has two papers."""
    monkeypatch.chdir(tmp_path)
    calling.unset_settings(monkeypatch)
    monkeypatch.setenv("DIGESTBOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DIGESTBOT_NOW", "2026-05-04")
    papers = tmp_path / "papers.jsonl"
    papers.write_text("".join(json.dumps(paper) + "\n" for paper in PAPERS), "utf-8")
    calling.call("load", papers)
    return calling.call


def test_a_topic_is_explained(call: Call) -> None:
    """The answer names its sources with their addresses, stands in the roadmap, and can be asked on and rated."""
    told = call("explain", "speculative decoding")
    value = json.loads(call("explain", "speculative decoding", "--json").stdout)
    more = json.loads(call("explain", "how does it work?", "--follow", value["id"], "--json").stdout)

    assert told.exit_code == 0
    assert "https://arxiv.org/abs/2604.1" in told.stdout
    assert "Speculative Decoding" in told.stdout
    assert value["cached"]
    assert value["roadmap"]["chapter_title"] == "Speculative Decoding"
    assert more["topic"] == "speculative decoding"
    assert call("rate", value["id"], "wrong", "--note", "too short").exit_code == 0
    assert call("rate", "nothing", "wrong").exit_code == 1


def test_an_answer_is_shown_as_discord_would_show_it(call: Call, tmp_path: Path) -> None:
    """With its buttons; what a shell hands over as no text at all is no fault."""
    page = tmp_path / "page.html"

    told = call("explain", "speculative decoding", "--html", str(page))
    odd = call("rate", "\udcff", "wrong", "--note", "\udcfe")

    assert told.exit_code == 0
    assert "Open a thread" in page.read_text("utf-8")
    assert (odd.exit_code, odd.exception) == (1, None)
    assert call("explain", "x", "--lang", "chinese").exit_code != 0


def test_lines_that_cannot_be_kept_are_named(call: Call, tmp_path: Path) -> None:
    """An id that no database keeps makes a line bad, a title is kept without such characters; the others are loaded."""
    lines = ({"id": "\ud800", "title": "x"}, {"id": "a\0", "title": "x"}, {"id": "b", "title": "zo\ud800rb\0ing"})
    file = tmp_path / "odd.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")

    loaded = call("load", str(file))
    found = call("search", "zorbing", "--limit", "1", "--json")

    assert loaded.exit_code == 1
    assert "Loaded 1 document; 2 bad lines left out." in loaded.stderr
    assert json.loads(found.stdout)["id"] == "b"


def test_a_thread_that_is_not_there_is_named(call: Call) -> None:
    """Following an answer that nobody has, asking both ways at once, and a section that is none are mistakes."""
    asked = ("explain", "speculative decoding")

    results = [
        call(*asked, "--follow", "nothing"),
        call(*asked, "--follow", "nothing", "--simpler", "--deeper"),
        call(*asked, "--section", "ZZ"),
        call("search", "speculative decoding", "--section", "ZZ"),
    ]

    assert [type(one.exception).__name__ for one in results] == ["ConfigError"] * 4
    assert "'nothing'" in str(results[0].exception)
    assert "VI" in str(results[2].exception)


def test_what_is_not_known_is_said(call: Call) -> None:
    """Without evidence the exit status is 1 and nothing is claimed."""
    answer = call("explain", "zeppelin alignment", "--json")

    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["state"] == "thin"


def test_an_assistant_starts_the_server(call: Call, tmp_path: Path) -> None:
    """The official client starts `digestbot mcp`, lists its tools, and asks each of those that read."""
    pytest.importorskip("mcp")

    async def asked() -> dict[str, Any]:
        from mcp import Client, StdioServerParameters

        server = StdioServerParameters(command=sys.executable, args=["-m", "digestbot", "mcp"], env=dict(os.environ))
        async with Client(server) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            answers = {
                "explain": await client.call_tool("explain", {"question": "speculative decoding"}),
                "search": await client.call_tool("search", {"query": "speculative decoding", "limit": 3}),
                "latest": await client.call_tool("latest", {}),
                "roadmap": await client.call_tool("roadmap", {"section": "VI"}),
                "why": await client.call_tool("why", {"item": "2604.1"}),
            }
            return {"tools": tools, **{name: answer.structured_content for name, answer in answers.items()}}

    found = asyncio.run(asked())

    assert found["tools"] == {"explain", "search", "latest", "roadmap", "why"}
    assert found["explain"]["state"] == "answered"
    assert {"2604.1"} <= {one["document"] for one in found["explain"]["sources"]}
    assert found["search"]["result"]
    assert found["latest"]["result"] == found["why"]["result"] == []
    assert found["roadmap"]["result"][0]["id"] == "VI"
