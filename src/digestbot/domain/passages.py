"""What is searched and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from digestbot.domain.documents import Document

PassageRole = Literal["abstract", "summary", "text", "transcript", "roadmap"]


@dataclass(frozen=True)
class Passage:
    """A piece of a document that can be found by itself and read by itself, cut at sentences.

    The first of a document has the document's id, the others `id#1`, `id#2` and so on. `heading` names the part of the
    document that it stands in, "" where nothing does; `at` is when a video says it, as in `12:34`.
    """

    id: str
    document: str
    place: int
    role: PassageRole
    text: str
    heading: str = ""
    at: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Filters:
    """What may be found; an empty field asks for nothing. Days are inclusive, and what has no date fails them.

    `sections` are ids of the roadmap's sections; `sources` and `kinds` as in `Document`; `langs` as `en` and `zh`.
    """

    sections: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Shelved:
    """A passage with its terms, as `search.words` makes them: those of its title and heading, and those of its text."""

    passage: Passage
    head: tuple[str, ...]
    body: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A passage that was found, of which document, and how surely it is about the question.

    `score` orders one answer, higher is better, and is not comparable between answers. The others are, all 0–1:
    `coverage` is the share of the question's terms, weighted by their rarity, that the passage and its title hold, in
    either language or by an abbreviation; `similarity` is the cosine of the meanings, below 0 taken for 0.
    `section` is where the document stands in the roadmap, "" where that is not known.
    """

    passage: Passage
    document: Document
    score: float
    coverage: float
    similarity: float
    section: str = ""
    chapter: str = ""
