"""What a chat model answers about a story to be summarized, and what is left of it after checking; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digestbot.chat import replies
from digestbot.chat.questions import Answer
from digestbot.chat.untrusted import shortened
from digestbot.domain import Article, Outline, Point, PointKind, Story, Summary, Verdict
from digestbot.errors import ReplyError
from digestbot.grounding import Dropped, sift
from digestbot.languages import CHINESE, ENGLISH, canonical
from digestbot.offline import extract
from digestbot.offline.sentences import split
from digestbot.offline.terms import is_chinese, terms
from digestbot.offline.timed import Timed

MAX_EVIDENCE = 3
MAX_LOST = 8
_MAX_EVIDENCE_CHARS = 600
_MAX_STATEMENT_CHARS = 400
_MAX_LOST_CHARS = 300
_KINDS: tuple[PointKind, ...] = ("new", "how", "result", "limits")

Task = tuple[Story, Verdict, Article]


class SummaryRow(Answer):
    """A story in short; what it does not tell is empty."""

    tldr: str
    new: str
    how: str
    result: str
    limits: str
    why: str


class NotesRow(Answer):
    """What one part of a long text says."""

    notes: list[str]


@dataclass(frozen=True)
class Place:
    """The chapter that a story belongs to, by its id in all roadmaps and by its words."""

    id: str
    title: str
    text: str


def place_of(verdict: Verdict, outline: Outline) -> Place:
    """Return a story's chapter; its section where no chapter stands out, empty where it is in none."""
    section = next((section for section in outline.sections if section.id == verdict.section), None)
    if section is None:
        return Place("", "", "")
    chapter = next((chapter for chapter in section.chapters if chapter.id == verdict.chapter), None)
    title = f"{section.title}: {chapter.title}" if chapter else section.title
    text = f"{outline.title}\n{title}\n{section.goal}\n{chapter.text if chapter else ''}"
    return Place(f"{outline.name}/{verdict.chapter}", title, text)


def summary_schema() -> dict[str, Any]:
    """Return the JSON schema of a reply with summaries."""
    return replies.schema("summaries", SummaryRow, {})


def notes_schema() -> dict[str, Any]:
    """Return the JSON schema of a reply with notes on parts of a text."""
    return replies.schema("notes", NotesRow, {})


def summary(row: SummaryRow, task: Task, shown: Timed, place: Place, lang: str, model: str, prompt: str) -> Summary:
    """Return what the shown text supports of a summary; raises ReplyError when that is nothing.

    A TL;DR of which nothing is left is made offline, where that speaks the same language.
    """
    story, _, article = task
    sources = [story.lead.title, shown.text]
    sifted = sift([row.tldr, *(getattr(row, kind) for kind in _KINDS)], sources)
    worth = sift([row.why], [*sources, place.text])
    tldr, *written = (shortened(statement, _MAX_STATEMENT_CHARS) for statement in sifted.kept)
    told = {text: kind for kind, text in reversed(list(zip(_KINDS, written, strict=True))) if text and text != tldr}
    points = [(kind, text) for text, kind in reversed(told.items())]
    if not tldr and not points:
        raise ReplyError("the article supports nothing of the reply's summary")
    tldr = tldr or extract.summarize(shown.text, story.lead.title).tldr
    found = evidence([tldr, *(text for _, text in points)], shown.text)
    dropped = [*sifted.dropped, *worth.dropped]
    return Summary(
        story=story.id,
        lang=lang,
        tldr=tldr,
        points=tuple(Point(text, kind, moment_of(text, shown)) for kind, text in points),
        evidence=found,
        model=model,
        basis=article.basis,
        dropped=len(dropped),
        prompt=prompt,
        why=shortened(worth.kept[0], _MAX_STATEMENT_CHARS),
        place=place.id if worth.kept[0] else "",
        written=other_language(tldr, lang),
        lost=tuple(map(_told, dropped[:MAX_LOST])),
    )


def other_language(text: str, lang: str) -> str:
    """Return a text's language where it is not the one that was asked for; empty where it is, or cannot be told."""
    wanted, own = canonical(lang), CHINESE if is_chinese(text) else ENGLISH
    return own if wanted in (CHINESE, ENGLISH) and own != wanted else ""


def evidence(statements: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the sentences of a text, word for word, that share most words with each statement; at most three."""
    found = dict.fromkeys(filter(None, (nearest(statement, text) for statement in statements)))
    # Its own source shows a sentence; what leads elsewhere or speaks to a model is no evidence.
    return tuple(sentence for sentence in found if not sift([sentence], [sentence]).dropped)[:MAX_EVIDENCE]


def nearest(statement: str, text: str) -> str:
    """Return the sentence of a text that shares most words with a statement; empty when none shares any."""
    words = set(terms(statement))
    rated = [(len(words & own) / (8 + len(own)), s) for s, own in ((s, set(terms(s))) for s in split(text)) if own]
    best = max((one for one in rated if len(one[1]) <= _MAX_EVIDENCE_CHARS), key=lambda one: one[0], default=(0.0, ""))
    return best[1] if best[0] else ""


def moment_of(statement: str, shown: Timed) -> str:
    """Return when a video says what a statement rests on; empty for what is read."""
    return shown.moment(nearest(statement, shown.text)) if shown.moments else ""


def _told(dropped: Dropped) -> str:
    return shortened(f"{dropped.sentence} ({dropped.reason})", _MAX_LOST_CHARS)
