"""A whole run with a chat model that behaves badly in many ways: every story is judged, and the digest says how."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from endpoint import Answer, Endpoint, serve
from fakes import FakePages, FakeSource, FakeTranscripts, feed, paper, silent

from digestbot.adapters.embedder import ConceptEmbedder
from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.langchain_model import ChatModel, Pace, open_model
from digestbot.adapters.ledger import Ledger
from digestbot.adapters.offline_model import OfflineModel
from digestbot.chat import prompts
from digestbot.domain import FeedKind, Item, Subscription
from digestbot.pipeline.line import Deps, Plan, Report, run
from digestbot.pipeline.models import Models
from digestbot.ports import FeedSource
from digestbot.references import RoadmapReferences
from digestbot.roadmap import outline, parse
from digestbot.sample.week import load_week
from digestbot.sample.world import NOW as SAMPLE_NOW
from digestbot.shipped import shipped

pytestmark = pytest.mark.slow

COUNT = 35
LINK = "https://invented.example/paper"
INVENTED = f" It beats Orion-9 by 73.4 % on the Halvorsen benchmark, see {LINK}."
Says = Callable[[dict[str, Any]], Answer]


def sample() -> list[Item]:
    """Return papers of the sample week as a feed would show them."""
    return [
        paper(p.id, title=p.title, text=p.abstract, published_at=p.published, lang="en", categories=p.categories)
        for p in load_week().papers[:COUNT]
    ]


def ok(request: dict[str, Any], suffix: str = "", pick: int = 0) -> Answer:
    """Answer as a schema asks, for every story of the request, with a sentence of its own; look things up first."""
    if request.get("tools") and not any(message["role"] == "tool" for message in request["messages"]):
        name = request["tools"][0]["function"]["name"]
        call = {"id": "c", "type": "function", "function": {"name": name, "arguments": '{"words": "attention"}'}}
        return {"finish_reason": "tool_calls", "message": {"role": "assistant", "content": None, "tool_calls": [call]}}
    schema = request["response_format"]["json_schema"]["schema"]
    ((key, rows),) = schema["properties"].items()
    shown = next(message["content"] for message in request["messages"] if message["role"] == "user")
    parts = re.split(r"^id: (\S+)$", shown, flags=re.MULTILINE)[1:]
    return json.dumps(
        {key: [row(rows["items"], *pair, suffix, pick) for pair in zip(parts[::2], parts[1::2], strict=True)]}
    )


def row(schema: dict[str, Any], id: str, text: str, suffix: str, pick: int) -> dict[str, Any]:
    """Return an object of a schema whose words are a story's."""
    sentence = (re.findall(r"[A-Z][^.\n]{30,300}\.", text) or ["Nothing was given."])[0] + suffix

    def value(name: str, kind: dict[str, Any]) -> Any:
        if "enum" in kind:
            return kind["enum"][pick]
        values = {"number": 0.6, "integer": 1, "boolean": True, "array": [sentence]}
        return id if name == "id" else values.get(kind["type"], sentence)

    return {name: value(name, kind) for name, kind in schema["properties"].items()}


def in_turn(*modes: Says) -> Says:
    """Behave in one way after the other."""
    turn = itertools.cycle(modes)
    return lambda request: next(turn)(request)


def short(request: dict[str, Any]) -> Answer:
    """Leave out every second story."""
    answer = json.loads(str(ok(request)))
    return json.dumps({key: rows[::2] for key, rows in answer.items()})


def shuffled(request: dict[str, Any]) -> Answer:
    """Give the stories each other's ids, and one that nobody asked about."""
    answer = json.loads(str(ok(request)))
    ((key, rows),) = answer.items()
    ids = [*(one["id"] for one in rows[1:]), "unknown"]
    return json.dumps({key: [{**one, "id": id} for one, id in zip(rows, ids, strict=True)]})


