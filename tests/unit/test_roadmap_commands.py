"""`digestbot roadmap`: any Markdown comes in, is shown as it was read, and goes out as it was; changes are told."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import calling
import pytest
from calling import Called

from digestbot.errors import ConfigError

MAP = (
    "# My map\n\n## Data\n\n**Goal:** see far.\n\n### Cleaning\n\n- [one](https://one.example/x) (paper): first.\n\n"
    "## Models\n\n### Trees\n\nSee [two](https://two.example/y) and [gone](#gone).\n"
)
Call = Callable[..., Called]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder, with a file in the working folder that can be brought in."""
    calling.unset_settings(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGESTBOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DIGESTBOT_NOW", "2026-04-12T18:00:00+00:00")
    (tmp_path / "map.md").write_text(MAP, encoding="utf-8")
    return tmp_path / "home"


def call(*words: str) -> Called:
    """Run a command of the group."""
    return calling.call("roadmap", *words)


def shown(*words: str) -> list[dict[str, Any]]:
    """Return what a command answers as JSON."""
    return [json.loads(line) for line in call(*words, "--json").stdout.splitlines()]


def test_a_file_comes_in_under_its_name_and_into_the_history(home: Path) -> None:
    """An imported roadmap stands among the others, byte for byte, in a commit of its own."""
    answer = call("import", "map.md", "--name", "mine")

    log = subprocess.run(["git", "-C", str(home / "roadmaps"), "log", "--format=%s"], capture_output=True, check=True)
    assert answer.exit_code == 0, answer.output
    assert (home / "roadmaps" / "mine.md").read_text(encoding="utf-8") == MAP
    assert log.stdout.decode().splitlines() == ["Import mine", "Add the shipped roadmaps"]
    assert {"mine", "genai"} <= {row["name"] for row in shown("list")}


def test_a_folder_comes_in_as_a_folder(home: Path) -> None:
    """Of a folder its Markdown comes in, and it goes out as files or as one document without their includes."""
    book = Path("book")
    (book / "_includes").mkdir(parents=True)
    (book / "index.md").write_text("# Book\n\n## A\n{% include a.md %}\n\n## B\n")
    (book / "_includes" / "a.md").write_text("### a\n\nwords\n")

    call("import", "book", "--name", "book")
    call("export", "book", "--output", "out")

    assert (Path("out") / "_includes" / "a.md").read_text() == "### a\n\nwords\n"
    assert call("export", "book").stdout == "# Book\n\n## A\n### a\n\nwords\n\n## B\n"
    assert [section["id"] for section in shown("show", "book")[0]["sections"]] == ["a", "b"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "latin-1"])
def test_texts_of_other_encodings_become_utf_8(home: Path, encoding: str) -> None:
    """What an editor of long ago wrote comes in as the text that it is."""
    text = "# Café\n\n## Ä\n" if encoding == "latin-1" else "# 路线图\n\n## 数据\n"
    Path("old.md").write_bytes(text.encode(encoding))

    call("import", "old.md", "--name", "old")

    assert (home / "roadmaps" / "old.md").read_bytes().decode("utf-8").removeprefix("\ufeff") == text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("import", "map.md", "--name", "genai"), "there is a roadmap 'genai' already"),
        (("import", "map.md", "--name", "../x"), "cannot be a roadmap's name"),
        (("import", "nothing.md", "--name", "x"), "cannot be read"),
        (("import", "picture.md", "--name", "x"), "is no text"),
        (("show", "nothing"), "there is no roadmap 'nothing': name one of 'digestbot roadmap list'"),
        (("show", "map.md", "--chapter", "nothing"), "has no chapter 'nothing'"),
        (("export", "map.md", "--output", "map.md"), "is there already"),
    ],
)
def test_what_cannot_be_done_is_refused(home: Path, words: tuple[str, ...], message: str) -> None:
    """Each refusal names what it is about and what to do; nothing is written over."""
    Path("picture.md").write_bytes(b"\x89PNG\0")

    refused = call(*words).exception

    assert isinstance(refused, ConfigError)
    assert re.search(message, str(refused))
    assert Path("map.md").read_text() == MAP


def test_replacing_keeps_what_was_there_in_the_history(home: Path) -> None:
    """A roadmap that another one takes the place of is committed first, a user's own changes to it too."""
    call("import", "map.md", "--name", "mine")
    own = home / "roadmaps" / "mine.md"
    own.write_text("# Changed by hand\n")

    call("import", "map.md", "--name", "mine", "--replace")

    git = ["git", "-C", str(home / "roadmaps"), "show", "HEAD~1:mine.md"]
    assert own.read_text(encoding="utf-8") == MAP
    assert subprocess.run(git, capture_output=True, check=True).stdout == b"# Changed by hand\n"


def test_a_chapter_is_shown_with_its_resources(home: Path) -> None:
    """The outline has goals and counts, a chapter its resources with kinds and the words around them."""
    [outline] = shown("show", "map.md")
    [chapter] = shown("show", "map.md", "--chapter", "cleaning")

    assert (outline["title"], outline["sections"][0]["goal"]) == ("My map", "see far.")
    assert [(one["kind"], one["words"]) for one in chapter["resources"]] == [("paper", "one (paper): first.")]
    assert "Trees" in call("show", "map.md").stdout


def test_the_check_fails_where_a_link_leads_nowhere(home: Path) -> None:
    """A dead anchor is an error with its line, and the status says so; a sound roadmap gives none."""
    answer = call("check", "map.md")

    assert (answer.exit_code, call("check", "genai").exit_code) == (1, 0)
    assert shown("check", "map.md") == [
        {"severity": "error", "line": 15, "what": "'#gone' is no heading of it", "path": ""}
    ]


def test_what_changed_by_hand_is_told_and_marked(home: Path) -> None:
    """What came into a file since it was first seen stands in the week's changes, in the outline and in the export."""
    call("show", "map.md")
    Path("map.md").write_text(
        MAP.replace("### Trees", "### Forests").replace("first.\n", "first.\n- [new](https://new.example/z): n.\n")
    )

    told, export = call("changes", "map.md").stdout, call("export", "map.md", "--mark-new", "7").stdout

    assert "- Renamed chapter Forests, from Trees (by hand)" in told
    assert "- Added [new](<https://new.example/z>) (by hand)" in told
    assert "\n- 🆕 [new](https://new.example/z): n.\n" in export
    assert [week["week"] for week in shown("changes", "map.md")] == ["2026-04-06"]
    assert shown("show", "map.md")[0]["sections"][1]["chapters"][0]["id"] == "trees"
