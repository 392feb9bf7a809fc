"""Prompts are checked at start, and every problem names its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from digestbot.chat.prompts import NAMES, load, parse
from digestbot.errors import ConfigError

SHIPPED = Path(__file__).parents[2] / "prompts"
GOOD = """---
name: file
version: 3
variables: [sections]
schema: filing
---
File these for $$1.
$sections
"""


def test_the_shipped_prompts_are_good() -> None:
    """Every prompt that the program asks with is shipped and passes its own checks."""
    prompts = load(SHIPPED, None)

    assert tuple(prompts) == NAMES
    assert all(prompt.text.strip() for prompt in prompts.values())


def test_rendering_fills_in_the_variables_once() -> None:
    """A value is put in as it is, dollar signs included; values that nobody asked for do nothing."""
    prompt = parse(GOOD, "file")

    text = prompt.render(sections="I $roadmap ${x}", roadmap="unused")

    assert text == "File these for $1.\nI $roadmap ${x}\n"


def test_the_label_changes_with_the_text() -> None:
    """An edit that forgets the version still shows in what is stored beside each result."""
    before, after = parse(GOOD, "file"), parse(GOOD.replace("File", "Put"), "file")

    assert before.label.startswith("file@3+")
    assert len(before.label) == len("file@3+") + 8
    assert before.label != after.label


def test_an_operators_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    """Of a prompt that stands in both places the operator's is read, of the others the shipped one."""
    (tmp_path / "file.md").write_text(GOOD, "utf-8")

    prompts = load(SHIPPED, tmp_path)

    assert prompts["file"].version == "3"
    assert prompts["summarize"] == load(SHIPPED, None)["summarize"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("version: 3", "verison: 3", "file.md:3: unknown key 'verison': did you mean 'version'?"),
        ("version: 3\n", "", "file.md:1: missing key 'version'"),
        ("version: 3", "version: a b", "file.md:3: version is 'a b'"),
        ("name: file", "name: fill", "file.md:2: name is 'fill': expected 'file'"),
        ("schema: filing", "schema: fileing", "file.md:5: unknown schema 'fileing': did you mean 'filing'?"),
        ("[sections]", "sections", "file.md:4: variables must be a list"),
        ("[sections]", "[sections, roadmap]", "file.md:4: variable 'roadmap' is declared but the text has no $roadmap"),
        ("[sections]", "[sections, mood]", "file.md:4: nothing fills in 'mood'"),
        ("$sections", "$sections $roadmap", "file.md:8: $roadmap is used but not among the header's variables"),
        ("$$1", "$1", "file.md:7: a lone '$': write '$$' for a dollar sign"),
        ("[sections]", "[sections", "not valid yaml"),
        ("---\nname", "name", "file.md:1: expected a header between two lines of ---"),
    ],
)
def test_a_mistake_names_its_line(old: str, new: str, problem: str) -> None:
    """Whatever is wrong in a header or its text stops the start with the file, the line and what to write."""
    text = GOOD.replace(old, new, 1)

    with pytest.raises(ConfigError) as caught:
        parse(text, "file")

    assert problem in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """A missing file and a broken one are both in the one error."""
    (tmp_path / "file.md").write_text("nothing\n", "utf-8")

    with pytest.raises(ConfigError) as caught:
        load(tmp_path, None)

    assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == [f"{name}.md:1" for name in NAMES]
