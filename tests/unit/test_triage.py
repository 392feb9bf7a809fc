"""Triage: what is recorded of the models' answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import pytest
from fakes import NOW, FakeModel, item, outline, silent, story, verdict

from digestbot.domain import REVIEWER, ItemId, Outcome, Placing, Step, Story, StoryId, Usage, Verdict
from digestbot.errors import ReplyError
from digestbot.pipeline.cascade import PLAINLY_OFF
from digestbot.pipeline.models import Models
from digestbot.pipeline.triage import BATCH, outcome_of, triage


class Records:
    """Holds what waits for the step, and what it records."""

    def __init__(self, count: int) -> None:
        self.stories = [story(item(str(n)), id=f"s{n:03}") for n in range(count)]
        self.places: dict[StoryId, Placing] = {}
        self.verdicts: list[list[tuple[Verdict, Outcome, str]]] = []
        self.usage: list[tuple[Step, str, int, Usage]] = []

    def untriaged(self) -> list[Story]:
        return self.stories

    def unplaced(self, roadmap: str, since: datetime) -> list[Story]:
        return []

    def placed(self, stories: object, roadmap: str) -> dict[StoryId, Placing]:
        return self.places

    def record_verdicts(self, found: Sequence[tuple[Verdict, Outcome, str]], now: object) -> None:
        self.verdicts.append(list(found))

    def record_usage(self, step: Step, model: str, prompt: str, count: int, usage: Usage, now: object) -> None:
        self.usage.append((step, model, count, usage))


def test_stories_are_judged_and_recorded_batch_by_batch() -> None:
    """A killed run has to repeat one batch at most: each is recorded before the next is judged."""
    ledger, offline = Records(BATCH + 1), FakeModel("offline")

    asyncio.run(triage(ledger, Models(offline), outline(), NOW, silent))

    assert [len(call) for call in offline.calls] == [BATCH, 1]
    assert [len(found) for found in ledger.verdicts] == [BATCH, 1]


def test_a_person_s_word_outlives_another_judgement() -> None:
    """A story that a person placed keeps this place when a new item has it judged again; its relevance is new."""
    ledger, place = Records(2), Placing(ItemId("0"), "map", "II", "second", "ada", "It sees.", NOW)
    ledger.places = {StoryId("s000"): place}

    asyncio.run(triage(ledger, Models(FakeModel("offline")), outline(), NOW, silent))

    ((placed, outcome, reason), (other, _, _)) = ledger.verdicts[0]
    assert (placed.section, placed.chapter, placed.model, placed.relevance) == (
        "II",
        "second",
        REVIEWER,
        other.relevance,
    )
    assert (outcome, reason) == ("filed", "Images: It sees.")
    assert other.model == "offline"


def test_triage_records_what_the_chat_model_took() -> None:
    """Every call's tokens and cost are recorded and add up to what the step reports; the offline model is free."""
    ledger = Records(2)
    chat = FakeModel("chat", [{"s001": ReplyError("no such section")}])

    spent = asyncio.run(triage(ledger, Models(FakeModel("offline"), chat), outline(), NOW, silent))

    assert ledger.usage == [("triage", "chat", 2, Usage(10, 0.001))] * 2
    assert spent == Usage(20, 0.002)


@pytest.mark.parametrize(("confidence", "asked"), [(PLAINLY_OFF - 0.01, [2]), (PLAINLY_OFF, [])])
def test_what_is_plainly_off_the_roadmap_costs_nothing(confidence: float, asked: list[int]) -> None:
    """A chat model is not asked about stories that the offline model is sure belong nowhere."""
    ledger, chat = Records(2), FakeModel("chat")
    sure = FakeModel("offline", section="none", confidence=confidence)

    asyncio.run(triage(ledger, Models(sure, chat), outline(), NOW, silent))

    assert [len(call) for call in chat.calls] == asked


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (verdict(section="I"), ("filed", "Sequences: Shares its words.")),
        (verdict(section="gone"), ("filed", "gone: Shares its words.")),
        (verdict(section="none", reason="Its words are elsewhere."), ("off_roadmap", "Its words are elsewhere.")),
    ],
)
def test_a_verdict_says_where_its_items_end(given: Verdict, expected: tuple[str, str]) -> None:
    """Items of a story end as filed with the section's title, or off the roadmap, each with the reason."""
    assert outcome_of(given, outline()) == expected
