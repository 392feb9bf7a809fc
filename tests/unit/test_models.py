"""Which model answers: the chat model while it can and may, the offline model for the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from fakes import FakeModel, item, outline, story

from digestbot.domain import Story, Usage, Verdict
from digestbot.errors import BudgetError, ModelError, ReplyError
from digestbot.pipeline.models import Models, answer

STORIES = [story(item(name), id=name) for name in ("a", "b", "c")]


def ask(models: Models, stories: Sequence[Story] = STORIES) -> tuple[list[Verdict], list[tuple[str, Usage]]]:
    """Have stories filed."""
    return asyncio.run(answer(models, stories, lambda story: story.id, lambda model, rest: model.file(rest, outline())))


def spent() -> None:
    """Refuse every further call."""
    raise BudgetError("the day's budget is spent")


def test_without_a_chat_model_the_offline_model_answers_everything() -> None:
    """No chat model is no degradation: nothing is asked of one and nothing is told."""
    models = Models(FakeModel("offline"))

    found, usages = ask(models)

    assert [verdict.model for verdict in found] == ["offline"] * 3
    assert (usages, models.degraded) == ([], [])


def test_the_chat_model_answers_while_it_can() -> None:
    """A chat model that answers well is asked once, and the offline model never."""
    chat, offline = FakeModel("chat"), FakeModel("offline")

    found, usages = ask(Models(offline, chat))

    assert [verdict.story for verdict in found] == ["a", "b", "c"]
    assert [len(call) for call in chat.calls] == [3]
    assert offline.calls == []
    assert usages == [("chat", Usage(10, 0.001))]


def test_a_bad_reply_is_asked_for_once_more_and_only_for_its_stories() -> None:
    """What a reply broke is asked again alone; when that succeeds the run was not degraded."""
    chat, offline = FakeModel("chat", [{"b": ReplyError("no such section")}]), FakeModel("offline")
    models = Models(offline, chat)

    found, usages = ask(models)

    assert chat.calls == [["a", "b", "c"], ["b"]]
    assert [verdict.model for verdict in found] == ["chat"] * 3
    assert len(usages) == 2
    assert (offline.calls, models.degraded) == ([], [])


def test_what_fails_twice_the_offline_model_does() -> None:
    """After the second bad reply the offline model answers for that story, and the reason is told once."""
    trouble = {"a": ReplyError("no such section"), "b": ReplyError("no such section")}
    chat, offline = FakeModel("chat", [trouble, trouble]), FakeModel("offline")
    models = Models(offline, chat)

    found, _ = ask(models)

    assert [verdict.model for verdict in found] == ["offline", "offline", "chat"]
    assert offline.calls == [["a", "b"]]
    assert models.degraded == ["no such section"]


def test_a_call_that_fails_as_a_whole_is_not_repeated() -> None:
    """A chat model that cannot be reached is not tried again for the same stories."""
    chat, offline = FakeModel("chat", [ModelError("it cannot be reached")]), FakeModel("offline")
    models = Models(offline, chat)

    found, usages = ask(models)

    assert len(chat.calls) == 1
    assert {verdict.model for verdict in found} == {"offline"}
    assert (usages, models.degraded) == ([], ["it cannot be reached"])


def test_a_second_call_that_fails_keeps_the_first_one_s_results() -> None:
    """Good replies of the first call stand when the repetition fails as a whole, and both reasons are told."""
    chat = FakeModel("chat", [{"b": ReplyError("no such section")}, ModelError("it cannot be reached")])
    models = Models(FakeModel("offline"), chat)

    found, usages = ask(models)

    assert [verdict.model for verdict in found] == ["chat", "offline", "chat"]
    assert len(usages) == 1
    assert models.degraded == ["it cannot be reached", "no such section"]


def test_without_money_the_chat_model_is_not_asked() -> None:
    """A spent budget sends every story to the offline model and says so."""
    chat = FakeModel("chat")
    models = Models(FakeModel("offline"), chat, spent)

    found, _ = ask(models)

    assert chat.calls == []
    assert {verdict.model for verdict in found} == {"offline"}
    assert models.degraded == ["the day's budget is spent"]


def test_the_budget_is_looked_at_before_every_call() -> None:
    """Money that runs out between the call and its repetition stops the repetition."""
    chat = FakeModel("chat", [{"b": ReplyError("no such section")}])
    allowed = iter([None])

    def allow() -> None:
        if next(allowed, spent) is spent:
            spent()

    models = Models(FakeModel("offline"), chat, allow)

    found, _ = ask(models)

    assert [verdict.model for verdict in found] == ["chat", "offline", "chat"]
    assert models.degraded == ["the day's budget is spent", "no such section"]


@pytest.mark.parametrize("chat", [None, FakeModel("chat")])
def test_nothing_to_do_asks_nobody(chat: FakeModel | None) -> None:
    """Without stories no model is called."""
    models = Models(FakeModel("offline"), chat)

    assert ask(models, []) == ([], [])
    assert chat is None or chat.calls == []


def test_a_reason_is_told_once() -> None:
    """The same reason from many batches stands once in the digest's foot."""
    models = Models(FakeModel("offline"))

    models.degrade("slow")
    models.degrade("slow")

    assert models.degraded == ["slow"]
