"""`digestbot prompts`: an operator's prompts beside the shipped ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import calling
import pytest
from calling import Called

from digestbot.chat.prompt_files import copy, prompt_file
from digestbot.chat.prompts import NAMES
from digestbot.errors import ConfigError

THEN = """---
name: file
version: 1
variables: [sections]
schema: filing
---
File these.
$sections
"""
NOW = THEN.replace("File these.", "File these with care.")

Call = Callable[..., Called]


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """Return a folder that ships one prompt."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "file.md").write_text(THEN, "utf-8")
    return folder


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run `digestbot prompts …` on an empty data folder."""
    calling.unset_settings(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGESTBOT_HOME", str(tmp_path / "home"))
    return lambda *words: calling.call("prompts", *words)


def test_a_copy_shows_its_own_changes_only(shipped: Path, tmp_path: Path) -> None:
    """While the shipped prompt stays as it was, the operator's changes are all there is to see."""
    own = copy("file", shipped, tmp_path / "own")
    own.write_text(THEN + "Be brief.\n", "utf-8")

    file = prompt_file("file", shipped, tmp_path / "own")

    assert "+Be brief." in file.changes().splitlines()
    assert not file.moved_on
    assert file.news() == ""


def test_a_shipped_prompt_that_moved_on_is_told_apart(shipped: Path, tmp_path: Path) -> None:
    """After an update both are told: what the operator changed, and what the shipped one changed since."""
    copy("file", shipped, tmp_path / "own").write_text(THEN + "Be brief.\n", "utf-8")
    (shipped / "file.md").write_text(NOW, "utf-8")

    file = prompt_file("file", shipped, tmp_path / "own")

    assert file.moved_on
    assert "care" not in file.changes()
    assert "+File these with care." in file.news().splitlines()
    assert "brief" not in file.news()


def test_a_kept_text_begins_anew(shipped: Path, tmp_path: Path) -> None:
    """With `keep` the operator's text stays, and nothing has moved on any more."""
    own = copy("file", shipped, tmp_path / "own")
    own.write_text(NOW + "Be brief.\n", "utf-8")
    (shipped / "file.md").write_text(NOW, "utf-8")

    copy("file", shipped, tmp_path / "own", keep=True)

    file = prompt_file("file", shipped, tmp_path / "own")
    assert file.own == NOW + "Be brief.\n"
    assert not file.moved_on


@pytest.mark.parametrize(("version", "moved_on"), [("1", False), ("2", True)])
def test_without_its_beginning_a_copy_is_told_by_its_version(
    shipped: Path, tmp_path: Path, version: str, moved_on: bool
) -> None:
    """A file that was copied by hand keeps no beginning: another version of the shipped one is all that can be told."""
    (tmp_path / "file.md").write_text(THEN + "Be brief.\n", "utf-8")
    (shipped / "file.md").write_text(NOW.replace("version: 1", f"version: {version}"), "utf-8")

    assert prompt_file("file", shipped, tmp_path).moved_on is moved_on


@pytest.mark.parametrize("keep", [False, True])
def test_no_text_of_the_operator_is_overwritten(shipped: Path, tmp_path: Path, keep: bool) -> None:
    """A second copy is refused, and so is keeping what is not there."""
    if not keep:
        copy("file", shipped, tmp_path).write_text("mine", "utf-8")

    with pytest.raises(ConfigError, match=r"file\.md"):
        copy("file", shipped, tmp_path, keep=keep)

    assert keep or (tmp_path / "file.md").read_text("utf-8") == "mine"


def test_every_prompt_is_listed(call: Call) -> None:
    """The list names each prompt that the program asks with, with the hash that stands beside results."""
    rows = [json.loads(line) for line in call("list", "--json").stdout.splitlines()]

    assert [row["name"] for row in rows] == list(NAMES)
    assert all(row["from"] == "shipped" and row["state"] == "good" and len(row["hash"]) == 64 for row in rows)


def test_a_prompt_that_is_not_good_fails_the_check(call: Call, tmp_path: Path) -> None:
    """Each problem is told with path and line, so is a file that nothing reads, and the exit status is 1."""
    assert call("check").exit_code == 0
    assert call("copy", "file").exit_code == 0
    own = tmp_path / "home" / "prompts" / "file.md"
    own.write_text(own.read_text("utf-8").replace("$roadmap", "$roadway"), "utf-8")
    own.with_name("fille.md").write_text("", "utf-8")

    checked = call("check", "--json")

    problems = json.loads(checked.stdout)["problems"]
    assert checked.exit_code == 1
    assert any(problem.startswith(f"{own}:") and "$roadway" in problem for problem in problems)
    assert any("fille.md" in problem for problem in problems)


def test_the_diff_fails_only_when_a_shipped_prompt_moved_on(call: Call, tmp_path: Path) -> None:
    """Changes of one's own are nothing wrong; a shipped prompt that moved on is."""
    call("copy", "file")
    folder = tmp_path / "home" / "prompts"
    own = folder / "file.md"
    own.write_text(own.read_text("utf-8") + "Be brief.\n", "utf-8")

    same = call("diff")
    (folder / ".shipped" / "file.md").write_text(THEN, "utf-8")
    moved = call("diff", "file", "--json")

    assert (same.exit_code, moved.exit_code) == (0, 1)
    assert "+Be brief." in same.stdout.splitlines()
    assert json.loads(moved.stdout)["moved_on"] is True


def test_shown_is_what_counts(call: Call, tmp_path: Path) -> None:
    """`show` writes the operator's text, and the shipped one when asked for."""
    call("copy", "file")
    own = tmp_path / "home" / "prompts" / "file.md"
    before = own.read_text("utf-8")
    own.write_text(before + "Be brief.\n", "utf-8")

    assert call("show", "file").stdout == before + "Be brief.\n"
    assert call("show", "file", "--shipped").stdout == before
