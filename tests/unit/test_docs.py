"""README.md and docs/ say what is: every command, option, setting, metric and example is compared with the program."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import pytest
import typer.main

from digestbot.__main__ import app
from digestbot.adapters.roadmap_git import names
from digestbot.app import report_values
from digestbot.commands import filters
from digestbot.commands.feeds_lists import parse_command
from digestbot.domain import Counts
from digestbot.feeds import KEYS, KINDS
from digestbot.pipeline.line import OUTCOMES, Report
from digestbot.settings import Settings
from digestbot.status import Status
from digestbot.web.metrics import metrics_of

ROOT = Path(__file__).parents[2]
PAGES = {path: path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
DOCS = "\n".join(PAGES.values())
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FILTERS: dict[str, Callable[[TextIO], int]] = {
    "file": filters.file_command,
    "summarize": filters.summarize_command,
    "dedupe": filters.dedupe_command,
    "dedupe --pairs": filters.pairs_command,
}
SUFFIXES = {"counter": "_total", "info": "_info"}
"""What Prometheus' text format puts behind the names of these types."""
SURE = ("id", "section", "chapter", "same", "basis", "story", "duplicate_of", "model", "feed", "items", "error")
"""Keys whose values in an answer stay as they are when a model is trained anew."""
EXAMPLES = dict(re.findall(r"^```jsonl ([^\n]+)\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL))


def commands(command: Any, words: str = "digestbot") -> Iterator[tuple[str, Any]]:
    """Yield every command that does something, with the words that call it."""
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{words} {name}")
    if not hasattr(command, "commands"):
        yield words, command


WITHIN = (
    "bot", "config", "digest", "feeds", "outbox", "passes", "prompts", "review", "roadmap", "site", "stories",
    "subscriptions",
)  # fmt: skip
"""The groups of commands."""
COMMANDS = dict(commands(typer.main.get_command(app)))


def section(title: str) -> str:
    """Return what stands below a heading of README or docs/, up to the next one."""
    _, heading, rest = re.split(rf"^(#{{2,3}}) {re.escape(title)}$", DOCS, maxsplit=1, flags=re.MULTILINE)
    return re.split(rf"^#{{2,{len(heading)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def anchors(page: Path) -> set[str]:
    """Return the names by which a page's headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", PAGES[page], re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def first_column(text: str, heading: str) -> list[str]:
    """Return the code in the first column of the table whose first heading this is."""
    table = re.search(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert table, f"there is no table headed {heading!r}"
    cells = [line.split("|")[1] for line in table[1].splitlines()]
    return [code for cell in cells for code in re.findall(r"`([^`]+)`", cell)]


def example(name: str) -> tuple[list[str], list[Any]]:
    """Return the lines that go into an example and the answers that it shows: as many, the last."""
    lines = EXAMPLES[name].splitlines()
    half = len(lines) // 2
    return lines[:half], [json.loads(line) for line in lines[half:]]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_and_option_is_named(words: str) -> None:
    """A command stands in README as it is typed, and so does each of its options."""
    options = [name for option in COMMANDS[words].params for name in option.opts if name.startswith("--")]

    assert re.search(rf"{words}\b", DOCS)
    for option in options:
        assert re.search(rf"(?<![\w-]){option}(?![\w-])", DOCS), f"{option} of {words}"


def test_no_command_is_named_that_is_none() -> None:
    """What README calls `digestbot …` is a command, a group of commands or an option of the program."""
    groups = {f"digestbot {name}" for name in WITHIN}
    code = "\n".join(
        re.findall(r"```(?:sh|console|text)\n(.*?)```", DOCS, re.DOTALL) + re.findall(r"`([^`\n]+)`", DOCS)
    )

    named = set(re.findall(rf"(?:^|(?<!-u)[\s/$])(digestbot (?:(?:{'|'.join(WITHIN)}) )?[a-z]+)\b(?![=./-])", code))

    assert named <= {*COMMANDS, *groups}


def test_settings_are_those_of_the_program() -> None:
    """The table of settings has each name that the environment may use, in the program's order, and no other."""
    listed = first_column(section("Settings"), "setting")

    known = [
        name.upper() if name.startswith("openai_") else f"DIGESTBOT_{name.upper()}" for name in Settings.model_fields
    ]

    assert sorted(listed) == sorted(known)


def test_defaults_of_settings_are_told() -> None:
    """Where a setting's default is a word, the table shows it."""
    rows = {line.split("|")[1].strip(" `"): line for line in section("Settings").splitlines() if line.startswith("| `")}

    for name, field in Settings.model_fields.items():
        if isinstance(field.default, str):
            assert f"| `{field.default}` |" in rows[f"DIGESTBOT_{name.upper()}"]


def test_keys_of_feeds_are_those_that_are_read() -> None:
    """The table of feeds.yaml has the keys and kinds that feeds.py takes."""
    text = section("feeds.yaml")

    assert sorted(first_column(text, "key")) == sorted(KEYS)
    assert all(f"`{kind}`" in text for kind in KINDS)


def test_outcomes_are_those_of_the_line() -> None:
    """The table of outcomes has each of them in the report's order."""
    assert tuple(first_column(section("The report"), "outcome")) == OUTCOMES


def test_keys_of_the_report_are_told() -> None:
    """The table of the report has the keys of `run --json` in their order."""
    report = report_values(Report(datetime(2026, 4, 12, tzinfo=UTC)))

    assert first_column(section("The report"), "key") == list(report)


def test_metrics_are_those_that_are_served() -> None:
    """The table of metrics names each of them, and no other."""
    counts = Counts(datetime(2026, 4, 12, tzinfo=UTC))
    status = Status(counts.since, counts, (), 0, None, (), 0, 0.0, 0, "")
    served = {f"{metric.name}{SUFFIXES.get(metric.type, '')}" for metric in metrics_of(status)}

    assert set(first_column(section("Watching"), "metric")) == served


def test_roadmaps_are_those_that_are_shipped() -> None:
    """The table of roadmaps names each shipped one."""
    assert sorted(first_column(section("Roadmaps"), "name")) == names()


def test_make_targets_are_those_of_the_makefile() -> None:
    """README tells each of make's targets and no other."""
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert phony

    told = set(re.findall(r"(?:`|^)make ([a-z]+)\b", DOCS, re.MULTILINE))

    assert told == set(phony[1].split())
    assert all(re.search(rf"^{target}:", MAKEFILE, re.MULTILINE) for target in told)


@pytest.mark.parametrize(
    ("page", "target"),
    [(page, link) for page, text in PAGES.items() for link in sorted(set(re.findall(r"\]\(([^)]+)\)", text)))],
)
def test_every_link_leads_somewhere(page: Path, target: str) -> None:
    """A link is a file of the project, from the page's own folder, or a heading of a page."""
    name, _, anchor = target.partition("#")
    file = (page.parent / name).resolve() if name else page

    assert file.exists()
    assert not anchor or anchor in anchors(file)


def test_every_page_is_named_in_readme() -> None:
    """Whoever reads README finds every other page."""
    assert all(f"](docs/{path.name}" in PAGES[ROOT / "README.md"] for path in PAGES if path.parent.name == "docs")


def test_readme_stays_a_page() -> None:
    """What only operators need, or who looks something up, stands in docs/."""
    assert len(PAGES[ROOT / "README.md"].splitlines()) < 1_000


def test_every_filter_has_an_example() -> None:
    """Each filter is shown with what goes in and what comes out."""
    assert set(EXAMPLES) == {*FILTERS, "feeds parse"}


@pytest.mark.parametrize("name", FILTERS)
def test_examples_of_filters_are_true(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A filter gives for an example's lines the keys that README shows, and the values that no training changes."""
    lines, shown = example(name)

    status = FILTERS[name](io.StringIO("\n".join(lines)))

    given = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert status == 0
    assert [_sure(answer) for answer in given] == [_sure(answer) for answer in shown]


def test_example_of_a_parsed_feed_is_true(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`feeds parse` writes the object that README shows for its document."""
    lines, shown = example("feeds parse")
    (tmp_path / "feed").write_text(lines[0], encoding="utf-8")

    status = parse_command(tmp_path / "feed", "", "", as_json=True)

    assert status == 0
    assert json.loads(capsys.readouterr().out) == shown[0]


def _sure(answer: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the keys in order, each with its value where that is sure to stay and with its type otherwise."""
    return [(key, value if key in SURE else type(value)) for key, value in answer.items()]
