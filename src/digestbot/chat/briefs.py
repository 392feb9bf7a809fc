"""What a chat model is shown: the roadmap as coded places, the stories as blocks of lines; pure.

Everything that came from outside is defanged here, and stands on lines of its own between two marked ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digestbot.chat.untrusted import defang, enclosed, one_line
from digestbot.domain import OFF_ROADMAP, Chapter, Outline, Precedent, Section, Story
from digestbot.offline.extract import summarize
from digestbot.ports import NO_PRECEDENTS, Precedents

MAX_FILING_CHARS = 300
"""For filing a story is shown by the sentences that say most of what it does: these many characters of them."""
MAX_STUDY_CHARS = 1_000
MAX_ARTICLE_CHARS = 6_000
_MAX_TITLE_CHARS = 300
_MAX_GOAL_CHARS = 120
_MAX_CHAPTER_CHARS = 40
_MAX_PRECEDENT_CHARS = 80
_MAX_TAGS = 5
_SHORT_ID = re.compile(r"[A-Za-z0-9]{1,8}")


@dataclass(frozen=True)
class Places:
    """The sections that stories may be filed into, and their chapters, by the short codes that a model is shown."""

    sections: Mapping[str, Section]
    chapters: Mapping[str, tuple[Section, Chapter]]

    def listing(self, chapters: bool = True) -> str:
        """Return a line for every place, a section's before its chapters', the one for no place last."""
        lines = []
        for code, section in self.sections.items():
            lines.append(f"{code} {_own(section.title, _MAX_TITLE_CHARS)}: {_own(section.goal, _MAX_GOAL_CHARS)}")
            own = ((c, chapter) for c, (owner, chapter) in self.chapters.items() if owner is section)
            lines += [_chapter_line(c, chapter) for c, chapter in own] if chapters else []
        lines.append(f"{OFF_ROADMAP} Belongs to no section of this roadmap.")
        return "\n".join(lines)

    def code_of(self, section: str, chapter: str = "") -> str:
        """Return the code of a chapter, or of its section where it has none; the ids themselves of what is gone."""
        for code, (owner, found) in self.chapters.items():
            if (owner.id, found.id) == (section, chapter):
                return code
        return next((code for code, found in self.sections.items() if found.id == section), section)


def places(outline: Outline) -> Places:
    """Return the places of an outline; a code is the section's id where all are short, else its number."""
    filing = [section for section in outline.sections if section.filing]
    short = all(_SHORT_ID.fullmatch(section.id) for section in filing)
    sections = {section.id if short else f"S{n}": section for n, section in enumerate(filing, 1)}
    chapters = {
        f"{code}.{n}": (section, chapter)
        for code, section in sections.items()
        for n, chapter in enumerate(section.chapters, 1)
    }
    return Places(sections, chapters)


def filing_brief(stories: Sequence[Story], known: Places, precedents: Precedents = NO_PRECEDENTS) -> str:
    """Return the message that shows stories to be filed, each with what near it is filed already."""
    blocks = (
        "\n".join(filter(None, (block(story, gist(story), MAX_FILING_CHARS), _near(story, known, precedents))))
        for story in stories
    )
    return enclosed("\n\n".join(blocks))


def study_brief(story: Story, doubt: str) -> str:
    """Return the message that shows one story to be studied; `doubt` is of our own words and codes."""
    return f"{enclosed(block(story, story_text(story), MAX_STUDY_CHARS))}\n\nThe doubt: {doubt}"


def precedent_line(precedent: Precedent, known: Places) -> str:
    """Return a precedent on one line: its place's code, and its title."""
    title = one_line(defang(precedent.title, _MAX_PRECEDENT_CHARS))
    return f"{known.code_of(precedent.section, precedent.chapter)} {title}"


def gist(story: Story) -> str:
    """Return the sentences that say what a story is about, in their order; its text where it has no such sentences."""
    text = story_text(story)
    return " ".join(summarize(text[:MAX_ARTICLE_CHARS], story.lead.title).evidence) or text


def story_text(story: Story) -> str:
    """Return what the feeds gave of a story, the lead's text first, every text once."""
    texts = dict.fromkeys(item.text for item in (story.lead, *story.members) if item.text)
    return "\n".join(texts)


def _near(story: Story, known: Places, precedents: Precedents) -> str:
    lines = [precedent_line(one, known) for one in precedents.get(story.id, ())]
    return "\n".join(["filed near it:", *lines]) if lines else ""


def _chapter_line(code: str, chapter: Chapter) -> str:
    about, title = _own(chapter.text, _MAX_CHAPTER_CHARS), _own(chapter.title, _MAX_TITLE_CHARS)
    return f"{code} {title}: {about}" if about else f"{code} {title}"


def _own(text: str, max_chars: int) -> str:
    """Return the roadmap's own words on one line; what was accepted into it came from outside once."""
    return one_line(defang(text, max_chars))


def block(story: Story, text: str, max_chars: int) -> str:
    """Return one story; its text is flattened to a single line, so that no line of it can pass for another field."""
    lead = story.lead
    tags = one_line(defang(", ".join(lead.categories[:_MAX_TAGS]), 100))
    lines = [
        f"id: {story.id}",
        f"title: {one_line(defang(lead.title, _MAX_TITLE_CHARS))}",
        f"kind: {lead.medium}",
        f"tags: {tags}" if tags else "",
        "text:",
        one_line(defang(text, max_chars)) or "(none)",
    ]
    return "\n".join(line for line in lines if line)
