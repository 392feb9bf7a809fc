"""The proof that a decision is one and nothing of the user's is lost: killed, raced, and with a full disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from reviewing import CHANGED, DOCUMENT, OPEN, proposed

from digestbot import review
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.adapters.roadmap_git import RoadmapFiles

pytestmark = [pytest.mark.prove, pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")]

MORTAL = Path(__file__).with_name("mortal.py")
NOW = "2026-04-12T18:00:00+00:00"
OWN = "\nOf my own, and not committed.\n"
OTHER = proposed("p2", title="Another", url="https://blog.example/b")
LONGEST_S = 120


@dataclass(frozen=True)
class Home:
    """A data folder whose repository holds the roadmap, with an uncommitted edit of the user's."""

    path: Path

    @property
    def file(self) -> Path:
        return self.path / "roadmaps" / "map.md"

    def start(self, *words: str, dies_at: int | None = None, by: str = "ada") -> subprocess.Popen[str]:
        program = ["-m", "digestbot"] if dies_at is None else [str(MORTAL), str(dies_at)]
        own = {"DIGESTBOT_HOME": str(self.path), "DIGESTBOT_ROADMAP": "map", "DIGESTBOT_NOW": NOW}
        return subprocess.Popen(
            [sys.executable, *program, "review", *words, "--by", by],
            env={**os.environ, **own},
            cwd=self.path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *words: str, dies_at: int | None = None) -> tuple[int, str]:
        process = self.start(*words, dies_at=dies_at)
        _, talk = process.communicate(timeout=LONGEST_S)
        return process.returncode, talk

    def git(self, *words: str) -> str:
        command = ["git", "-C", str(self.file.parent), "-c", "user.name=Ada", "-c", "user.email=a@localhost", *words]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    def acts(self, id: str = OPEN.id) -> list[str]:
        ledger = Ledger(sqlite_url(self.path / "ledger.db"))
        try:
            return [act.kind for act in review.audit(ledger.reviews, id)]
        finally:
            ledger.close()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The folder from which the others are copied."""
    home = Home(tmp_path_factory.mktemp("model"))
    RoadmapFiles(home.path, "genai").install()
    home.file.write_text(DOCUMENT)
    home.git("add", "map.md")
    home.git("commit", "--quiet", "--message", "Mine")
    home.file.write_text(DOCUMENT + OWN)
    ledger = Ledger(sqlite_url(home.path / "ledger.db"))
    ledger.publications.record_proposals([OPEN, OTHER])
    ledger.close()
    return home


def copy(model: Home, path: Path) -> Home:
    """Return a folder of its own like the model."""
    return Home(Path(shutil.copytree(model.path, path)))


def settled(home: Home, before: str, after: str, trailer: str) -> None:
    """Assert that the change is made once and committed once, and that the user's edit is as it was."""
    assert home.file.read_text() == after + OWN
    assert home.git("show", "HEAD:map.md") == after
    assert home.git("status", "--porcelain") == " M map.md\n"
    assert home.git("log", "--format=%H", f"--grep={trailer}").count("\n") == 1
    assert home.git("fsck", "--strict", "--no-dangling") == ""


def test_killed_at_any_moment_a_decision_is_finished(model: Home, tmp_path: Path) -> None:
    """Before every commit, renaming and git command: the file is whole, and the next command brings it to its end."""
    status, talk = copy(model, tmp_path / "whole").call("accept", OPEN.id, dies_at=0)
    assert status == 0, talk
    moments = int(talk.split()[-2])
    assert moments > 10

    for moment in range(1, moments + 1):
        home = copy(model, tmp_path / f"home{moment}")
        status, _ = home.call("accept", OPEN.id, dies_at=moment)
        assert status == -9
        assert home.file.read_text() in (DOCUMENT + OWN, CHANGED + OWN)

        home.call("accept", OPEN.id)

        settled(home, DOCUMENT, CHANGED, f"Digestbot-Proposal: {OPEN.id} r1")
        assert home.acts() == ["accept", "applied"]


def test_killed_at_any_moment_a_change_is_taken_back(model: Home, tmp_path: Path) -> None:
    """The same for what is taken out of the roadmap again."""
    applied = copy(model, tmp_path / "applied")
    assert applied.call("accept", OPEN.id)[0] == 0
    status, talk = copy(applied, tmp_path / "whole").call("revert", OPEN.id, dies_at=0)
    assert status == 0, talk

    for moment in range(1, int(talk.split()[-2]) + 1, 3):
        home = copy(applied, tmp_path / f"home{moment}")
        home.call("revert", OPEN.id, dies_at=moment)

        home.call("revert", OPEN.id)

        settled(home, CHANGED, DOCUMENT, f"Digestbot-Reverts: {OPEN.id} r1")
        assert home.acts() == ["accept", "applied", "revert", "reverted"]


