"""The living document: what headings make, what stands in them, and that nothing is lost."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digestbot.keys import canonical_url
from digestbot.roadmap import Roadmap, links, outline, parse, render, titles

DATA = Path(__file__).parent.parent / "data" / "roadmaps"
SHIPPED = Path(__file__).parent.parent.parent / "roadmaps"


def tree(roadmap: Roadmap) -> dict[str, list[str]]:
    return {section.id: [chapter.id for chapter in section.chapters] for section in roadmap.sections}


def mixed() -> Roadmap:
    return parse((DATA / "mixed.md").read_text(encoding="utf-8"), "mixed")


HEADINGS = {
    "atx": ("# T\n## Alpha\n### One\n### Two\n## Beta\n", "T", {"alpha": ["one", "two"], "beta": ["beta"]}),
    "closed atx": ("# T #\n## Alpha ##\n", "T", {"alpha": ["alpha"]}),
    "setext": ("T\n=\n\nAlpha\n-----\n\ntext\n", "T", {"alpha": ["alpha"]}),
    "html": ("<h1>T</h1>\n\n<h2>Alpha</h2>\n\n<h3>One</h3>\n", "T", {"alpha": ["one"]}),
    "html over lines": ('<h2 align="center">\n  Al<b>ph</b>a\n</h2>\n', "n", {"alpha": ["alpha"]}),
    "html around markdown": ("<h2>\n\nAlpha\n\n</h2>\n\ntext\n", "n", {"alpha": ["alpha"]}),
    "html never closed": ("<h2>Alpha\n\ntext\n\n<h2>Beta</h2>\n", "n", {"alpha": ["alpha"], "beta": ["beta"]}),
    "html inside a line": ("before <h2>Alpha</h2>\n", "n", {"alpha": ["alpha"]}),
    "two html on a line": ("<h2>A</h2><h2>B</h2>\n", "n", {"a": ["a"], "b": ["b"]}),
    "upper case html": ("<H2 ID='x y'>A</H2>\n", "n", {"x-y": ["x-y"]}),
    "in code": ("## A\n\n```\n# x\n```\n\n    # y\n\n<pre>\n<h1>z</h1>\n</pre>\n", "n", {"a": ["a"]}),
    "in a comment": ("## A\n\n<!-- \n\n## x\n\n<h1>y</h1> -->\n", "n", {"a": ["a"]}),
    "in a comment in html": ("<div><!-- <h1>y</h1> -->\n<h2>A</h2></div>\n", "n", {"a": ["a"]}),
    "in a quote": ("## A\n\n> # x\n", "n", {"a": ["a"]}),
    "empty": ("##\n\n## A\n", "n", {"a": ["a"]}),
    "image only": ("# ![Logo](x.png)\n\n## A\n", "Logo", {"a": ["a"]}),
    "no headings": ("just text\n", "n", {"n": ["n"]}),
    "nothing at all": ("", "n", {"n": ["n"]}),
    "title only": ("# T\n\ntext\n", "T", {"t": ["t"]}),
    "many h1": ("# A\n## a\n# B\n## b\n", "n", {"a": ["a"], "b": ["b"]}),
    "title among many h1": (
        "# T\n\nwords\n\n# Part 1\n## a\n# Part 2\n## b\n",
        "T",
        {"part-1": ["a"], "part-2": ["b"]},
    ),
    "level left out": ("# T\n## A\n#### a\n## B\n### b\n#### c\n", "T", {"a": ["a"], "b": ["b"]}),
    "deep before the first": ("### x\n\n## A\n### a\n", "n", {"x": ["x"], "a": ["a"]}),
    "headings by medium": ("## A\n### Papers\n### Videos\n", "n", {"a": ["a"]}),
    "twice the same": ("## A\n### x\n## A\n### x\n", "n", {"a": ["x"], "a-2": ["x-2"]}),
    "given ids": ("## A {#one}\n### B {: #two .c }\n", "n", {"one": ["two"]}),
    "roman": ("# Section IV: Foo\n## a\n# Section IX: Bar\n## b\n", "n", {"IV": ["a"], "IX": ["b"]}),
    "roman with an id": ('<h1 id="s4">Section IV: Foo</h1>\n\n<h1>V. Bar</h1>\n', "n", {"IV": ["s4"], "V": ["v-bar"]}),
    "numbers": ("## 1. Foo\n### 1.1 Bar\n### (2) Baz\n", "n", {"foo": ["bar", "baz"]}),
    "chinese": ("# 路线\n## 一、数据\n### 第一章 表示学习\n", "路线", {"数据": ["表示学习"]}),
    "signs only": ("## 🎉\n### !!!\n", "n", {"section": ["chapter"]}),
    "reserved": ("## None\n## B\n", "n", {"none-2": ["none-2"], "b": ["b"]}),
    "front matter": ("---\ntitle: 'F'\n---\n## A\n", "F", {"a": ["a"]}),
    "rule at the top": ("---\n\n## A\n\n---\n", "n", {"a": ["a"]}),
    "byte order mark": ("\ufeff# T\r\n\r\n## A\r\n", "T", {"a": ["a"]}),
    "carriage returns": ("# T\r\r## A\r", "T", {"a": ["a"]}),
}


@pytest.mark.parametrize(("text", "title", "expected"), HEADINGS.values(), ids=HEADINGS)
def test_headings_of_every_form_make_sections_and_chapters(
    text: str, title: str, expected: dict[str, list[str]]
) -> None:
    """Every form of heading counts, none in code, comments and quotes, and no structure is refused."""
    roadmap = parse(text, "n")

    assert (roadmap.title, tree(roadmap)) == (title, expected)


def test_html_and_jekyll_around_markdown_are_read() -> None:
    """A page of HTML headings, includes, tables and definitions gives its sections, goals and resources."""
    roadmap = mixed()

    assert roadmap.title == "Field Notes"
    assert tree(roadmap) == {
        "start": ["start"],
        "I": ["springs", "deltas-and-mouths"],
        "II": ["frozen", "references"],
    }
    assert [section.filing for section in roadmap.sections] == [False, True, True]
    assert roadmap.sections[1].title == "Section I: Rivers & Streams"
    assert roadmap.sections[1].goal == "Follow water from source to sea."
    assert roadmap.sections[1].prerequisites == "none but boots."


def test_resources_carry_kind_line_and_words() -> None:
    """A resource knows its title, kind, own line and the sentence it stands in."""
    chapter = mixed().chapter("springs")

    assert chapter is not None
    assert [(resource.title, resource.kind, resource.line) for resource in chapter.resources] == [
        ("survey", "paper", 21),
        ("https://youtu.be/abcdefghijk", "video", 22),
        ("old maps", "post", 22),
    ]
    assert chapter.resources[0].words == "Water comes out of the ground, as this survey explains."


def test_links_of_every_form_are_found() -> None:
    """Inline, reference, automatic, bare and HTML links count, each at its one canonical address; images do not."""
    written = (
        "[a](http://a.example/x/)\n[b][r] <https://c.example/> https://d.example/q. <a href='https://e.example'>e</a>\n"
        "![i](https://i.example/i.png) `https://code.example` [mail](mailto:a@b.example) [here](#x)\n\n"
        "[r]: https://b.example/y?utm_source=z\n"
    )
    expected = ["http://a.example/x", "https://b.example/y", "https://c.example", "https://d.example/q"]

    found = links(parse(written, "n"))

    assert found == {canonical_url(url) for url in [*expected, "https://e.example"]}


@pytest.mark.parametrize(
    ("title", "filing"),
    [
        *(
            (title, False)
            for title in ("Preliminaries", "Section 0: Preliminaries", "📚 Resources", "License", "About")
        ),
        *((title, False) for title in ("Table of Contents", "预备知识", "第零章 前置知识", "一、基础准备", "參考資料")),
        *((title, True) for title in ("Introduction to Transformers", "Retrieval", "Resource Limits", "数据", "模型")),
    ],
)
def test_preliminaries_are_not_filed_into(title: str, filing: bool) -> None:
    """Sections that lead in or list references are flagged, topics that sound alike are not."""
    roadmap = parse(f"## {title}\n\n## Topic\n", "n")

    assert roadmap.sections[0].filing is filing


def test_a_document_of_preliminaries_only_is_filed_into() -> None:
    """Where every section would be out of bounds, none is."""
    roadmap = parse("## Introduction\n\n## Resources\n", "n")

    assert all(section.filing for section in roadmap.sections)


def test_goals_and_prerequisites_are_read_in_both_languages() -> None:
    """Stated goals and prerequisites are taken out of the prose, in a paragraph or a list, English or Chinese."""
    text = (
        "## A\n\n**Goal:** See *far*.\n**Prerequisites:**\n\n- Sums\n- Maps\n\nProse.\n\n"
        "## 数据\n\n**目标：** 看远。\n\n前置知识：数学\n"
    )

    english, chinese = parse(text, "n").sections

    assert (english.goal, english.prerequisites, english.chapters[0].prose) == (
        "See far.",
        "Sums; Maps",
        "Sums\nMaps\nProse.",
    )
    assert (chinese.goal, chinese.prerequisites) == ("看远。", "数学")


def test_the_outline_holds_what_models_read() -> None:
    """The outline keeps ids and filing, tells the language, and caps a chapter's text without losing its titles."""
    text = f"# 路线\n\n## 数据\n\n{'很长的一段话。' * 600}\n\n- [最后的资料](https://a.example)\n\n## 模型\n\n短。\n"

    taxonomy = outline(parse(text, "n"))

    assert (taxonomy.name, taxonomy.title, taxonomy.lang) == ("n", "路线", "zh")
    assert [section.id for section in taxonomy.sections] == ["数据", "模型"]
    assert len(taxonomy.sections[0].chapters[0].text) <= 2000
    assert taxonomy.sections[0].chapters[0].text.endswith("最后的资料")


