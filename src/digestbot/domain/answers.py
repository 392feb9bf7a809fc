"""A question that a learner asked, and what was answered: every statement with the sources that show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from digestbot.domain.filings import Usage
from digestbot.domain.kinds import Level

Part = Literal["what", "how", "why", "contrast", "new", "open"]
"""What a claim tells: a definition, how it works, why it matters, how two things differ, what is new, what is open."""
PARTS: tuple[Part, ...] = ("contrast", "what", "how", "why", "new", "open")
AnswerState = Literal["answered", "thin", "refused"]
"""`thin` is an honest "not enough evidence"; `refused` is for what is no question to this program."""
RefusalKind = Literal["", "misuse", "task", "empty", "quota", "place"]
"""`quota` is the asker's, `place` that of where it was asked."""
Depth = Literal["", "simpler", "deeper"]
FeedbackKind = Literal["helpful", "unhelpful", "wrong"]


@dataclass(frozen=True)
class Asked:
    """A question as it was put. `lang` and `since` are empty where the question itself is to say them.

    `follows` is the id of the answer that it follows in a thread; with a `depth` it asks for that one once more.
    `who` names the asker for quotas and threads, "" for the operator; `place` the Discord server it was asked on, ""
    for any other place.
    """

    question: str
    level: Level = "intermediate"
    lang: str = ""
    since: str = ""
    sections: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    follows: str = ""
    depth: Depth = ""
    who: str = ""
    place: str = ""


@dataclass(frozen=True)
class Citation:
    """A source of an answer by the key under which claims name it; `at` is when a video says it."""

    key: str
    document: str
    title: str
    url: str = ""
    date: str = ""
    kind: str = ""
    lang: str = ""
    at: str = ""


@dataclass(frozen=True)
class Claim:
    """One or a few sentences of an answer, with the keys of the sources that show them, at least one.

    `subject` says which of two compared things it is about, "" for both.
    """

    part: Part
    text: str
    keys: tuple[str, ...]
    subject: str = ""


@dataclass(frozen=True)
class NextRead:
    """Something to read next; `why` is in the roadmap's own words, or empty."""

    title: str
    url: str
    kind: str
    why: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a subject stands in the roadmap, what it says to know before, and which chapter comes after it."""

    section: str = ""
    chapter: str = ""
    section_title: str = ""
    chapter_title: str = ""
    before: tuple[str, ...] = ()
    after: str = ""


@dataclass(frozen=True)
class Answer:
    """What was answered. A thin one has no claims: `sources` are what was found all the same, `help` what would help.

    `dropped` counts the sentences of a model that no source shows. `topic` is what the question is about, as the next
    question of a thread understands it. `corpus` is the version of what was searched.
    """

    id: str
    asked: Asked
    topic: str
    lang: str
    state: AnswerState
    model: str
    corpus: str
    created_at: datetime
    claims: tuple[Claim, ...] = ()
    sources: tuple[Citation, ...] = ()
    standing: Standing = Standing()
    reading: tuple[NextRead, ...] = ()
    refusal: RefusalKind = ""
    unknown: tuple[str, ...] = ()
    """Words of the question that nothing that was read uses."""
    help: tuple[str, ...] = ()
    read_as: str = ""
    """The question as it was understood with its words spelled as the field does, "" where they were."""
    lacks: tuple[Part, ...] = ()
    """The parts that the question asks for by name and no source tells."""
    note: str = ""
    """What the reader should know of how it was made, such as that the model could not be reached."""
    dropped: int = 0
    usage: Usage = field(default_factory=Usage)
    paid: str = ""
    """The model that `usage` was paid to, also where nothing that it wrote was used; "" for none."""
    cached: bool = False
