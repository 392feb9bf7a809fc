"""A roadmap as the models read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """A chapter of a roadmap as the models read it; `text` is its prose and the titles of its resources.

    `prerequisites` is the document's own statement, empty where it makes none.
    """

    id: str
    title: str
    text: str
    prerequisites: str = ""


@dataclass(frozen=True)
class Section:
    """A section of a roadmap; `filing` is False for preliminaries, which stories are never filed into."""

    id: str
    title: str
    goal: str
    chapters: tuple[Chapter, ...]
    filing: bool = True
    prerequisites: str = ""


@dataclass(frozen=True)
class Outline:
    """A roadmap as a taxonomy. `name` is its file's stem, `version` the hash of its bytes."""

    name: str
    title: str
    lang: str
    version: str
    sections: tuple[Section, ...]
