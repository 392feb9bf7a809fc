"""What to know before a chapter: only what its roadmap says, by a statement of its own or by its order; pure."""

from __future__ import annotations

from collections.abc import Mapping

from digestbot.domain import Outline

MAX_CHARS = 200


def known_first(outline: Outline) -> Mapping[str, tuple[str, ...]]:
    """Return for each chapter's id what to know first, at most two entries, none for a document's very first chapter.

    The chapter's or else its section's prerequisites in the document's own words, then the title of the chapter before
    it; where a section states nothing, its first chapter follows the one that ends the section before.
    """
    before: dict[str, tuple[str, ...]] = {}
    previous = ""
    for section in outline.sections:
        for place, chapter in enumerate(section.chapters):
            stated = (chapter.prerequisites or section.prerequisites).strip().rstrip(".")
            follows = "" if place == 0 and stated else previous
            before[chapter.id] = tuple(one for one in (stated, follows) if one and len(one) <= MAX_CHARS)
            previous = chapter.title
    return before