def test_two_reviewers_at_once_take_one_decision(model: Home, tmp_path: Path) -> None:
    """Of two processes that decide on one proposal one succeeds, and the other is told by whom it was decided."""
    for attempt in range(3):
        home = copy(model, tmp_path / f"home{attempt}")

        both = [home.start("accept", OPEN.id, by=name) for name in ("ada", "alan")]
        talks = [process.communicate(timeout=LONGEST_S)[1] for process in both]

        assert sorted(process.returncode for process in both) == [0, 1]
        [told] = [talk for process, talk in zip(both, talks, strict=True) if process.returncode]
        assert "was applied by" in told or "decided by somebody else" in told or "on its way" in told
        settled(home, DOCUMENT, CHANGED, f"Digestbot-Proposal: {OPEN.id} r1")
        assert home.acts() == ["accept", "applied"]


def test_an_acceptance_and_a_rejection_at_once_are_one_decision(model: Home, tmp_path: Path) -> None:
    """Whoever is first decides; the document says the same as the ledger."""
    for attempt in range(3):
        home = copy(model, tmp_path / f"home{attempt}")

        both = [home.start("accept", OPEN.id), home.start("reject", OPEN.id, by="alan")]
        for process in both:
            process.communicate(timeout=LONGEST_S)

        taken = home.acts() == ["accept", "applied"]
        assert taken or home.acts() == ["reject"]
        assert sorted(process.returncode for process in both) == [0, 1]
        assert home.file.read_text() == (CHANGED if taken else DOCUMENT) + OWN


def test_two_proposals_at_once_are_both_applied(model: Home, tmp_path: Path) -> None:
    """Two changes of one chapter by two processes: neither is lost, each is a commit."""
    home = copy(model, tmp_path / "home")

    both = [home.start("accept", OPEN.id), home.start("accept", OTHER.id, by="alan")]
    talks = [process.communicate(timeout=LONGEST_S)[1] for process in both]

    assert [process.returncode for process in both] == [0, 0], talks
    assert home.file.read_text().count("It shows a thing.") == 2
    assert home.git("rev-list", "--count", "HEAD") == "4\n"
    assert home.git("status", "--porcelain") == " M map.md\n"


def test_a_full_disk_keeps_file_and_decision(model: Home, tmp_path: Path) -> None:
    """On a file system without room the roadmap stays whole; with room again the next command finishes."""
    home, disk = copy(model, tmp_path / "home"), tmp_path / "disk"
    disk.mkdir()
    mount(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)])
    try:
        (disk / "map.md").write_text(DOCUMENT)
        (disk / "filler").write_bytes(bytes(64 * 1024 - 2 * 4096))
        fill(disk / "last")
        status, talk = with_roadmap(home, disk / "map.md", "accept", OPEN.id)
        assert (status, (disk / "map.md").read_text()) == (1, DOCUMENT)
        assert "No space left on device; the decision stands" in talk
        (disk / "filler").unlink()

        status, talk = with_roadmap(home, disk / "map.md", "reject", OTHER.id)

        assert (status, (disk / "map.md").read_text()) == (0, CHANGED), talk
        assert home.acts() == ["accept", "not applied", "applied"]
    finally:
        mount(["umount", str(disk)])


def fill(file: Path) -> None:
    """Take what room is left, byte by byte at the end."""
    with file.open("wb", buffering=0) as last, suppress(OSError):
        while last.write(bytes(512)):
            pass


def mount(command: Sequence[str]) -> None:
    """Mount or unmount; the test is left out where that is not allowed."""
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")


def with_roadmap(home: Home, file: Path, *words: str) -> tuple[int, str]:
    """Run a command on a roadmap that lies elsewhere."""
    own = {"DIGESTBOT_HOME": str(home.path), "DIGESTBOT_ROADMAP": str(file), "DIGESTBOT_NOW": NOW}
    done = subprocess.run(
        [sys.executable, "-m", "digestbot", "review", *words],
        env={**os.environ, **own}, capture_output=True, text=True, check=False, timeout=LONGEST_S,
    )  # fmt: skip
    return done.returncode, done.stderr
