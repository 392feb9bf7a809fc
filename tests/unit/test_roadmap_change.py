"""Changes of the living document: written in its style, undone without a trace, never beyond their own lines."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from digestbot.errors import ReviewError
from digestbot.roadmap import (
    Change,
    Roadmap,
    apply,
    change_lines,
    changed_chapter,
    changes_of,
    diff,
    line_of,
    parse,
    propose_resource,
    revert,
)
from digestbot.roadmap.lines import split

MIXED = (Path(__file__).parent.parent / "data" / "roadmaps" / "mixed.md").read_text(encoding="utf-8")
URL = "https://new.example/x"


def proposed(text: str, kind: str = "paper", chapter: str = "", merit: str = "good.") -> tuple[Roadmap, Change]:
    roadmap = parse(text, "n")
    change = propose_resource(roadmap, chapter or roadmap.chapters[0].id, "New", URL, kind, merit)
    return roadmap, change


STYLES = {
    "kind and merit": ("## A\n- [a](http://a.b) (paper): m\n", 2, f"- [New]({URL}) (paper): good."),
    "after the last of its kind": (
        "## A\n- [a](http://a.b) (paper): m\n- [b](http://b.b) (video): m\n",
        2,
        f"- [New]({URL}) (paper): good.",
    ),
    "after all when first of its kind": (
        "## A\n- [a](http://a.b) (book): m\n- [b](http://b.b) (video): m\n\nEnd.\n",
        3,
        f"- [New]({URL}) (paper): good.",
    ),
    "no kinds": ("## A\n* [a](http://a.b): m\n", 2, f"* [New]({URL}): good."),
    "dash": ("## A\n+ [a](http://a.b) - m\n", 2, f"+ [New]({URL}) - good."),
    "indented": ("## A\n  *   [a](http://a.b): m\n", 2, f"  *   [New]({URL}): good."),
    "numbered": ("## A\n1. [a](http://a.b) (paper): m\n2. [b](http://b.b): m\n", 3, f"3. [New]({URL}): good."),
    "behind a nested list": (
        "## A\n- [a](http://a.b): m\n  - [sub](http://s.b): m\n    more\n\nEnd.\n",
        4,
        f"- [New]({URL}): good.",
    ),
    "chinese": ("## 数据\n- [甲](http://a.b)（论文）：好。\n", 2, f"- [New]({URL})（论文）：good."),
    "chinese with latin kinds": ("## 数据\n- [甲](http://a.b) (paper): 好。\n", 2, f"- [New]({URL}) (paper): good."),
    "carriage returns": ("## A\r\n- [a](http://a.b): m\r\n", 2, f"- [New]({URL}): good."),
    "the document's style": (
        "## A\n\nText.\n\n## B\n* [b](http://b.b) (post) - m\n",
        3,
        f"* [New]({URL}) (paper) - good.",
    ),
    "no list anywhere": ("## A\n\nText.\n", 3, f"- [New]({URL}) (paper): good."),
    "before closing tags and rules": (
        "## A\n<details>\n\nText.\n\n</details>\n\n---\n\n## B\n",
        4,
        f"- [New]({URL}) (paper): good.",
    ),
    "no final line end": ("## A\n- [a](http://a.b): m", 2, f"- [New]({URL}): good."),
    "the document's own word": (
        "## A\n- [a](http://a.b) (paper): m\n## B\n- [b](http://b.b) (preprint): m\n",
        2,
        f"- [New]({URL}) (preprint): good.",
    ),
}


@pytest.mark.parametrize(("text", "after", "item"), STYLES.values(), ids=STYLES)
def test_a_resource_is_written_in_the_documents_style(text: str, after: int, item: str) -> None:
    """The new item stands where its like stand and is written as its neighbours are."""
    roadmap, change = proposed(text)

    added = apply(roadmap, change)

    assert (change.after, [line.strip("\r\n") for line in change.new if line.strip()]) == (after, [item])
    assert URL in added.addresses
    assert set(split(text)[:-1]) <= set(split(added.text))
    assert revert(added, change).text == text


def test_a_loose_list_stays_loose() -> None:
    """Where items stand apart by blank lines, so does the new one."""
    roadmap, change = proposed("## A\n\n- [a](http://a.b): m\n\n- [b](http://b.b): m\n\nEnd.\n")

    assert apply(roadmap, change).text == (
        f"## A\n\n- [a](http://a.b): m\n\n- [b](http://b.b): m\n\n- [New]({URL}): good.\n\nEnd.\n"
    )


def test_without_merit_no_sign_is_left_hanging() -> None:
    """An item without words on its merit ends behind its link and kind."""
    _, change = proposed("## A\n- [a](http://a.b) (paper): m\n", merit="")

    assert change.new == (f"- [New]({URL}) (paper)\n",)


@pytest.mark.parametrize(
    "hostile",
    [
        "two\nlines\r\n\r\n# heading\u2028more\x85x\x0b\x0cy",
        "](http://evil.example) [x](http://evil.example)",
        "![i](http://evil.example/i.png) <img src=x onerror=alert(1)>",
        "</details><!-- <script>alert(1)</script> `",
        "| a | b | ``` ~~~ **bold** __x__ \\",
        "{{ site.secret }} {% include x %} {#id} $x$ &lt;b&gt; &#60;",
        "see https://evil.example and www.evil.example",
        "\u202egnp.exe \u200b\ud800\x00",
        "[",
        "",
    ],
)
def test_text_from_outside_cannot_break_the_document(hostile: str) -> None:
    """Whatever a title or merit holds, one line is added, with one link, and it reads as it was given."""
    roadmap = parse(MIXED, "mixed")

    change = propose_resource(roadmap, "deltas-and-mouths", hostile, URL, "book", hostile)
    added = apply(roadmap, change)

    assert len(change.new) == 1
    assert len(split(added.text)) == len(split(MIXED)) + 1
    assert added.addresses == tuple(dict.fromkeys([*roadmap.addresses[:5], URL, *roadmap.addresses[5:]]))
    assert [section.title for section in added.sections] == [section.title for section in roadmap.sections]
    added.text.encode("utf-8")


def test_titles_read_as_they_were_given() -> None:
    """Escapes are seen in the source only: the parsed title is the given one."""
    title = "A*B_c_ [D] <E> {F} `G` | H_I \\ J ~K~ & L &amp; $M$"
    roadmap = parse("## A\n", "n")

    added = apply(roadmap, propose_resource(roadmap, "a", title, URL, "paper", "m"))

    assert added.chapters[0].resources[0].title == title


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://a.example/x_(y)?q=[1]", "https://a.example/x_%28y%29?q=%5B1%5D"),
        ("https://a.example/a b\n<c>", "https://a.example/a%20b%0A%3Cc%3E"),
        ("https://a.example/?a=1&copy;=2&b", "https://a.example/?a=1&amp;copy;=2&b"),
        ("https://a.example/中文\u202e", "https://a.example/中文%E2%80%AE"),
    ],
)
def test_addresses_cannot_leave_their_link(url: str, written: str) -> None:
    """Characters that would end the link are written as percent escapes."""
    roadmap = parse("## A\n", "n")

    change = propose_resource(roadmap, "a", "T", url, "paper", "m")

    assert f"[T]({written})" in "".join(change.new)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//a.example", "http://", "ftp://a.example", ""]
)
def test_only_web_addresses_are_proposed(url: str) -> None:
    """Anything but an http or https address is refused."""
    with pytest.raises(ReviewError, match="web address"):
        propose_resource(parse("## A\n", "n"), "a", "T", url, "paper", "m")


def test_a_place_inside_code_is_not_taken() -> None:
    """Where the chapter's end lies in code never closed, the item goes behind the heading."""
    roadmap, change = proposed("## A\n\n```\ncode\n")

    assert change.after == 1
    assert len(apply(roadmap, change).chapters[0].resources) == 1


