"""A folder of files as one document: in the order a reader meets them, each read by itself, every file back whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digestbot.errors import ReviewError
from digestbot.roadmap import Roadmap, apply, parse, propose_resource, render, revert
from digestbot.roadmap.folder import join_files, part_files


def tree(roadmap: Roadmap) -> dict[str, list[str]]:
    return {section.title: [chapter.title for chapter in section.chapters] for section in roadmap.sections}


ORDERS = {
    "an index with includes": (
        {
            "index.md": "---\ntitle: Whole\n---\n<h1>One</h1>\n{% include a.md %}\n<h1>Two</h1>\n{% include b.md %}\n",
            "_includes/a.md": "Words.\n<h2>Aa</h2>\n<h2>Ab</h2>",
            "_includes/b.md": "<h2>Ba</h2>\n",
        },
        "Whole",
        {"One": ["Aa", "Ab"], "Two": ["Ba"]},
    ),
    "an index with links": (
        {"README.md": "# All\n\n1. [z](z.md)\n2. [a](./a.md#x)\n", "a.md": "# Alpha\n## x\n", "z.md": "# Zeta\n"},
        "All",
        {"Zeta": ["Zeta"], "Alpha": ["x"]},
    ),
    "pages by number": (
        {"10-late.md": "# Late\n", "2-early.md": "# Early\n## e\n", "1-first.md": "# First\n"},
        "n",
        {"First": ["First"], "Early": ["e"], "Late": ["Late"]},
    ),
    "pages of lower headings": (
        {"1.md": "# One\n## a\n", "2.md": "## Two\n### b\n"},
        "n",
        {"One": ["a"], "Two": ["b"]},
    ),
    "pages without a heading of their own": (
        {"README.md": "# T\n", "01-data_sets.md": "## a\n## b\n", "02.md": "---\ntitle: Models\n---\nwords\n"},
        "T",
        {"data sets": ["a", "b"], "Models": ["Models"]},
    ),
    "folders in folders": (
        {"a/README.md": "# A\n", "a/one.md": "# One\n", "b.md": "# B\n"},
        "n",
        {"B": ["B"], "A": ["A"], "One": ["One"]},
    ),
    "files that include each other": (
        {"a.md": "# A\n{% include b.md %}\n", "b.md": "# B\n{% include a.md %}\n"},
        "A",
        {"B": ["B"]},
    ),
    "what is left open ends with its file": (
        {"1.md": "# One\n```\n# no\n", "2.md": "# Two\n<!-- \n# no", "3.md": "# Three\n"},
        "n",
        {"One": ["One"], "Two": ["Two"], "Three": ["Three"]},
    ),
}


@pytest.mark.parametrize(("files", "title", "expected"), ORDERS.values(), ids=ORDERS)
def test_files_stand_in_the_order_of_a_reader(
    files: dict[str, str], title: str, expected: dict[str, list[str]]
) -> None:
    """Includes and an index's links give the order, else names do; each page is a section or part of its includer's."""
    roadmap = parse(join_files(files), "n")

    assert (roadmap.title, tree(roadmap)) == (title, expected)


def test_links_know_the_line_of_the_whole_document() -> None:
    """A resource's line is that of the joined text, and the parts say in which file that is."""
    files = {"index.md": "# T\n\n## A\n{% include a.md %}\n\n## B\n", "a.md": "- [x](https://x.example)\n"}

    roadmap = parse(join_files(files), "n")

    resource = roadmap.sections[0].chapters[0].resources[0]
    part = next(part for part in roadmap.parts if part.first_line <= resource.line <= part.last_line)
    assert (part.path, resource.line - part.first_line) == ("a.md", 0)


def test_definitions_are_those_of_their_file() -> None:
    """A link defined in one file is none in another."""
    files = {"1.md": "# One\n[a][r]\n\n[r]: https://r.example\n", "2.md": "# Two\n[a][r]\n"}

    one, two = parse(join_files(files), "n").chapters

    assert (len(one.resources), len(two.resources)) == (1, 0)


LINES = st.sampled_from(
    [
        "# T",
        "## A",
        "text",
        "{% include b.md %}",
        "[b](b.md)",
        "<!-- digestbot 1 file: a.md -->",
        "<!--",
        "```",
        "---",
        "",
    ]
)
TEXTS = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r", ""])), max_size=8).map(
    lambda lines: "".join(map("".join, lines))
)
PATHS = st.sampled_from(["a.md", "b.md", "index.md", "x y/数据,1.md", "_includes/b.md"])


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.dictionaries(PATHS, TEXTS | st.text(max_size=30), min_size=1, max_size=4))
def test_joining_loses_nothing(files: dict[str, str]) -> None:
    """Whatever stands in the files, also marks like ours, parting what was joined gives them back."""
    text = join_files(files)

    assert part_files(text) == files
    assert render(parse(text, "n")) == text


def test_a_single_file_has_no_parts() -> None:
    """What was not joined is not parted."""
    assert part_files("# T\n\n## A\n") == {}
    assert parse("# T\n\n## A\n", "n").parts == ()


BODIES = st.sampled_from(
    [
        "words\n",
        "- [a](https://a.example/1) (paper): m\n",
        "* [b](https://b.example/2)",
        "> q\n",
        "1. [c](https://c.example)\n",
    ]
)
HEADED = st.lists(st.tuples(st.sampled_from(["# P", "## Q", "### R"]), BODIES), min_size=1, max_size=3).map(
    lambda parts: "\n".join(f"{heading}\n\n{body}" for heading, body in parts)
)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(PATHS, HEADED, min_size=1, max_size=3), st.data())
def test_a_change_touches_one_file_and_leaves_no_trace(files: dict[str, str], data: st.DataObject) -> None:
    """Whatever the files, a resource goes into its chapter's own, and taken back it was never there."""
    before = parse(join_files(files), "n")
    chapter = data.draw(st.sampled_from(before.chapters))
    try:
        change = propose_resource(before, chapter.id, "New", "https://new.example/x", "paper", "good.")
    except ReviewError:
        return

    after = apply(before, change)

    changed = {path for path, text in part_files(after.text).items() if files[path] != text}
    assert len(changed) == 1
    assert revert(after, change).text == before.text
