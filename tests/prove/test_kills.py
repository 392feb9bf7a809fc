"""The proof that nothing is lost and nothing sent twice: killed runs leave to the next what an undisturbed one does."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from remains import Remains, differences, remains

from digestbot.sample import world

pytestmark = pytest.mark.prove

KILLS = 10
SEED = 20260412
MORTAL = Path(__file__).with_name("mortal.py")
LONGEST_S = 120
# Files that appear in the course of a run, in their order: the short last steps get their share of kills by them.
LANDMARKS = (
    "ledger.db",
    "roadmaps/genai.md",
    "roadmaps/.git",
    "chroma/chroma.sqlite3",
    "digests",
    "digests/*.html",
    "maildir/tmp/*",
    "maildir/new/*",
)


@dataclass(frozen=True)
class Stage:
    """Where runs are made: the feeds of the sample week, and what an undisturbed run does with them."""

    folder: Path
    feeds: Path
    seconds: float
    moments: int
    expected: Remains

    def home(self) -> Path:
        """A data folder that does not exist yet."""
        return next(path for n in itertools.count() if not (path := self.folder / f"home{n}").exists())


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The sample week served, and the undisturbed run that is the measure of all others."""
    folder = tmp_path_factory.mktemp("kills")
    feeds, home = folder / "feeds.yaml", folder / "undisturbed"
    with world.serve() as sample:
        feeds.write_text(sample.feeds_yaml, encoding="utf-8")
        # The first run of all warms the file cache, so that the second one's duration is that of the runs to come.
        moments = start(folder / "warm", feeds, "0")
        _, talk = moments.communicate(timeout=LONGEST_S)
        started = time.monotonic()
        finish(home, feeds)
        seconds = time.monotonic() - started
        expected = remains(home)
        assert len(expected["new mail"]) == 1
        assert len(expected["digests"]) == 2
        assert expected["index"]
        assert expected["proposals"]
        yield Stage(folder, feeds, seconds, int(talk.split()[-2]), expected)