def test_unknown_chapters_are_refused() -> None:
    """A chapter that is not there raises, with its id."""
    with pytest.raises(ReviewError, match="'gone'"):
        propose_resource(parse("## A\n", "n"), "gone", "T", URL, "paper", "m")


@pytest.mark.slow
def test_random_changes_are_undone_without_a_trace() -> None:
    """Three hundred insertions, replacements and deletions: applied and reverted, the bytes are the same."""
    rng = random.Random(20)
    pieces = [
        "",
        "text",
        "# T",
        "## B",
        "- [x](http://x.example)",
        "```",
        "<div>",
        "\tcode",
        "a \x0c b",
        "\u2028",
        "数据",
    ]
    for number in range(300):
        newline = rng.choice(["\n", "\r\n", "\r"])
        text = newline.join(rng.choice([*pieces, *split(MIXED)]).strip("\r\n") for _ in range(rng.randrange(20)))
        text += newline if number % 2 else ""
        roadmap = parse(text, "n")
        chapter = rng.choice(roadmap.chapters)
        last = min(chapter.last_line, len(split(text)))
        after = rng.randint(min(chapter.first_line - 1, last), last)
        new = rng.choices(pieces, k=rng.randrange(4))

        change = change_lines(roadmap, chapter.id, after, rng.randint(0, min(3, last - after)), new)
        changed = apply(roadmap, change)

        lines, now = split(text), split(changed.text)
        kept = len(lines) - len(change.old) - after
        assert revert(changed, change).text == text
        assert now[: max(0, after - 1)] == lines[: max(0, after - 1)]
        assert [line.strip("\r\n") for line in now[len(now) - kept :]] == [
            line.strip("\r\n") for line in lines[len(lines) - kept :]
        ]


