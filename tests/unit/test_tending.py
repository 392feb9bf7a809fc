"""Looking after documents: the command, and what ticks do when nothing else is due."""

from __future__ import annotations

import io
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW

from digestbot.app import ledger_of
from digestbot.app.reloading import Setup
from digestbot.app.tending import tend, tend_what_is_due
from digestbot.commands.health import health_command
from digestbot.commands.ticking import Ticks
from digestbot.log import configure
from digestbot.settings import Settings, load

DOCUMENT = """\
# T

## One

A second part will come in 2024. Read on.

- [a](http://127.0.0.1:9/a) (post): private, so never asked.
- [a again](http://127.0.0.1:9/a/) (post): the same.
"""


@pytest.fixture
def settings(tmp_path: Path, blank_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings for a roadmap whose links are at addresses that are refused: nothing is asked."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(blank_ledger, tmp_path / "ledger.db")
    (tmp_path / "feeds.yaml").write_text("feeds: []\n", "utf-8")
    (tmp_path / "mine.md").write_text(DOCUMENT, "utf-8")
    return load(home=tmp_path, roadmap=str(tmp_path / "mine.md"), archive_url=None)


def test_what_is_not_well_is_proposed_and_recorded(settings: Settings) -> None:
    """A double and a passed date become proposals; what was looked at is not looked at again before its time."""
    with ledger_of(settings) as ledger:
        found = tend(settings, ledger, "", NOW)

        assert {check.state for check in found.checks.values()} == {"refused"}
        assert [one.kind for one in found.proposals] == ["merge", "correct"]
        assert {one.id for one in ledger.publications.proposals()} == {one.id for one in found.proposals}
        assert tend_what_is_due(settings, ledger, NOW + timedelta(days=27)) is None
        assert tend_what_is_due(settings, ledger, NOW + timedelta(days=29)) == []


def test_the_command_tells_what_is_proposed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Links that are not asked are not called ill; the new proposals are counted."""
    status = health_command(settings, "", 0, NOW, as_json=False)
    told = capsys.readouterr()
    again = health_command(settings, "", 0, NOW, as_json=True)

    assert (status, again) == (0, 0)
    assert "2 refused" in told.err
    assert "2 new proposals" in told.err
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == []


def ticking(settings: Settings) -> Ticks:
    """Return a server's ticks; its settings are read from the data folder again and again."""
    roadmap = str(settings.home / "mine.md")
    setup = Setup(settings, settings, None, lambda: load(home=settings.home, roadmap=roadmap, archive_url=None))
    setup.start()
    return Ticks(setup)


def events(ticks: Ticks) -> list[str]:
    """Tick once and return the names of what was logged."""
    configure("json", out := io.StringIO())
    ticks.do(NOW, leads=True)
    return [json.loads(line)["event"] for line in out.getvalue().splitlines()]


@pytest.mark.slow
def test_ticks_look_after_links_only_where_that_is_set(settings: Settings) -> None:
    """Links are off until they are wanted; then an idle tick looks at them, and the next one finds nothing due."""
    ticks = ticking(settings)

    told = [events(ticks), events(ticks)]
    (settings.home / "settings.toml").write_text("link_checks = 'on'\n")
    told += [events(ticks), events(ticks)]

    assert told[0][:2] == ["started", "tick"]  # the digest of the day
    assert told[1:] == [[], ["reloaded", "links looked at"], []]


@pytest.mark.slow
def test_a_broken_feeds_file_stops_no_tick(settings: Settings) -> None:
    """The feeds of before stay, digests go out as before, and the mistake is told once until the file is right."""
    ticks, told = ticking(settings), []

    for text in ("feeds: []", "feeds: [", "feeds: [", "feeds: []", "feeds: 7"):
        (settings.home / "feeds.yaml").write_text(text, "utf-8")
        told.append(events(ticks))

    assert told[0][:2] == ["started", "tick"]
    assert told[1:] == [["refused", "alert raised"], [], ["alert cleared"], ["refused", "alert raised"]]


@pytest.mark.slow
def test_ticks_that_fail_are_an_alert_until_one_does_not(settings: Settings) -> None:
    """Whatever stops a tick, here a roadmap that is gone, is an alert once, however many ticks it stops."""
    ticks, document = ticking(settings), settings.home / "mine.md"
    events(ticks)
    (settings.home / "settings.toml").write_text("link_checks = 'on'\n")

    document.unlink()
    told = [events(ticks), events(ticks)]
    document.write_text(DOCUMENT, "utf-8")
    told.append(events(ticks))

    assert told == [["reloaded", "tick failed", "alert raised"], ["tick failed"], ["links looked at", "alert cleared"]]
