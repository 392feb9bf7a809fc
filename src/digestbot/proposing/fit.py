"""How well stories fit the chapters that they were filed into, held against all chapters of the document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digestbot.domain import Outline, Story, StoryId, Verdict
from digestbot.offline.filer import FilingText
from digestbot.offline.nearest import SectionText, nearest

MIN_FIT = 0.25
"""Fit from which a chapter is believed. Of fifteen proposals of a month that were made without it and read by a person,
nine had less: all of them stood in the wrong chapter or were too narrow for it. Of the six others one did."""
_MAX_CHARS = 3000


def fits_of(stories: Sequence[tuple[Story, Verdict]], outline: Outline) -> Mapping[StoryId, float]:
    """Return for each story how likely its chapter is among all of the document and none of them, 0–1.

    What a chat model filed is believed: it has read more than words that are alike.
    """
    chapters = [chapter for section in outline.sections if section.filing for chapter in section.chapters]
    column = {chapter.id: place for place, chapter in enumerate(chapters)}
    asked = [(story, column[v.chapter]) for story, v in stories if v.model == "offline" and v.chapter in column]
    fits = {story.id: 1.0 for story, _ in stories}
    texts = [FilingText(story.lead.title, story.lead.text[:_MAX_CHARS]) for story, _ in asked]
    table = nearest(texts, [SectionText(chapter.id, chapter.title, chapter.text) for chapter in chapters])
    return fits | {story.id: float(row[place]) for (story, place), row in zip(asked, table, strict=True)}