BASE = "# T\n\n## A\n\n- [a](http://a.b): m\n- [b](http://b.b): m\n\n## B\n\n- [c](http://c.b): m\n"
LATER = {
    "lines before": BASE.replace("# T\n", "# T\n\nNew words.\n"),
    "lines in the chapter": BASE.replace("## A\n", "## A\n\nNew words.\n"),
    "lines behind": BASE.replace("\n\n## B", "\n\nNew words.\n\n## B"),
    "an item behind": BASE.replace("\n\n## B", "\n- [d](http://d.b): m\n\n## B"),
    "a neighbour gone": BASE.replace("- [a](http://a.b): m\n", ""),
    "chapters moved": "# T\n\n## B\n\n- [c](http://c.b): m\n\n## A\n\n- [a](http://a.b): m\n- [b](http://b.b): m\n",
    "a section renamed": BASE.replace("# T", "# Title"),
}


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
def test_a_change_is_rebased_where_its_lines_still_fit(later: str) -> None:
    """On a later version the change finds its place, and taking it back restores that version."""
    change = proposed(BASE, chapter="a")[1]
    moved = parse(later, "n")

    changed = apply(moved, change)

    assert f"- [b](http://b.b): m\n- [New]({URL}): good.\n" in changed.text
    assert split(changed.text)[line_of(moved, change) - 1] == change.new[0]
    assert changed_chapter(moved, change).id == "a"
    assert revert(changed, change).text == later


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (BASE.replace("## A", "## Other"), "no chapter 'a'"),
        (BASE.replace("- [b](http://b.b): m\n", "- [z](http://z.b): z\n\nMore.\n"), "no place is left"),
        (BASE.replace("(http://b.b): m\n", f"(http://b.b): m\n- [New]({URL}): good.\n"), "already"),
        (BASE.replace("- [a](http://a.b): m\n", "- [b](http://b.b): m\n\nx\n\n") + "x\n", "no place is left|several"),
    ],
)
def test_a_change_that_no_longer_fits_is_refused(later: str, reason: str) -> None:
    """When the chapter or the lines around the place are gone, or the item is there already, nothing is guessed."""
    change = proposed(BASE, chapter="a")[1]

    with pytest.raises(ReviewError, match=reason):
        apply(parse(later, "n"), change)


