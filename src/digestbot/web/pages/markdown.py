"""Pages as Markdown, to be copied: a story, a digest, a roadmap or one of its chapters."""

from __future__ import annotations

from digestbot.render.markdown import digest_markdown
from digestbot.roadmap.lines import split
from digestbot.web.markdown import story_markdown
from digestbot.web.phrases.reading import READING
from digestbot.web.surface import Ask, Body, Missing, Surface
from digestbot.web.telling import best_summary, summary_langs

MARKDOWN = "text/markdown; charset=utf-8"


def story(surface: Surface, ask: Ask) -> Body:
    """Return a story with its best summary."""
    found = surface.archive.dossier(ask.params["id"])
    if found is None:
        raise Missing
    summary = best_summary(found.summaries, summary_langs(ask.lang, surface.roadmap("").lang))
    page = f"{surface.public_url}/stories/{found.story.id}"
    return Body(story_markdown(found, summary, READING.of(ask.lang), page), MARKDOWN)


def digest(surface: Surface, ask: Ask) -> Body:
    """Return a digest that anybody may see."""
    found = surface.archive.digest(ask.params["id"])
    if found is None:
        raise Missing
    return Body(digest_markdown(found), MARKDOWN)


def roadmap(surface: Surface, ask: Ask) -> Body:
    """Return a roadmap as it is."""
    return Body(surface.roadmap(ask.params["name"]).text, MARKDOWN)


def chapter(surface: Surface, ask: Ask) -> Body:
    """Return a chapter's own lines."""
    whole = surface.roadmap(ask.params["name"])
    found = whole.chapter(ask.params["chapter"])
    if found is None:
        raise Missing
    return Body("".join(split(whole.text)[found.first_line - 1 : found.last_line]), MARKDOWN)


COPIES = (
    ("/markdown/stories/{id}", story, ()),
    ("/markdown/digests/{id}", digest, ()),
    ("/markdown/roadmaps/{name}", roadmap, ()),
    ("/markdown/roadmaps/{name}/{chapter}", chapter, ()),
)
"""Answered like pages; no files are made of them."""
