"""Changes of what stands in a document: each does what it says, to nothing else, and comes back byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from digestbot.errors import ReviewError
from digestbot.roadmap import Change, Roadmap, apply, changes_of, diff, parse, revert
from digestbot.roadmap.chapters import Newcomer, add_chapter, split_chapter
from digestbot.roadmap.resources import (
    correct_line,
    merge_resources,
    readdress,
    reorder_resources,
    replace_resource,
    retire_resource,
)

ROADMAPS = Path(__file__).parents[2] / "roadmaps"
TEXT = """\
# T

## One

### A

**Goal:** Know a.

See [this](http://a.b/0) first, as of 2020.

- [a](http://a.b/1) (paper): the first.
- [b](http://a.b/2) (post): the second.
- [c](http://a.b/3) (video): the third,
  on two lines.

### B

- [b again](http://a.b/2) (post): again.
- <a href="http://a.b/4">d</a>
"""
MAP = parse(TEXT, "t")


def made(roadmap: Roadmap, changes: tuple[Change, ...]) -> str:
    """Return the text after changes that were written as a diff and read back, and that come back whole."""
    again = changes_of(diff(roadmap, changes, "t.md"), changes[0].chapter, roadmap.version)
    changed = apply(roadmap, *again)
    assert revert(changed, *again).text == roadmap.text
    return changed.text


def test_a_resource_is_replaced_in_its_own_line() -> None:
    """The new one takes the old one's place, mark and style."""
    text = made(MAP, replace_resource(MAP, "a", "http://a.b/1", "New", "http://n.e/w", "video", "newer."))

    assert text == TEXT.replace("- [a](http://a.b/1) (paper): the first.", "- [New](http://n.e/w) (video): newer.")


def test_a_resource_in_prose_changes_title_and_address_only() -> None:
    """A sentence around a link is the author's."""
    text = made(MAP, replace_resource(MAP, "a", "http://a.b/0", "New [x]", "http://n.e/w", "post", "newer."))

    assert text == TEXT.replace("[this](http://a.b/0)", "[New \\[x\\]](http://n.e/w)")


def test_an_address_is_put_right_wherever_it_stands() -> None:
    """A page that moved is named in two chapters: both are put right at once."""
    text = made(MAP, readdress(MAP, "http://a.b/2", "https://moved.example/2"))

    assert text == TEXT.replace("http://a.b/2", "https://moved.example/2")


@pytest.mark.parametrize(
    ("url", "gone", "left"),
    [
        ("http://a.b/1", "- [a](http://a.b/1) (paper): the first.\n", ""),
        ("http://a.b/3", "- [c](http://a.b/3) (video): the third,\n  on two lines.\n", ""),
        ("http://a.b/0", "[this](http://a.b/0)", "this"),
    ],
)
def test_a_resource_is_retired(url: str, gone: str, left: str) -> None:
    """Its item goes, with all its lines; in prose the words stay."""
    assert made(MAP, retire_resource(MAP, "a", url)) == TEXT.replace(gone, left)


def test_an_html_link_is_retired() -> None:
    """An anchor in HTML goes with its item like any other."""
    assert made(MAP, retire_resource(MAP, "b", "http://a.b/4")) == TEXT.replace('- <a href="http://a.b/4">d</a>\n', "")


def test_two_resources_become_one() -> None:
    """What is kept stays as it is, what is merged away goes."""
    text = made(MAP, merge_resources(MAP, ("a", "http://a.b/2"), ("b", "http://a.b/2")))

    assert text == TEXT.replace("- [b again](http://a.b/2) (post): again.\n", "")


def test_words_are_corrected_where_they_stand_once() -> None:
    """A statement is put right on its own line; one that is not there as it was said is refused."""
    line = TEXT.splitlines().index("See [this](http://a.b/0) first, as of 2020.") + 1

    assert made(MAP, correct_line(MAP, "a", line, "as of 2020", "as of 2026")) == TEXT.replace("2020", "2026")
    with pytest.raises(ReviewError, match="reload"):
        correct_line(MAP, "a", line, "as of 1999", "x")


def test_resources_are_put_in_order() -> None:
    """Items change places among themselves, whatever their length."""
    text = made(MAP, reorder_resources(MAP, "a", ["http://a.b/3", "http://a.b/1", "http://a.b/2"]))

    items = [line for line in text.splitlines() if "http://a.b/" in line or "two lines" in line][1:5]
    assert [item[:5] for item in items] == ["- [c]", "  on ", "- [a]", "- [b]"]
    with pytest.raises(ReviewError, match="already"):
        reorder_resources(MAP, "a", ["http://a.b/1", "http://a.b/2", "http://a.b/3"])


def test_a_chapter_is_added_behind_another() -> None:
    """It has the headings, the labels and the style of items that the document has."""
    new = [Newcomer("N", "http://n.e/w", "paper", "a new thing.")]

    text = made(MAP, add_chapter(MAP, "a", "New  things", "Know n.", "A.", new))

    assert text == TEXT.replace(
        "  on two lines.\n",
        "  on two lines.\n\n### New things\n\n**Goal:** Know n.\n\n**Prerequisites:** A.\n\n"
        "- [N](http://n.e/w) (paper): a new thing.\n",
    )


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("## One\n", "## New\n"),
        ("## One ##\n", "## New ##\n"),
        ("One\n---\n", "New\n---\n"),
        ('<h2 id="one" class="x">One</h2>\n', '<h2 class="x">New</h2>\n'),
    ],
)
def test_headings_are_written_as_the_document_writes_them(head: str, expected: str) -> None:
    """ATX, Setext and HTML headings; an id stays its own chapter's."""
    roadmap = parse(f"# T\n\n{head}\n- [a](http://a.b/1): m\n\n## Two\n\nText.\n", "t")

    assert f"\n{expected}\n" in made(roadmap, add_chapter(roadmap, roadmap.chapters[0].id, "New", "", "", []))


def test_a_chapter_is_parted() -> None:
    """Items go into a new chapter behind the one that they stood in."""
    text = made(MAP, split_chapter(MAP, "a", "A, watched", "See it.", ["http://a.b/3"]))

    chapters = {chapter.title: [one.url for one in chapter.resources] for chapter in parse(text, "t").chapters}
    assert chapters["A"] == ["http://a.b/0", "http://a.b/1", "http://a.b/2"]
    assert chapters["A, watched"] == ["http://a.b/3"]


def test_nothing_is_left_of_a_chapter_that_loses_all() -> None:
    """A chapter that would keep no item is not parted."""
    with pytest.raises(ReviewError, match="cannot be moved"):
        split_chapter(MAP, "b", "C", "", ["http://a.b/2", "http://a.b/4"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ai-notes.zh", "llm-retreat"])
def test_every_kind_of_change_comes_back_in_shipped_roadmaps(name: str) -> None:
    """In a chapter of a document in either language every change that is possible is made, read back and undone."""
    roadmap = parse((ROADMAPS / f"{name}.md").read_text("utf-8"), name)
    chapter = max(roadmap.chapters, key=lambda one: len(one.resources))
    urls = [one.url for one in chapter.resources if one.item]

    for changes in (
        replace_resource(roadmap, chapter.id, urls[0], "New", "https://n.e/w", "paper", "x."),
        readdress(roadmap, urls[1], "https://n.e/w"),
        retire_resource(roadmap, chapter.id, urls[0]),
        reorder_resources(roadmap, chapter.id, urls[::-1]),
        split_chapter(roadmap, chapter.id, "Another thing", "Know it.", urls[:1]),
        add_chapter(roadmap, chapter.id, "Another thing", "Know it.", "", []),
    ):
        assert made(roadmap, changes) != roadmap.text
