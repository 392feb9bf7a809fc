"""A chat model's answer that is heard while it is written, against an endpoint that streams well and badly."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from endpoint import Answer, Broken, Endpoint, serve

from digestbot.adapters.langchain_model import ChatModel, Pace, open_model
from digestbot.chat.prompts import load
from digestbot.errors import ReplyError
from digestbot.explain.citing import Drafted
from digestbot.explain.ports import Draft, Told
from digestbot.ports import Tool

pytestmark = pytest.mark.slow
PROMPTS = load(Path(__file__).parents[2] / "prompts", None)
CLAIMS = [
    {"part": "what", "text": "LoRA is a small adapter.", "sources": ["S1", "S2"]},
    {"part": "how", "text": "It adds low-rank matrices.", "sources": ["S2"]},
    {"part": "open", "text": "Its rank is chosen by hand.", "sources": ["S3"]},
]
DRAFTED = tuple(Drafted(one["part"], one["text"], tuple(one["sources"])) for one in CLAIMS)  # type: ignore[arg-type]
HALFWAY = 8
"""The piece of the reply in which the second claim is under way."""
REPLY = json.dumps({"enough": True, "claims": CLAIMS, "missing": "Nothing much."})


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An endpoint whose model answers at once."""
    with serve(lambda ids: REPLY) as found:
        yield found


async def no_sleep(seconds: float) -> None:
    """Wait for nothing."""


def opened(endpoint: Endpoint, **changes: Any) -> ChatModel:
    """Return the model behind an endpoint."""
    return open_model("openai:m", PROMPTS, api_key="k", base_url=endpoint.url, pace=Pace(sleep=no_sleep), **changes)


def ask(model: ChatModel, told: Told | None) -> Draft:
    """Have a question answered with one tool."""

    async def look_up(words: str) -> str:
        return "S2 LoRA adds low-rank matrices."

    tools = [Tool("search_sources", "More passages.", look_up)]
    return asyncio.run(model.answer("S1 LoRA is small.\n\nWhat is LoRA?", "en", "introductory", tools, told))


def heard(endpoint: Endpoint, **changes: Any) -> tuple[Draft, list[Sequence[Drafted]]]:
    """Return a draft, and what was heard before it."""
    seen: list[Sequence[Drafted]] = []
    return ask(opened(endpoint, **changes), seen.append), seen


def calling(words: str, content: str | None = None) -> Answer:
    """Return the message by which a model searches."""
    function = {"name": "search_sources", "arguments": json.dumps({"words": words})}
    call = {"id": "c1", "type": "function", "function": function}
    message = {"role": "assistant", "content": content, "tool_calls": [call]}
    return {"finish_reason": "tool_calls", "message": message}


def breaking(error: Exception, after: int, tries: int = 1) -> Callable[[int], None]:
    """Return what breaks the first streams after so many pieces."""
    broken: list[int] = []

    def pause(piece: int) -> None:
        if piece == after and len(broken) < tries:
            broken.append(piece)
            raise error

    return pause


def test_claims_are_heard_one_by_one(endpoint: Endpoint) -> None:
    """Each is whole, with all its keys; the draft is what it is without a listener, and counted alike."""
    draft, seen = heard(endpoint)

    assert seen == [DRAFTED[:1], DRAFTED[:2], DRAFTED]
    assert draft == ask(opened(endpoint), None)
    assert [request.get("stream", False) for request in endpoint.requests] == [True, False]
    assert (draft.usage.calls, draft.usage.tokens, draft.usage.output_tokens) == (1, 1100, 100)


def test_a_claim_is_heard_before_the_next_is_written(endpoint: Endpoint) -> None:
    """The endpoint writes its second half only once the first claim was heard."""
    first, seen = threading.Event(), []
    endpoint.pauses = lambda piece: first.wait(10) if piece == HALFWAY else None

    def told(claims: Sequence[Drafted]) -> None:
        seen.append(claims)
        first.set()

    draft = ask(opened(endpoint), told)

    assert seen[0] == DRAFTED[:1]
    assert draft.claims == DRAFTED


def test_a_model_that_searches_first_is_heard_afterwards(endpoint: Endpoint) -> None:
    """What stands beside a look-up is no answer, though it is heard; every call is counted."""
    half = json.dumps({"enough": True, "claims": CLAIMS[:1], "missing": ""})
    endpoint.says = lambda request: (
        REPLY if any(one["role"] == "tool" for one in request["messages"]) else calling("low rank", half)
    )

    draft, seen = heard(endpoint)

    assert seen[0] == DRAFTED[:1]
    assert (draft.claims, draft.usage.calls, draft.usage.tokens) == (DRAFTED, 2, 2200)
    assert [one.asked for one in draft.lookups] == ["low rank"]


