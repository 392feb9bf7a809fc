"""Ids of sections and chapters outlive what people do to headings, and are never given to something else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from digestbot.roadmap import Roadmap, parse
from digestbot.roadmap.places import Place, identify, places_of, reparse

SHIPPED = Path(__file__).parent.parent.parent / "roadmaps"


def links(name: str, count: int = 4) -> str:
    return "".join(
        f"- [{name} {at}](https://{name}.example/{at}): words on {name} number {at}\n" for at in range(count)
    )


BASE = (
    f"# T\n\n## Data\n\nGoal: see.\n\n### Cleaning\n\n{links('clean')}\n### Sampling\n\n{links('sample')}\n"
    f"## Models\n\n### Trees\n\n{links('tree')}\n### Quantization\n\n{links('quant')}\n"
    f"## Serving\n\n### Quantization\n\n{links('serve')}\n### Caching\n"
)


def tree(roadmap: Roadmap) -> dict[str, list[str]]:
    return {section.id: [chapter.id for chapter in section.chapters] for section in roadmap.sections}


def later(old: str, new: str) -> dict[str, list[str]]:
    """Return the ids after a change of the document that is remembered as it was."""
    assert old in BASE
    known = places_of(parse(BASE, "n"))
    return tree(identify(parse(BASE.replace(old, new), "n"), known))


AS_BEFORE = {
    "data": ["cleaning", "sampling"],
    "models": ["trees", "quantization"],
    "serving": ["quantization-2", "caching"],
}
CASES = {
    "nothing changed": ("# T", "# T", AS_BEFORE),
    "a chapter renamed": ("### Cleaning", "### Washing and Folding", AS_BEFORE),
    "a section renamed": ("## Models", "## Learners", AS_BEFORE),
    "section and chapter renamed": ("## Models\n\n### Trees", "## Learners\n\n### Forests", AS_BEFORE),
    "numbered": ("### Trees", "### 2.1 Trees", AS_BEFORE),
    "an empty chapter renamed a little": ("### Caching\n", "### Caching and Paging\n", AS_BEFORE),
    "an empty chapter replaced": (
        "### Caching\n",
        "### Law\n",
        {**AS_BEFORE, "serving": ["quantization-2", "law"]},
    ),
    "the first of two of a name taken out": (
        f"### Quantization\n\n{links('quant')}",
        "",
        {**AS_BEFORE, "models": ["trees"]},
    ),
    "moved to another section": (
        f"### Sampling\n\n{links('sample')}\n## Models\n",
        f"## Models\n\n### Sampling\n\n{links('sample')}\n",
        {"data": ["cleaning"], "models": ["sampling", "trees", "quantization"], "serving": AS_BEFORE["serving"]},
    ),
    "renamed, and half of it changed": (
        f"### Trees\n\n{links('tree')}",
        f"### Forests\n\n{links('tree', 3)}{links('forest', 1)}",
        AS_BEFORE,
    ),
    "replaced whole": (
        f"### Trees\n\n{links('tree')}",
        f"### Boats\n\n{links('boat')}",
        {**AS_BEFORE, "models": ["boats", "quantization"]},
    ),
    "parted in two": (
        f"### Trees\n\n{links('tree')}",
        f"### Trees\n\n{links('tree', 2)}\n### Forests\n\n{links('tree').removeprefix(links('tree', 2))}",
        {**AS_BEFORE, "models": ["trees", "forests", "quantization"]},
    ),
    "two merged into the first": (
        f"{links('clean')}\n### Sampling\n",
        f"{links('clean')}",
        {**AS_BEFORE, "data": ["cleaning"]},
    ),
    "a new one under an old one's former name": (
        f"### Trees\n\n{links('tree')}",
        f"### Forests\n\n{links('tree')}\n### Trees\n\n{links('christmas')}",
        {**AS_BEFORE, "models": ["trees", "trees-2", "quantization"]},
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_places_keep_their_ids(old: str, new: str, expected: dict[str, list[str]]) -> None:
    """What is the same place keeps its id whatever its heading says; what is a new one gets an id of its own."""
    assert later(old, new) == expected


def test_a_section_keeps_its_numeral_when_one_is_put_before_it() -> None:
    """A section's id is not the numeral of the day: what was filed under it stays with it."""
    before = parse("# T\n## Section I: A\n### a\n## Section II: B\n### b\n", "n")
    text = "# T\n## Section I: New\n### x\n## Section II: A\n### a\n## Section III: B\n### b\n"

    after = identify(parse(text, "n"), places_of(before))

    assert tree(after) == {"I-2": ["x"], "I": ["a"], "II": ["b"]}


def test_an_id_written_in_the_document_wins_over_a_new_title() -> None:
    """A heading that keeps its `{#id}` is the same place under any title and with any content."""
    before = parse(f"## A {{#one}}\n\n{links('a')}", "n")

    after = identify(parse(f"## B {{#one}}\n\n{links('b')}", "n"), places_of(before))

    assert [chapter.id for chapter in after.chapters] == ["one"]


def test_what_is_gone_is_remembered_and_comes_back() -> None:
    """A chapter that was taken out gets its id back when it returns, under another name too."""
    first = parse(f"## A\n\n### X\n\n{links('x')}\n### Y\n", "n")
    without = identify(parse(f"## A\n\n### Y\n\n### Z\n\n{links('z')}", "n"), places_of(first))
    known = places_of(without, places_of(first))

    back = identify(parse(f"## A\n\n### X2\n\n{links('x')}\n### Y\n\n### Z\n\n{links('z')}", "n"), known)

    assert Place("x", "chapter", "X", "a", 1, places_of(first)[1].signs, gone=True) in known
    assert [chapter.id for chapter in back.chapters] == ["x", "y", "z"]


def test_a_later_text_of_a_roadmap_keeps_its_ids() -> None:
    """Reparsing goes by the roadmap's own ids, also where they are not those that its headings would give."""
    known = places_of(parse(BASE, "n"))
    renamed = identify(parse(BASE.replace("### Trees", "### Forests"), "n"), known)

    again = reparse(renamed, renamed.text.replace("# T", "# Title"))

    assert (again.title, tree(again)) == ("Title", AS_BEFORE)


@pytest.mark.parametrize("seed", range(5))
def test_many_edits_of_a_real_roadmap_lose_no_id(seed: int) -> None:
    """Ten chapters renamed at a time, their sections too, in a roadmap that ships: all keep their ids."""
    text = (SHIPPED / "genai.md").read_text(encoding="utf-8")
    chance, before = random.Random(seed), parse(text, "genai")
    for chapter in chance.sample(before.chapters, 10):
        text = text.replace(f"### {chapter.title}\n", f"### {chapter.title[::-1]}\n", 1)
    section = chance.choice(before.sections)
    text = text.replace(f"## {section.title}\n", f"## {section.title[::-1]}\n", 1)

    after = identify(parse(text, "genai"), places_of(before))

    assert tree(after) == tree(before)
