"""What a roadmap's check finds: links that lead nowhere, doubles, empty chapters; and nothing where all is well."""

from __future__ import annotations

import pytest

from digestbot.roadmap import join_files, parse
from digestbot.roadmap.check import Flaw, flaws

FLAWS = {
    "nothing": ("## A\n### x\n[a](https://a.example) [b](#a) [c](b.md) [d](mailto:d@example.org)\n", []),
    "a heading that is none": ("## A\n### x\n[b](#c)\n", [Flaw("error", 3, "'#c' is no heading of it")]),
    "headings as GitHub spells them": (
        "## 1. A & B\n### `x_y`: z\n[1](#1-a--b) [2](#x_y-z)\n### 数据\n[3](#数据) [4](#%E6%95%B0%E6%8D%AE)\n",
        [],
    ),
    "ids of any kind": ("## A {#one}\n### x\n<a name='two'></a> [1](#one) [2](#two) [3](#)\n", []),
    "the second of a name": (
        "## A\n### x\nw [2](#x-1)\n## B\n### x\nw\n",
        [Flaw("warning", 2, "2 chapters are called 'x'"), Flaw("warning", 5, "2 chapters are called 'x'")],
    ),
    "no address": ("## A\n### x\n[a](https://)\n", [Flaw("error", 3, "'https://' is no address")]),
    "twice in a chapter": (
        "## A\n### x\n[a](https://a.example/x)\n\n[a](http://a.example/x/)\n",
        [Flaw("warning", 5, "'http://a.example/x/' stands in its chapter already")],
    ),
    "an empty chapter": ("## A\n### x\n### y\nw\n", [Flaw("warning", 2, "the chapter 'x' has nothing in it")]),
    "an include of one file": (
        "## A\n### x\n{% include a.md %}\nw\n",
        [Flaw("warning", 3, "it includes 'a.md': read the folder that both are in")],
    ),
    "no chapters": ("## A\nw\n", [Flaw("warning", 1, "it has no chapters: stories are filed into whole sections")]),
}


@pytest.mark.parametrize(("text", "expected"), FLAWS.values(), ids=FLAWS)
def test_flaws_are_found(text: str, expected: list[Flaw]) -> None:
    """Each flaw is told with its line, and nothing is made up."""
    assert list(flaws(parse(text, "n"))) == expected


def test_flaws_of_a_folder_count_in_their_file() -> None:
    """In a folder a flaw is told with its file and the line there, also behind an include; links between files hold."""
    index = "# T\n## A\n{% include a.md %}\n### z\n[gone](gone.md) [there](b/c.md#x) [z](#z)\n{% include no.md %}\n"
    files = {"index.md": index, "a.md": "### y\n\n[b](#q)\n", "b/c.md": "# C\n### x\n[up](../a.md)\n"}

    assert list(flaws(parse(join_files(files), "n"))) == [
        Flaw("error", 3, "'#q' is no heading of it", "a.md"),
        Flaw("error", 5, "'gone.md' is no file of the folder", "index.md"),
        Flaw("warning", 6, "it includes 'no.md', which was not found", "index.md"),
    ]
