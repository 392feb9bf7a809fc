"""What a chat model is shown: the roadmap as coded places, the stories as blocks of lines; pure.

Everything that came from outside is defanged here, and stands on lines of its own between two marked ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digestbot.chat.untrusted import defang, enclosed, one_line, shortened
from digestbot.domain import OFF_ROADMAP, Article, Chapter, Outline, Section, Story

MAX_FILING_CHARS = 1_200
MAX_ARTICLE_CHARS = 6_000
_MAX_TITLE_CHARS = 300
_MAX_GOAL_CHARS = 200
_MAX_TAGS = 5
_SHORT_ID = re.compile(r"[A-Za-z0-9]{1,8}")
_LANGUAGES = {"en": "English", "zh": "Chinese", "zh-hans": "simplified Chinese", "zh-hant": "traditional Chinese"}


@dataclass(frozen=True)
class Places:
    """The sections that stories may be filed into, and their chapters, by the short codes that a model is shown."""

    sections: Mapping[str, Section]
    chapters: Mapping[str, tuple[Section, Chapter]]

    def listing(self) -> str:
        """Return a line for every place, a section's before its chapters', the one for no place last."""
        lines = []
        for code, section in self.sections.items():
            lines.append(f"{code} {one_line(section.title)}: {shortened(one_line(section.goal), _MAX_GOAL_CHARS)}")
            own = ((c, chapter) for c, (owner, chapter) in self.chapters.items() if owner is section)
            lines += [f"{c} {one_line(chapter.title)}" for c, chapter in own]
        lines.append(f"{OFF_ROADMAP} Belongs to no section of this roadmap.")
        return "\n".join(lines)


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


def filing_brief(stories: Sequence[Story]) -> str:
    """Return the message that shows stories to be filed."""
    return enclosed("\n\n".join(_block(story, story_text(story), MAX_FILING_CHARS) for story in stories))


def summary_brief(tasks: Sequence[tuple[Story, Article]]) -> str:
    """Return the message that shows stories to be summarized, each with the start of its article."""
    return enclosed("\n\n".join(_block(story, article.text, MAX_ARTICLE_CHARS) for story, article in tasks))


def story_text(story: Story) -> str:
    """Return what the feeds gave of a story, the lead's text first, every text once."""
    texts = dict.fromkeys(item.text for item in (story.lead, *story.members) if item.text)
    return "\n".join(texts)


def language(code: str) -> str:
    """Return a language's English name, the code itself where it has none here; no code is English."""
    return _LANGUAGES.get(code.lower(), code) if code else "English"


def _block(story: Story, text: str, max_chars: int) -> str:
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
