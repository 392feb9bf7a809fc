"""Has a chat model summarize stories: in batches, long texts part by part, and once more what its sources do not show.

What is asked and believed is in `summaries`; only the asking comes from outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from digestbot.chat.briefs import MAX_ARTICLE_CHARS, block
from digestbot.chat.budget import tokens_of
from digestbot.chat.prompts import Prompt
from digestbot.chat.questions import Question, Result, Row
from digestbot.chat.questions import Task as AnyTask
from digestbot.chat.summaries import (
    NotesRow,
    SummaryRow,
    Task,
    notes_schema,
    place_of,
    summary,
    summary_schema,
)
from digestbot.chat.untrusted import defang, enclosed, one_line
from digestbot.domain import Outline, Story, StoryId, Summary, Usage
from digestbot.errors import ModelError
from digestbot.grounding import sift
from digestbot.languages import english_name
from digestbot.offline.sentences import split
from digestbot.offline.timed import Timed, untimed
from digestbot.ports import Replies

BATCH = 8
"""Stories, or parts of one, in one call, where they fit: abstracts do, of whole papers an own endpoint takes fewer."""
MAX_PARTS = 6
"""Parts that are read of a long text: its beginning, its end and what lies evenly between. More is never paid for."""
_FRAME_TOKENS = 100
"""A story's title, id, tags and place."""
_WRITTEN_TOKENS = 700
"""Six sentences of 25 words or five of 30: 300 tokens in English, twice as many in Chinese."""
_MAX_NOTE_CHARS = 300
_MAX_NOTES = 5

Part = tuple[StoryId, Story, str]


class Asker(Protocol):
    """A chat model that can be asked."""

    @property
    def name(self) -> str:
        """Return `provider:model`."""
        ...

    async def ask(
        self, question: Question[AnyTask, Row, Result], tasks: Sequence[AnyTask], size: int
    ) -> Replies[Result]:
        """Return what it answered on each task, `size` of them a call."""
        ...


async def summarize(
    model: Asker, prompts: Mapping[str, Prompt], tasks: Sequence[Task], outline: Outline, lang: str
) -> Replies[Summary]:
    """Return a summary in a language for each story that the model answered well, a failure for the others.

    A summary of which sentences were dropped is asked for once more, with what was wrong; the better one counts.
    """
    shown = {story.id: _read(article.text) for story, _, article in tasks}
    notes, spent = await _notes(model, prompts["notes"], tasks, shown)
    first = await model.ask(_question(model, prompts, outline, lang, shown, notes, {}), tasks, BATCH)
    wrong = {id: one.lost for id, one in first.results.items() if one.lost}
    again = [task for task in tasks if task[0].id in wrong]
    if not again:
        return replace(first, usage=first.usage + spent)
    try:
        second = await model.ask(_question(model, prompts, outline, lang, shown, notes, wrong), again, BATCH)
    except ModelError:
        return replace(first, usage=first.usage + spent)  # what was kept at first is good
    better = {id: one for id, one in second.results.items() if one.dropped < first.results[id].dropped}
    return Replies({**first.results, **better}, first.failures, first.usage + second.usage + spent)


def parts_of(text: str, max_chars: int = MAX_ARTICLE_CHARS) -> list[str]:
    """Return a text in parts cut where sentences end, at most `MAX_PARTS`: of more, the first, the last and an even
    choice between."""
    parts: list[str] = []
    for sentence in split(text):
        for piece in (sentence[at : at + max_chars] for at in range(0, len(sentence), max_chars)):
            if parts and len(parts[-1]) + len(piece) < max_chars:
                parts[-1] += f" {piece}"
            else:
                parts.append(piece)
    last = len(parts) - 1
    kept = {round(n * last / (MAX_PARTS - 1)) for n in range(MAX_PARTS)} if last >= MAX_PARTS else range(last + 1)
    return [parts[n] for n in sorted(kept)]


def _read(text: str) -> Timed:
    """Return what a model will see of a text; what it never sees cannot support what it says."""
    timed = untimed(text)
    if len(timed.text) <= MAX_ARTICLE_CHARS:
        return timed
    return replace(timed, text="\n".join(parts_of(timed.text))) if not timed.moments else _kept(timed)


