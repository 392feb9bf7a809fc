"""`digestbot stories`: people look at stories and decide, and what they decided stays."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import calling
import pytest
from calling import Called
from fakes import NOW, FakeEmbedder, item, paper, silent

from digestbot.adapters.index import LedgerIndex
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.catalogue import items_space
from digestbot.domain import FeedId, FeedState, Sighting
from digestbot.errors import ReviewError
from digestbot.pipeline.dedupe import dedupe

PAPER = paper(
    title="Tidepool: Rolling Caches for Long Prompts", text="We keep the keys of a prompt in a rolling cache."
)
POST = item("tidepool", title="Tidepool is out", text="Tidepool keeps a rolling cache.", links=(PAPER.url,))
PASSING = replace(item("passing", title="Zzz", links=(PAPER.url,)), text="Tidepool. " + "zq " * 400)
BREAD = item("bread", title="Baking sourdough", text="Flour, water, salt and a week of patience make a loaf.")

Call = Callable[..., Called]


@pytest.fixture
def call(tmp_path: Path, blank_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command on a data folder whose ledger has seen a paper with its post, a passing mention and bread."""
    calling.unset_settings(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGESTBOT_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    ledger = Ledger(sqlite_url(Path(shutil.copy(blank_ledger, tmp_path / "home" / "ledger.db"))))
    embedder = FakeEmbedder()
    seen = [Sighting(entry, "") for entry in (PAPER, POST, PASSING, BREAD)]
    ledger.intake.record(FeedId("blog"), seen, FeedState(last_success_at=NOW), NOW)
    index = LedgerIndex(lambda: ledger.stories.vectors(items_space(embedder)))
    asyncio.run(dedupe(ledger.stories, index, embedder, NOW, silent))
    ledger.close()
    return lambda *words: calling.call("stories", *words)


def shown(call: Call, *words: str) -> list[dict[str, Any]]:
    """Return what a command answers as JSON."""
    return [json.loads(line) for line in call(*words, "--json").stdout.splitlines()]


def test_a_story_is_shown_with_what_links_it(call: Call) -> None:
    """Any of its items names it, by id, address or number; members, lead and the reason of each link are there."""
    [by_number], [by_address] = shown(call, "show", "2604.00001"), shown(call, "show", POST.url)

    assert by_number == by_address
    assert by_number["lead"] == PAPER.id
    assert {member["id"] for member in by_number["members"]} == {PAPER.id, POST.id}
    assert [link["basis"] for link in by_number["links"]] == ["it links one paper, arxiv:2604.00001"]
    assert "it links one paper" in call("show", PAPER.id).stdout


def test_a_split_stays_split_and_is_told(call: Call) -> None:
    """The post is a story of its own, and the decision with its reason stands in both."""
    call("split", PAPER.id, POST.url, "--by", "ada", "--reason", "another cache")

    [alone] = shown(call, "show", POST.id)
    assert [member["id"] for member in alone["members"]] == [POST.id]
    [decision] = alone["decisions"]
    assert (decision["same"], decision["by"], decision["reason"]) == (False, "ada", "another cache")
    assert "not one work with" in calling.call("why", POST.url).stdout


def test_a_merge_takes_a_split_back(call: Call) -> None:
    """The last word counts: split and merged again, the two are one story under the old id."""
    [before] = shown(call, "show", PAPER.id)
    call("split", PAPER.id, POST.id)

    [after] = shown(call, "merge", PAPER.id, POST.id)

    assert after["id"] == before["id"]
    assert {member["id"] for member in after["members"]} == {PAPER.id, POST.id}


def test_what_has_nothing_in_common_can_be_merged(call: Call) -> None:
    """People may know better than any text."""
    [found] = shown(call, "merge", PAPER.id, BREAD.id, "--reason", "the same talk")

    assert {member["id"] for member in found["members"]} == {PAPER.id, POST.id, BREAD.id}


@pytest.mark.parametrize("verb", ["merge", "split"])
def test_a_doubtful_pair_waits_for_a_decision(call: Call, verb: str) -> None:
    """It is listed with score and reason until somebody says that it is one work, or two."""
    pairs = shown(call, "doubtful")

    call(verb, PAPER.id, PASSING.id)

    assert {pairs[0]["a"]["id"], pairs[0]["b"]["id"]} == {PAPER.id, PASSING.id}
    assert pairs[0]["basis"] == "it links one paper, arxiv:2604.00001"
    assert all(PASSING.id not in (pair["a"]["id"], pair["b"]["id"]) for pair in shown(call, "doubtful"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "nonsense"), "was never seen"),
        (("split", BREAD.id, BREAD.id), "nothing to split"),
        (("merge", PAPER.id, POST.id), "in one story already"),
    ],
)
def test_what_cannot_be_decided_is_told(call: Call, words: tuple[str, ...], told: str) -> None:
    """An unknown name, a story of one and a story with itself are mistakes to tell, not tracebacks."""
    result = call(*words)

    assert isinstance(result.exception, ReviewError)
    assert told in str(result.exception)
