"""Pages as Markdown: whole, and with nothing of outside that means something there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import NOW, item, story, summary, verdict
from markdown_it import MarkdownIt
from reviewing import DOCUMENT, OPEN
from surfaces import bare_surface

from digestbot.domain import Dossier
from digestbot.review import Standing
from digestbot.roadmap import parse
from digestbot.web.markdown import proposal_markdown, story_markdown
from digestbot.web.pages import markdown
from digestbot.web.phrases.reading import READING
from digestbot.web.phrases.reviewing import REVIEWING
from digestbot.web.proposals import sheet_of
from digestbot.web.surface import Ask, Missing

PAGE = "https://digest.example.org/stories/s1"
HOSTILE = "</a><img src=x onerror=alert(1)> [x](javascript:alert(1)) ``` @everyone\n# Heading"
ROADMAP = parse(DOCUMENT, "map")


def shown(text: str) -> str:
    """Return Markdown as HTML, with raw HTML let through."""
    return str(MarkdownIt("commonmark", {"html": True}).render(text))


def test_a_story_is_whole() -> None:
    """Summary, evidence, place and every medium with its address stand in a story's Markdown."""
    lead, talk = item("a"), item("b", medium="video")
    found = Dossier(story(lead, talk), NOW, ((verdict(), NOW),), None, (summary(),), (), ())

    text = shown(story_markdown(found, summary(), READING.of("en"), PAGE))

    for part in ("It shows a thing.", "One point.", "A whole text.", "I › first", lead.url, talk.url, PAGE):
        assert part in text


def test_nothing_from_outside_means_something() -> None:
    """Titles, summaries and addresses stay text: no markup, no link but to the web, no heading of their own."""
    lead = item("a", title=HOSTILE, url=f"javascript:{HOSTILE}")
    told = summary(tldr=HOSTILE, evidence=(HOSTILE,))
    found = Dossier(story(lead), NOW, (), None, (told,), (), ())

    text = shown(story_markdown(found, told, READING.of("en"), PAGE))

    assert "<img" not in text
    assert text.count("<h1>") == 1
    assert 'href="javascript' not in text
    assert "@everyone" not in text


def test_no_line_of_a_change_ends_its_fence() -> None:
    """A diff stays code, whatever stands in it."""
    one = replace(OPEN, diff=OPEN.diff.replace("It shows a thing.", "````\u00a0<img src=x>"), title=HOSTILE)
    standing = Standing(one, (), "fits", one.diff, "", (), (), 1)
    sheet = sheet_of(standing, None, ROADMAP, REVIEWING.of("en"), Ask("en"), NOW, names=False)

    text = shown(proposal_markdown(sheet, REVIEWING.of("en"), PAGE))

    assert "<img" not in text
    assert text.count("<pre>") == 1


def test_a_document_is_its_own_markdown() -> None:
    """A roadmap and a chapter are given letter for letter."""
    surface = bare_surface(roadmaps=lambda: (ROADMAP,))
    first = ROADMAP.chapters[0]

    whole = markdown.roadmap(surface, Ask("en", params={"name": "map"}))
    part = markdown.chapter(surface, Ask("en", params={"name": "map", "chapter": first.id}))

    assert whole.content == DOCUMENT
    assert part.content in DOCUMENT
    assert part.content.startswith("### First chapter")
    assert "Second chapter" not in part.content


@pytest.mark.parametrize("params", [{"name": "other"}, {"name": "map", "chapter": "none"}])
def test_what_there_is_not_has_no_copy(params: dict[str, str]) -> None:
    """A roadmap or a chapter that there is not is missing."""
    view = markdown.chapter if "chapter" in params else markdown.roadmap

    with pytest.raises(Missing):
        view(bare_surface(roadmaps=lambda: (ROADMAP,)), Ask("en", params=params))