PIECES = st.sampled_from(
    [
        *("# T", "## A", "### b", "===", "---", "- [a](http://x.example)", "1. x", "```", "> q", "|a|b|", "|-|-|"),
        *("<h2>H</h2>", "<div>", "<!--", "-->", "<pre>", "<h3", "[r]: http://r.example", "Goal: g", "数据", "[", "]("),
        *("", " ", "\t", "\x0c", "\x00", "\u2028", "\x85", "\x1c", "\ufeff", "\\", "a\x0bb", "\ud800"),
    ]
)
ENDS = st.sampled_from(["\n", "\r\n", "\r", ""])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PIECES, ENDS), max_size=25).map(lambda parts: "".join(map("".join, parts))) | st.text())
def test_parsing_loses_nothing(text: str) -> None:
    """Whatever the text, rendering gives it back and its chapters lie inside it with ids of their own."""
    roadmap = parse(text, "n")

    ids = [chapter.id for chapter in roadmap.chapters]
    assert render(roadmap) == text
    assert len(set(ids)) == len(ids) > 0
    assert all(1 <= chapter.first_line <= chapter.last_line for chapter in roadmap.chapters)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "- [a](https://x.example/a) (paper): words on *its* merit, long enough to be one of a real document.\n",
        "a long line of plain prose without anything in it that Markdown would care about, and on it goes\n",
    ],
)
def test_a_megabyte_is_read_in_two_seconds(piece: str) -> None:
    """Reading takes time by the length of the document, not by its square."""
    text = "# T\n" + (piece * 40 + "\n## S\n\n") * (1_000_000 // (40 * len(piece)))
    start = time.process_time()

    parse(text, "n")

    assert time.process_time() - start < 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "<h1>",
        "<!--",
        "a <!--",
        "<a href='x'",
        "<h2>\n\n",
        "[a](http://x.example) ",
        "> ",
        "{#a",
        "http://",
        "&",
        "[r]: \n",
        "# ",
    ],
)
def test_hostile_repetition_takes_no_square_of_time(piece: str) -> None:
    """Pieces that open something and never close it cost about the same each, however many there are."""
    text = piece * (100_000 // len(piece))
    start = time.process_time()

    parse(text, "n")

    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("name", "sections", "chapters", "filing"),
    [
        ("genai", 10, 55, ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]),
        ("llm-retreat", 5, 29, None),
        ("ai-notes.zh", 6, 38, None),
        ("llm-landing.zh", None, None, None),
        ("dl-guide.zh", 6, 26, None),
    ],
)
def test_shipped_roadmaps_are_read_whole(
    name: str, sections: int | None, chapters: int | None, filing: list[str] | None
) -> None:
    """The shipped roadmaps come back byte for byte, with the structure they were written with."""
    path = SHIPPED / f"{name}.md"
    if not path.exists():
        pytest.skip(f"{path.name} is not there yet")
    text = path.read_bytes().decode("utf-8")

    roadmap = parse(text, name)

    assert render(roadmap) == text
    assert roadmap.lang == ("zh" if name.endswith(".zh") else "en")
    assert sections in (None, len(roadmap.sections))
    assert chapters in (None, len(roadmap.chapters))
    assert filing in (None, [section.id for section in roadmap.sections if section.filing])
    assert all(len(chapter.resources) <= 6 for chapter in roadmap.chapters)


@pytest.mark.parametrize(
    ("section", "chapter", "called"),
    [
        ("alpha", "one", ("Alpha", "One")),
        ("alpha", "", ("Alpha",)),
        ("beta", "beta", ("Beta",)),
        ("alpha", "gone", ("Alpha", "gone")),
        ("gone", "", ("gone",)),
    ],
)
def test_a_place_is_called_by_its_titles(section: str, chapter: str, called: tuple[str, ...]) -> None:
    """By its ids where the roadmap has none such, or where there is no roadmap; an implied chapter has no title."""
    assert titles(parse("# T\n## Alpha\n### One\n## Beta\n", "t"), section, chapter) == called
    assert titles(None, section, chapter) == tuple(filter(None, (section, chapter)))