def test_replaced_lines_must_be_as_they_were() -> None:
    """A line edited since is not overwritten."""
    roadmap = parse(BASE, "n")
    change = change_lines(roadmap, "a", 4, 1, ["- [a](http://a.b): better"])

    with pytest.raises(ReviewError, match="no place is left"):
        apply(parse(BASE.replace("[a](http://a.b): m", "[a](http://a.b): mine"), "n"), change)


def test_a_forged_change_is_refused() -> None:
    """Old lines that are not those of the base it names raise."""
    change = change_lines(parse(BASE, "n"), "a", 4, 1, ["x"])

    with pytest.raises(ReviewError, match="its own base"):
        apply(parse(BASE, "n"), replace(change, old=("something else\n",)))


def test_lines_outside_the_chapter_are_out_of_reach() -> None:
    """A change of a chapter cannot touch another's lines."""
    with pytest.raises(ReviewError, match="not in chapter"):
        change_lines(parse(BASE, "n"), "a", 7, 3, [])


def test_the_diff_is_unified_with_three_lines_of_context() -> None:
    """The diff names the file and shows the change in its chapter as patch tools read it."""
    roadmap, change = proposed(BASE, chapter="a")

    assert diff(roadmap, [change], "roadmap.md") == (
        "--- a/roadmap.md\n+++ b/roadmap.md\n@@ -4,6 +4,7 @@ a\n \n - [a](http://a.b): m\n - [b](http://b.b): m\n"
        f"+- [New]({URL}): good.\n \n ## B\n \n"
    )


def test_the_diff_shows_a_missing_final_line_end() -> None:
    """A last line without line end is marked, before and after."""
    roadmap, change = proposed("## A\n- [a](http://a.b): m")

    assert diff(roadmap, [change], "r.md").splitlines()[2:] == [
        "@@ -1,2 +1,3 @@ a",
        " ## A",
        "-- [a](http://a.b): m",
        "\\ No newline at end of file",
        "+- [a](http://a.b): m",
        f"+- [New]({URL}): good.",
        "\\ No newline at end of file",
    ]


@pytest.mark.parametrize("text", [BASE, BASE.rstrip("\n"), BASE.replace("\n", "\r\n"), "## A", "## A\n\nx\n", MIXED])
def test_a_change_is_read_back_from_its_diff(text: str) -> None:
    """The diff holds the whole change: applied and reverted from it, the bytes are the same as by the change itself."""
    for chapter in parse(text, "n").chapters:
        roadmap, change = proposed(text, chapter=chapter.id)

        (again,) = changes_of(diff(roadmap, [change], "r.md"), chapter.id, roadmap.version)

        assert apply(roadmap, again).text == apply(roadmap, change).text
        assert revert(apply(roadmap, again), again).text == text


def test_a_change_read_from_its_diff_is_rebased() -> None:
    """What the diff shows around a change is enough to find its place in a later version."""
    roadmap, change = proposed(BASE, chapter="a")
    later = parse(LATER["lines before"], "n")

    (again,) = changes_of(diff(roadmap, [change], "r.md"), "a", roadmap.version)

    assert again == change
    assert apply(later, again).text == apply(later, change).text


@pytest.mark.parametrize("text", ["", "x", "--- a/x\n+++ b/x\n", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n+a\n b\n-c\n"])
def test_what_is_no_diff_is_refused(text: str) -> None:
    """A text that is not a diff of one change raises."""
    with pytest.raises(ReviewError, match="cannot be read"):
        changes_of(text, "a", "v")
