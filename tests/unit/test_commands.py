"""Commands: what they refuse, what they advise, and that what they print fits."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from digestbot.commands.console import Terminal, counted, plain
from digestbot.commands.doctor import doctor_command
from digestbot.commands.look import items_command
from digestbot.commands.run import status_of
from digestbot.commands.setup import demo_command
from digestbot.domain import Channel, DeliveryState, DigestId, FeedId, Receipt
from digestbot.errors import ConfigError
from digestbot.pipeline.fetch import FeedReport
from digestbot.pipeline.line import Report
from digestbot.settings import Settings, load

NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)
GOOD, BAD = FeedReport(FeedId("good"), fetched=3), FeedReport(FeedId("bad"), failed=1, reason="http-404")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The defaults, with a data folder that is not there yet."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DIGESTBOT_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    return load(home=tmp_path / "home")


def receipt(state: DeliveryState) -> Receipt:
    """What became of the digest in a file."""
    return Receipt(DigestId("d"), Channel("file"), state, NOW)


@pytest.mark.parametrize("held", ["ledger.db", "sample-feeds.yaml feeds.yaml", "letter.txt"])
def test_a_demo_throws_away_only_a_demo(tmp_path: Path, held: str) -> None:
    """A data folder in use, also one that began as a demo, and any other folder with files are left alone."""
    for name in held.split():
        (tmp_path / name).write_text("mine")

    status = demo_command(tmp_path)

    assert status == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(held.split())


def test_doctor_checks_the_templates(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """A template that a run would refuse is told with its line."""
    folder = settings.home / "templates"
    folder.mkdir(parents=True)
    (folder / "subject.txt.j2").write_text("{{ nobody }}")

    status = doctor_command(lambda: settings, as_json=True, network=False)

    found = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert (found["templates"]["state"], status) == ("error", 1)
    assert "subject.txt.j2:1: there is no variable 'nobody'" in found["templates"]["says"]


@pytest.mark.parametrize(
    ("changes", "what", "state"),
    [
        ({"model": "gpt"}, "model", "error"),
        ({"model": "openai:gpt-5-mini"}, "model", "error"),
        ({"database_url": "nosuch://host/base"}, "ledger", "error"),
        ({"roadmap": "nosuch"}, "roadmap", "error"),
    ],
)
def test_doctor_finds_what_cannot_be_used(
    settings: Settings, changes: dict[str, str], what: str, state: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A setting that a run would stumble over is an error with advice, and the other findings are told all the same."""
    broken = load(home=settings.home, **changes)

    status = doctor_command(lambda: broken, as_json=True, network=False)

    found = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert found[what]["state"] == state
    assert found[what]["advice"]
    assert found["files"]["state"] == "ok"
    assert status == 1


def test_items_refuse_an_outcome_that_is_none(settings: Settings) -> None:
    """A misspelt outcome is an error, not an empty list."""
    with pytest.raises(ConfigError, match="no item is recorded as 'filled': use one of filed"):
        items_command(settings, "filled", "", "", 10, as_json=False)


@pytest.mark.parametrize("width", [60, 80, 100])
def test_tables_fit(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the cells hold, no line is wider than the terminal and no word of the wide column is lost."""
    title, url = "A title of many words " * 5, "https://example.org/" + "path/" * 30
    where = Terminal(Console(width=width), Console(stderr=True, width=width))

    where.table(("outcome", "section", "feed", "item"), [("off_roadmap", "VIII", "f" * 64, f"{title}\n{url}")], "item")

    written = capsys.readouterr().out
    assert max(map(len, written.splitlines())) <= width
    assert written.count("title") == 5
    assert "".join(line.split()[-1] for line in written.splitlines()).endswith(url)


def test_a_table_without_rows_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Headings alone would look like an answer."""
    Terminal(Console(width=80), Console(stderr=True)).table(("a", "b"), [])

    assert capsys.readouterr().out == ""


def test_a_cell_cannot_steer_the_terminal() -> None:
    """Escape sequences, control characters and marks that turn the direction of writing are left out."""
    assert plain("a\x1b[31mb\r\u202ec\u200d") == "a[31mbc"


def test_counts_are_in_the_right_number() -> None:
    """One has no plural."""
    assert [counted(number, "feed") for number in (0, 1, 2)] == ["0 feeds", "1 feed", "2 feeds"]


@pytest.mark.parametrize(
    ("feeds", "states", "expected"),
    [
        ([], [], 0),
        ([GOOD], ["sent"], 0),
        ([GOOD, BAD], ["sent", "pending"], 0),
        ([BAD], [], 1),
        ([GOOD], ["sent", "dead"], 1),
        ([GOOD], ["in_doubt"], 1),
    ],
)
def test_the_status_of_a_run(feeds: list[FeedReport], states: list[DeliveryState], expected: int) -> None:
    """A run fails where it could read nothing, or where a delivery needs a person."""
    report = Report(NOW, feeds=feeds, deliveries=[receipt(state) for state in states])

    assert status_of(report) == expected
