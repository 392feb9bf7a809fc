"""What a chat model is asked to introduce a work in a document, and what is left of its line after checking; pure."""

from __future__ import annotations

from typing import Any

from digestbot.chat import replies
from digestbot.chat.briefs import MAX_ARTICLE_CHARS, block
from digestbot.chat.prompts import Prompt
from digestbot.chat.questions import Answer, Question
from digestbot.chat.summaries import other_language
from digestbot.chat.untrusted import defang, enclosed, one_line
from digestbot.errors import ReplyError
from digestbot.grounding import sift
from digestbot.languages import english_name
from digestbot.offline.timed import untimed
from digestbot.offline.voice import in_voice, is_impersonal, voice_of
from digestbot.ports import Introduction

BATCH = 8
"""Stories in one call; a week has fewer."""
_MAX_WORDS = 32
_MAX_CHARS = 300
_MAX_LIKE_CHARS = 160
_LIKE = 5
_SHOWN_TOKENS = 1_000
_WRITTEN_TOKENS = 120


class IntroductionRow(Answer):
    """The line for a story; empty where the story does not tell enough."""

    line: str


def introduction_schema() -> dict[str, Any]:
    """Return the JSON schema of a reply with lines."""
    return replies.schema("introductions", IntroductionRow, {})


def introduction_question(prompt: Prompt, lang: str) -> Question[Introduction, IntroductionRow, str]:
    """Return what is asked to have stories introduced."""
    return Question[Introduction, IntroductionRow, str](
        system=prompt.render(language=english_name(lang)),
        schema=introduction_schema(),
        row=IntroductionRow,
        show=lambda batch: enclosed("\n\n".join(map(_block, batch))),
        story_of=lambda task: task.story.id,
        check=lambda row, task: line_of(row, task, lang),
        shown_tokens=_SHOWN_TOKENS,
        written_tokens=_WRITTEN_TOKENS,
    )


def line_of(row: IntroductionRow, task: Introduction, lang: str) -> str:
    """Return the line in the document's manner; raises ReplyError for one that the story does not show."""
    line = one_line(row.line)
    if len(line) > _MAX_CHARS or len(line.split()) > _MAX_WORDS:
        raise ReplyError("the line is longer than it may be")
    if not is_impersonal(line):
        raise ReplyError("the line speaks of its authors, or holds markup")
    sources = [task.story.lead.title, untimed(task.article.text).text, task.summary.tldr]
    sifted = sift([line], sources)
    if sifted.dropped:
        raise ReplyError(f"the story does not show a line: {sifted.dropped[0].reason}")
    if other_language(sifted.kept[0], lang):
        raise ReplyError("the line is in another language than was asked for")
    return in_voice(sifted.kept[0], voice_of(task.examples))


def _block(task: Introduction) -> str:
    lines = [block(task.story, untimed(task.article.text).text, MAX_ARTICLE_CHARS)]
    lines.append(f"chapter: {one_line(defang(task.chapter, _MAX_LIKE_CHARS))}")
    lines += [f"like: {one_line(defang(line, _MAX_LIKE_CHARS))}" for line in task.examples[:_LIKE]]
    return "\n".join(lines)