def _kept(timed: Timed) -> Timed:
    """Return a long transcript as the parts that are read of it, each line with its moment."""
    ends = [*timed.starts[1:], len(timed.text)]
    lines = [timed.text[start:end].strip() for start, end in zip(timed.starts, ends, strict=True)]
    read = "\n".join(parts_of(timed.text))
    kept = [(line, moment) for line, moment in zip(lines, timed.moments, strict=True) if line and line in read]
    return untimed("\n".join(f"[{moment}] {line}" for line, moment in kept)) if kept else replace(timed, text=read)


async def _notes(
    model: Asker, prompt: Prompt, tasks: Sequence[Task], shown: Mapping[StoryId, Timed]
) -> tuple[dict[StoryId, str], Usage]:
    """Return what was noted of each text too long for one look, in its order; nothing for those that no one noted."""
    long = [(story, shown[story.id].text) for story, _, _ in tasks if len(shown[story.id].text) > MAX_ARTICLE_CHARS]
    parts = [
        (StoryId(f"{story.id}.{number}"), story, part)
        for story, text in long
        for number, part in enumerate(parts_of(text), 1)
    ]
    if not parts:
        return {}, Usage()
    question = Question[Part, NotesRow, str](
        system=prompt.render(),
        schema=notes_schema(),
        row=NotesRow,
        show=_parts_brief,
        story_of=lambda part: part[0],
        check=lambda row, part: _sound_notes(row, part),
        shown_tokens=_longest(text for _, _, text in parts),
        written_tokens=_WRITTEN_TOKENS,
    )
    try:
        found = await model.ask(question, parts, BATCH)
    except ModelError:
        return {}, Usage()  # the start of the text is shown instead
    noted: dict[StoryId, str] = {}
    for id, story, _ in parts:
        if found.results.get(id):
            noted[story.id] = f"{noted.get(story.id, '')} {found.results[id]}".strip()
    return noted, found.usage


def _parts_brief(batch: Sequence[Part]) -> str:
    return enclosed("\n\n".join(block(replace(story, id=id), text, MAX_ARTICLE_CHARS) for id, story, text in batch))


def _sound_notes(row: NotesRow, part: Part) -> str:
    _, story, text = part
    kept = sift([note[:_MAX_NOTE_CHARS] for note in row.notes[:_MAX_NOTES]], [story.lead.title, text]).kept
    return " ".join(filter(None, kept))


def _question(
    model: Asker,
    prompts: Mapping[str, Prompt],
    outline: Outline,
    lang: str,
    shown: Mapping[StoryId, Timed],
    notes: Mapping[StoryId, str],
    wrong: Mapping[StoryId, Sequence[str]],
) -> Question[Task, SummaryRow, Summary]:
    prompt = prompts["summarize"]

    def block_of(task: Task) -> str:
        story, verdict, _ = task
        title = one_line(defang(place_of(verdict, outline).title, _MAX_NOTE_CHARS))
        lines = [block(story, notes.get(story.id) or shown[story.id].text, MAX_ARTICLE_CHARS), f"place: {title}"]
        lines += [f"wrong before: {one_line(defang(lost, _MAX_NOTE_CHARS))}" for lost in wrong.get(story.id, ())]
        return "\n".join(lines)

    return Question[Task, SummaryRow, Summary](
        system=prompt.render(language=english_name(lang)),
        schema=summary_schema(),
        row=SummaryRow,
        show=lambda batch: enclosed("\n\n".join(map(block_of, batch))),
        story_of=lambda task: task[0].id,
        check=lambda row, task: summary(
            row, task, shown[task[0].id], place_of(task[1], outline), lang, model.name, prompt.label
        ),
        shown_tokens=_longest(notes.get(id) or timed.text for id, timed in shown.items()),
        written_tokens=_WRITTEN_TOKENS,
    )


def _longest(texts: Iterable[str]) -> int:
    """Return how many tokens the longest of some stories takes, of whose text so much is shown."""
    return max((tokens_of(text[:MAX_ARTICLE_CHARS]) for text in texts), default=0) + _FRAME_TOKENS
