"""What the ledger keeps of questions, on every database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asked import NOW

from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.domain import Usage
from digestbot.domain.answers import Answer, Asked, Citation, Claim, Standing

ANSWER = Answer(
    "a1",
    Asked("What is LoRA?", who="me"),
    "LoRA",
    "en",
    "answered",
    "openai:m",
    "7",
    NOW,
    claims=(Claim("what", "LoRA is small.", ("1",)),),
    sources=(Citation("1", "2604.1", "On LoRA"),),
    standing=Standing("IV", "lora", "Finetuning", "LoRA", ("Attention",)),
    usage=Usage(900, 0.01, 80, 3),
    paid="openai:m",
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, blank_ledger: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    if request.param == "sqlite":
        url = sqlite_url(Path(shutil.copy(blank_ledger, tmp_path / "ledger.db")))
    else:
        url = str(request.getfixturevalue("postgres_url"))
    opened = Ledger(url)
    yield opened
    opened.close()


def test_an_answer_comes_back_whole(ledger: Ledger) -> None:
    """By its id and by its key; what it took is counted once."""
    ledger.answers.record(ANSWER, "key", "explain@1")

    assert ledger.answers.answer("a1") == ANSWER
    assert ledger.answers.answered("key") == ANSWER
    assert ledger.answers.answered("other") is None
    assert ledger.spending.spent(NOW - timedelta(days=1)).tokens == 900


def test_an_answer_from_the_cache_is_no_new_one(ledger: Ledger) -> None:
    """It is kept for its thread, and neither counted nor taken for the answer that was made."""
    ledger.answers.record(ANSWER, "key", "")
    ledger.answers.record(replace(ANSWER, id="a2", cached=True, usage=Usage(), paid=""), "key", "")
    ledger.answers.record(replace(ANSWER, id="a3", state="refused", usage=Usage(), paid=""), "", "")

    assert ledger.answers.asked_since("me", NOW - timedelta(days=1)) == 1
    assert ledger.answers.asked_since("me", NOW + timedelta(seconds=1)) == 0
    made = ledger.answers.answered("key")
    assert made is not None
    assert made.id == "a1"


def test_a_place_has_its_own_count(ledger: Ledger) -> None:
    """All who ask there count together, and nobody who asks elsewhere."""
    for number, (who, place) in enumerate((("a", "discord:1"), ("b", "discord:1"), ("a", "discord:2"), ("a", ""))):
        ledger.answers.record(replace(ANSWER, id=f"p{number}", asked=Asked("x", who=who, place=place)), "", "")

    assert ledger.answers.asked_at_since("discord:1", NOW - timedelta(days=1)) == 2
    assert ledger.answers.asked_at_since("discord:1", NOW + timedelta(seconds=1)) == 0


def test_a_verdict_takes_the_place_of_the_one_before(ledger: Ledger) -> None:
    """Everybody has one verdict on an answer; of an answer that is gone there is none."""
    ledger.answers.record(ANSWER, "key", "")
    ledger.answers.judge("a1", "me", "helpful", "", NOW)

    assert ledger.answers.judge("a1", "me", "wrong", "no", NOW)
    assert not ledger.answers.judge("gone", "me", "wrong", "", NOW)
    assert ledger.answers.verdicts() == {"wrong": 1}


def test_a_person_can_be_forgotten(ledger: Ledger) -> None:
    """What somebody asked and thought goes, others' stays."""
    ledger.answers.record(ANSWER, "key", "")
    ledger.answers.record(replace(ANSWER, id="b", asked=Asked("RAG", who="you")), "k2", "")

    assert ledger.answers.forget("me") == 1
    assert (ledger.answers.answer("a1"), ledger.answers.answer("b") is not None) == (None, True)