def start(home: Path, feeds: Path, dies_at: str = "", now: str = world.NOW) -> subprocess.Popen[str]:
    """Start a run in a process group of its own, as a service manager does."""
    own = {"DIGESTBOT_HOME": str(home), "DIGESTBOT_ALLOW_NETS": "127.0.0.0/8"}
    program = [str(MORTAL), dies_at] if dies_at else ["-m", "digestbot"]
    return subprocess.Popen(
        [sys.executable, *program, "run", "--feeds", str(feeds), "--now", now, "--json"],
        env={"PATH": os.environ["PATH"], "HOME": str(home.parent)} | own,
        cwd=home.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(home: Path, feeds: Path, now: str = world.NOW) -> Any:
    """Run to the end and return the report."""
    process = start(home, feeds, now=now)
    answer, talk = process.communicate(timeout=LONGEST_S)
    assert process.returncode == 0, talk
    return json.loads(answer)


def kill(process: subprocess.Popen[str], with_children: bool) -> bool:
    """Kill a run, alone or with the processes it started; tell whether it was still there to be killed."""
    alive = process.poll() is None
    if alive:
        (os.killpg if with_children else os.kill)(process.pid, signal.SIGKILL)
    process.communicate(timeout=LONGEST_S)
    return alive


def kill_after(seconds: float, process: subprocess.Popen[str], with_children: bool) -> bool:
    """Kill a run at a moment; tell whether it was still there to be killed."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return kill(process, with_children)
    return kill(process, with_children)


def check(stage: Stage, home: Path) -> None:
    """Run to the end; what is left is what the undisturbed run left, and yet another run changes nothing."""
    finish(home, stage.feeds)
    assert differences(remains(home), stage.expected) == []
    again = finish(home, stage.feeds)
    assert differences(remains(home), stage.expected) == []
    assert (
        again["outcomes"]["known"] == sum(feed["fetched"] for feed in again["feeds"]) == sum(again["outcomes"].values())
    )
    assert again["digests"] == again["deliveries"] == again["proposals"] == []


@pytest.mark.parametrize("number", range(KILLS))
def test_a_run_killed_at_a_random_moment_is_finished_by_the_next(stage: Stage, number: int) -> None:
    """Whenever a run is killed, the next leaves what an undisturbed one would; every tenth of its time has its kill."""
    part = random.Random(SEED + number).uniform(number, number + 1) / KILLS

    # A run that was faster than the measured one proves nothing: the next is killed a little earlier.
    for slower in itertools.count():
        home = stage.home()
        if kill_after(stage.seconds * part * 0.9**slower, start(home, stage.feeds), with_children=number % 2 == 1):
            break

    check(stage, home)


@pytest.mark.parametrize("number", range(KILLS // 2))
def test_two_kills_in_a_row_do_no_more_harm_than_one(stage: Stage, number: int) -> None:
    """A run that is killed while it finishes a killed one's work leaves that to the next."""
    chance, home = random.Random(-SEED - number), stage.home()

    kill_after(stage.seconds * chance.uniform(0.4, 0.95), start(home, stage.feeds), with_children=True)
    kill_after(stage.seconds * chance.uniform(0.4, 0.95), start(home, stage.feeds), with_children=False)

    check(stage, home)


@pytest.mark.parametrize("landmark", LANDMARKS)
def test_a_run_killed_as_soon_as_a_file_appears_is_finished_by_the_next(stage: Stage, landmark: str) -> None:
    """The moments in which files are made and sent, too short to be met by chance, are no exception."""
    home = stage.home()
    process = start(home, stage.feeds)

    while process.poll() is None and not any(home.glob(landmark)):
        pass
    kill(process, with_children=True)

    check(stage, home)


def test_a_run_killed_before_any_of_its_commits_is_finished_by_the_next(stage: Stage) -> None:
    """Before each transaction's end and each renaming of a file, one after the other, a run may die."""
    found: dict[int, list[str]] = {}

    for moment in range(1, stage.moments + 1):
        home = stage.home()
        kill_after(LONGEST_S, start(home, stage.feeds, str(moment)), with_children=False)
        finish(home, stage.feeds)
        found[moment] = differences(remains(home), stage.expected)

    assert stage.moments > 20
    assert {moment: lines for moment, lines in found.items() if lines} == {}


@pytest.mark.parametrize("number", range(KILLS // 2))
def test_a_killed_run_is_finished_as_well_an_hour_later(stage: Stage, number: int) -> None:
    """The next run has another clock as a rule: still every story is filed, sent in one digest, and proposed once."""
    chance, home = random.Random(SEED * 2 + number), stage.home()
    later = (datetime.fromisoformat(world.NOW) + timedelta(hours=1)).isoformat()

    kill_after(stage.seconds * chance.uniform(0.3, 1), start(home, stage.feeds), with_children=True)
    finish(home, stage.feeds, later)

    found = remains(home)
    assert len(found["new mail"]) == 1
    assert len(found["digests"]) == 2
    for table, columns in {"digest_entries": 2, "proposals": 5, "verdicts": 4, "summaries": 3, "links": 4}.items():
        assert [row[:columns] for row in found[table]] == [row[:columns] for row in stage.expected[table]], table


def test_of_two_runs_at_once_one_refuses(stage: Stage) -> None:
    """Two runs started at the same moment on one data folder: one does the work, one says why it does not."""
    home = stage.home()

    runs = [start(home, stage.feeds), start(home, stage.feeds)]
    told = [run.communicate(timeout=LONGEST_S)[1] for run in runs]

    assert sorted(run.returncode for run in runs) == [0, 1], told
    refusal = next(talk for run, talk in zip(runs, told, strict=True) if run.returncode)
    assert refusal.startswith("digestbot: another run is under way (process ")
    assert len(refusal.splitlines()) == 1
    assert differences(remains(home), stage.expected) == []
