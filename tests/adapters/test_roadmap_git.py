"""The roadmaps of the data folder: put there whole, remembered by git, whatever an earlier run left half done."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from digestbot.adapters.roadmap_git import RoadmapFiles, names
from digestbot.shipped import shipped

FILES = [f"{name}.md" for name in names()]


def git(home: Path, *words: str) -> list[str]:
    """Return the lines that git answers in the roadmaps' folder."""
    answer = subprocess.run(["git", "-C", str(home / "roadmaps"), *words], capture_output=True, text=True, check=True)
    return answer.stdout.splitlines()


def installed(home: Path) -> None:
    """Assert that the shipped roadmaps are there, whole and in one commit, and nothing else."""
    assert sorted(path.name for path in (home / "roadmaps").iterdir()) == sorted([".git", *FILES])
    for name in FILES:
        assert (home / "roadmaps" / name).read_bytes() == shipped("roadmaps", name).read_bytes()
    assert sorted(git(home, "ls-files")) == sorted(FILES)
    assert git(home, "status", "--porcelain") == []


def test_install_puts_the_shipped_roadmaps_there_and_commits_them(tmp_path: Path) -> None:
    """The first run makes files and history, the second one finds nothing to do."""
    files = RoadmapFiles(tmp_path, "genai")

    first, second = files.install(), files.install()

    assert [path.name for path in first] == FILES
    assert second == []
    installed(tmp_path)
    assert git(tmp_path, "log", "--format=%s") == ["Add the shipped roadmaps"]


def test_install_works_in_a_folder_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative data folder is as good as an absolute one."""
    monkeypatch.chdir(tmp_path)

    RoadmapFiles(Path("home"), "genai").install()

    installed(tmp_path / "home")


def test_what_a_killed_run_left_half_done_is_done_again(tmp_path: Path) -> None:
    """Half a file and half a repository, as a kill leaves them, give way to whole ones."""
    folder = tmp_path / "roadmaps"
    (folder / ".new" / ".git").mkdir(parents=True)
    (folder / ".new" / ".git" / "index.lock").touch()
    (folder / f".{FILES[0]}.part").write_text("# Half")

    RoadmapFiles(tmp_path, "genai").install()

    installed(tmp_path)


@pytest.mark.parametrize("staged", [False, True])
def test_files_that_no_commit_holds_are_committed(tmp_path: Path, staged: bool) -> None:
    """A run that was killed after it wrote a newly shipped roadmap, or staged it, leaves its commit to the next."""
    files = RoadmapFiles(tmp_path, "genai")
    files.install()
    git(tmp_path, "rm", "--quiet", "--cached", FILES[0])
    git(tmp_path, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--message", "Forget one")
    if staged:
        git(tmp_path, "add", FILES[0])

    files.install()

    installed(tmp_path)


def test_a_users_own_changes_are_left_to_the_user(tmp_path: Path) -> None:
    """Neither the text of a roadmap that is there is touched, nor is it committed in the program's name."""
    files = RoadmapFiles(tmp_path, "genai")
    files.install()
    own = tmp_path / "roadmaps" / FILES[0]
    own.write_text("# Mine\n")

    files.install()

    assert own.read_text() == "# Mine\n"
    assert git(tmp_path, "status", "--porcelain") == [f" M {FILES[0]}"]


def test_without_git_there_are_files_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git is not installed the roadmaps have no history, and that is all."""
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path / "nothing"))

    RoadmapFiles(tmp_path, "genai").install()

    assert sorted(path.name for path in (tmp_path / "roadmaps").iterdir()) == sorted(FILES)