@pytest.mark.parametrize(
    "error",
    [
        Broken(),
        Broken({"error": {"message": "secret words", "type": "server_error", "code": None}}),
        Broken({"error": {"message": "secret words", "code": 503}}),
        Broken({"error": {"message": "secret words", "type": "tokens", "code": "rate_limit_exceeded"}}),
    ],
    ids=["hung up", "server error", "503", "429"],
)
def test_a_stream_that_breaks_is_asked_for_again(endpoint: Endpoint, error: Exception) -> None:
    """The second reply is the answer; what the first took is counted by what was heard of it."""
    endpoint.pauses = breaking(error, HALFWAY)

    draft, seen = heard(endpoint)

    assert (draft.claims, draft.error) == (DRAFTED, None)
    assert seen == [DRAFTED[:1], DRAFTED[:2], DRAFTED]
    assert (draft.usage.calls, len(endpoint.requests)) == (2, 2)
    assert draft.usage.output_tokens > 100


def test_a_stream_that_always_breaks_is_an_error_in_the_draft(endpoint: Endpoint) -> None:
    """No claim of it counts; what it took does, and the message quotes nobody."""
    endpoint.pauses = breaking(Broken({"error": {"message": "secret words", "code": 500}}), HALFWAY, tries=9)

    draft, seen = heard(endpoint)

    assert (draft.claims, seen) == ((), [DRAFTED[:1]])
    assert draft.usage.calls == len(endpoint.requests) == 4
    assert "(5xx)" in str(draft.error)
    assert "secret" not in str(draft.error)


def test_a_stream_that_stalls_is_given_up(endpoint: Endpoint) -> None:
    """After the time in which a reply may say nothing, and is not asked for again."""
    endpoint.pauses = lambda piece: endpoint.released.wait(10) if piece == HALFWAY else None

    draft, seen = heard(endpoint, timeout_s=0.1)

    assert (draft.claims, seen, len(endpoint.requests)) == ((), [DRAFTED[:1]], 1)
    assert "in time" in str(draft.error)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (REPLY[:150], "not json"),
        (REPLY[:-1] + ', "claims": 3}', "schema"),
        ({"message": {"role": "assistant", "content": None, "refusal": "No."}}, "refused"),
        ({"message": {"role": "assistant", "content": REPLY[:150]}, "finish_reason": "length"}, "cut off"),
    ],
    ids=["half", "wrong type", "refusal", "too long"],
)
def test_a_broken_reply_ends_as_it_does_unheard(endpoint: Endpoint, reply: Answer, reason: str) -> None:
    """Whatever was heard of it before: the draft holds an error and no claim."""
    endpoint.says = lambda request: reply

    draft, _ = heard(endpoint)
    alone = ask(opened(endpoint), None)

    assert isinstance(draft.error, ReplyError)
    assert reason in str(draft.error)
    assert (draft.claims, str(draft.error)) == (alone.claims, str(alone.error))
    assert draft.usage.calls == 1


@pytest.mark.parametrize("streams", ["no", "refused"])
def test_an_endpoint_that_cannot_stream_answers_at_once(endpoint: Endpoint, streams: Any) -> None:
    """It is asked once more for the whole, and after that for nothing else."""
    endpoint.streams = streams
    model = opened(endpoint)
    seen: list[Sequence[Drafted]] = []

    drafts = [ask(model, seen.append) for _ in range(2)]

    assert [draft.claims for draft in drafts] == [DRAFTED, DRAFTED]
    assert seen == []
    assert [request.get("stream", False) for request in endpoint.requests] == [True, False, False]


@pytest.mark.parametrize("streams", ["yes", "no"])
def test_a_model_that_is_told_the_schema_in_words_is_heard_too(endpoint: Endpoint, streams: Any) -> None:
    """Another provider's, which thinks aloud and writes its object between marks."""
    from langchain_openai import ChatOpenAI

    endpoint.streams = streams
    endpoint.says = lambda request: f'<think>{{"claims": [{{}}, {{}}</think>\n```json\n{REPLY}\n```'
    llm = ChatOpenAI(model="m", base_url=endpoint.url, api_key="k", max_retries=0)  # type: ignore[arg-type]  # as read
    seen: list[Sequence[Drafted]] = []

    draft = ask(ChatModel("other:m", llm, PROMPTS), seen.append)

    assert "response_format" not in endpoint.requests[0]
    assert draft.claims == DRAFTED
    assert seen == ([DRAFTED[:1], DRAFTED[:2], DRAFTED] if streams == "yes" else [])


def test_an_endpoint_that_refuses_everything_is_asked_twice(endpoint: Endpoint) -> None:
    """For a stream and for the whole; that it cannot stream is not concluded."""
    endpoint.refuses_schemas = True
    model = opened(endpoint)

    draft = ask(model, lambda claims: None)

    assert "refused the request" in str(draft.error)
    assert len(endpoint.requests) == 2


def test_a_stream_without_a_count_is_counted(endpoint: Endpoint) -> None:
    """By our own measure, so that a budget goes on holding."""
    endpoint.counts = False

    draft, _ = heard(endpoint)

    assert draft.usage.calls == 1
    assert draft.usage.output_tokens > 50
    assert draft.usage.tokens > draft.usage.output_tokens + 300


def test_streaming_can_be_switched_off(endpoint: Endpoint) -> None:
    """Then the whole is asked for, whoever listens."""
    draft, seen = heard(endpoint, streams=False)

    assert (draft.claims, seen) == (DRAFTED, [])
    assert [request.get("stream", False) for request in endpoint.requests] == [False]
