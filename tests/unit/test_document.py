"""A roadmap's own text as HTML: whatever stands in it, nothing acts, loads or leads elsewhere than to the web."""

from __future__ import annotations

import re

import pytest

from digestbot.keys import canonical_url
from digestbot.render.document import Mark, document_html
from digestbot.roadmap import parse


def shown(text: str, marks: dict[str, Mark] | None = None) -> str:
    """Return a whole document as HTML."""
    roadmap = parse(text, "map")
    return document_html(roadmap, 1, len(text.splitlines()), marks or {}, "Table")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        '<a href="java&#115;cript:alert(1)">a</a>',
        '<a href="https://a.example/" onclick="alert(1)" style="position:fixed" id="x" class="badge new">a</a>',
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        "<iframe src='https://a.example/'></iframe>",
        "<style>*{display:none}</style>",
        "<form action='https://a.example/'><input name=q><button>go</button></form>",
        "<base href='https://a.example/'><meta http-equiv=refresh content='0;url=https://a.example'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "![a](https://a.example/track.png)",
        "<video src='https://a.example/v.mp4' autoplay></video>",
        "<details ontoggle=alert(1) open>",
        "[a]: javascript:alert(1)\n\n[a]",
        "<a href='//a.example/x'>a</a> <a href='data:text/html,x'>b</a> <a href='file:///etc/passwd'>c</a>",
    ],
)
def test_nothing_in_a_document_acts(text: str) -> None:
    """No element but those of text, no attribute that can do anything, no address but of the web, no picture."""
    found = shown(f"# Map\n\n## One\n\n{text}\n")

    tags = set(re.findall(r"<([a-zA-Z][\w-]*)", found))
    assert tags <= {"h2", "h3", "p", "a", "span", "em", "div", "table", "tbody", "tr", "td"}
    assert set(re.findall(r"\s([a-z-]+)=", found)) <= {"href", "rel", "class", "role", "tabindex", "aria-label"}
    assert all(url.startswith("https://a.example/") for url in re.findall(r'href="([^"]*)"', found))
    assert 'class="badge' not in found


def test_links_lead_out_as_what_people_wrote() -> None:
    """Each says that it is nobody's recommendation, and gives away nothing; one within the document is text."""
    found = shown("# Map\n\n## One\n\n[Out](https://a.example/b) [in](#there) [file](other.md)\n")

    assert '<a href="https://a.example/b" rel="nofollow noopener noreferrer ugc">Out</a>' in found
    assert found.count("<a ") == 1
    assert "in" in found


def test_links_are_marked() -> None:
    """What is new, and what is not well, says so beside its link, however the address is spelled."""
    marks = {
        canonical_url("https://a.example/new"): Mark("new"),
        canonical_url("https://a.example/gone"): Mark("dead link", "flag"),
    }

    found = shown(
        "# Map\n\n## One\n\n- [A](https://a.example/new?utm_source=x), fine\n- [B](http://a.example/gone)\n", marks
    )

    assert re.search(r'>A</a> <span class="badge new">new</span>, fine', found)
    assert re.search(r'>B</a> <span class="badge flag">dead link</span>', found)


def test_a_part_uses_the_links_that_another_part_names() -> None:
    """Named links are looked up in the whole document."""
    text = "# Map\n\n## One\n\n[A paper][p]\n\n## Two\n\n[p]: https://a.example/p\n"
    roadmap = parse(text, "map")

    found = document_html(roadmap, 3, 5, {}, "Table")

    assert 'href="https://a.example/p"' in found


def test_headings_begin_below_the_title_of_a_page() -> None:
    """The highest heading of a part is of the second level, the others follow."""
    found = shown("#### Deep\n\n##### Deeper\n\ntext\n")

    assert re.findall(r"<(h\d)", found) == ["h2", "h3"]


def test_a_table_is_moved_by_itself() -> None:
    """One that is wider than a phone can be reached with the keyboard, and has a name."""
    found = shown("# Map\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")

    assert re.search(r'<div [^>]*class="scroll"[^>]*><table>', found)
    assert 'tabindex="0"' in found
    assert 'aria-label="Table"' in found


def test_a_picture_is_its_description() -> None:
    """Nothing is loaded from elsewhere."""
    assert "<em>A cat</em>" in shown("# Map\n\n![A cat](https://a.example/cat.png)\n")