def half(request: dict[str, Any]) -> Answer:
    """Cut the answer in the middle, and say so."""
    content = str(ok(request))
    return {"finish_reason": "length", "message": {"role": "assistant", "content": content[: len(content) // 2]}}


MODES: dict[str, Says] = {
    "ok": ok,
    "garbage": lambda request: 'Sure! I think that {"section": maybe',
    "half": half,
    "empty": lambda request: "",
    "refuse": lambda request: {"message": {"role": "assistant", "content": None, "refusal": "I cannot."}},
    "short": short,
    "wrong ids": shuffled,
    "none to everything": lambda request: ok(request, pick=-1),
    "invent": lambda request: ok(request, suffix=INVENTED),
    "429": lambda request: 429,
    "500": lambda request: 500,
    "401": lambda request: 401,
    "flaky": in_turn(lambda request: 429, lambda request: 500, lambda request: "What?", ok),
}
GOOD, BIASED = ("ok", "invent"), "none to everything"


async def no_sleep(seconds: float) -> None:
    """Wait for nothing."""


def chat_model(endpoint: Endpoint) -> ChatModel:
    """Return the model behind an endpoint."""
    texts = prompts.load(shipped("prompts"), None)
    return open_model("openai:m", texts, base_url=endpoint.url, timeout_s=2, pace=Pace(sleep=no_sleep))


def go(ledger: Ledger, endpoint: Endpoint) -> Report:
    """Do a whole run on the sample's papers."""
    roadmap = parse(shipped("roadmaps", "genai.md").read_text(encoding="utf-8"), "genai")
    now = datetime.fromisoformat(SAMPLE_NOW)
    embedder, taxonomy, chat = ConceptEmbedder(), outline(roadmap), chat_model(endpoint)
    index = LedgerIndex(lambda: ledger.stories.vectors(f"{embedder.name}.items"))
    source: FeedSource = FakeSource({"arxiv": {now.date(): sample()}})
    sources: dict[FeedKind, FeedSource] = {"arxiv": source}
    deps = Deps(
        ledger=ledger,
        sources=sources,
        pages=FakePages(),
        transcripts=FakeTranscripts(),
        index=index,
        embedder=embedder,
        models=Models(OfflineModel(), chat, agent=chat),
        routes={},
        progress=silent,
        owner="test",
        wall=lambda: now,
    )
    references = RoadmapReferences(roadmap, taxonomy, ledger.placings, index, embedder, FakePages())
    plans = [Plan(roadmap, taxonomy, references)]
    return asyncio.run(run(deps, [feed("arxiv", "arxiv")], [Subscription("all", ())], plans, now))


@pytest.mark.parametrize("mode", MODES)
def test_every_story_is_judged_whatever_the_model_does(ledger: Ledger, mode: str) -> None:
    """No mode loses a story, leaves one under way or gets a link or a name out; what was lacking is told."""
    with serve(lambda ids: "") as endpoint:
        endpoint.says = MODES[mode]
        report = go(ledger, endpoint)

    ended = {outcome: number for outcome, number in report.outcomes.items() if number}
    (digest,) = report.digests
    assert sum(ended.values()) == COUNT
    assert set(ended) <= {"filed", "off_roadmap", "duplicate", "joined"}
    assert mode == BIASED or bool(report.degraded) is (mode not in GOOD)
    assert ended["filed"] > COUNT // 2
    assert digest.foot.degraded == "; ".join(report.degraded)
    assert not re.search(r"invented\.example|Orion-9|Halvorsen", str(digest))
    assert all(entry.tldr for section in digest.sections for entry in section.entries)


def test_a_model_that_is_too_slow_holds_up_nobody(ledger: Ledger) -> None:
    """Calls that do not come back are given up, and after a few of them the model is left alone."""
    with serve(lambda ids: "") as endpoint:
        endpoint.waits = True
        report = go(ledger, endpoint)

    assert report.degraded == ["openai:m did not answer in time"]
    assert sum(report.outcomes.values()) == COUNT
