"""The living document as a value. Line numbers count from 1 and spans include their last line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Resource:
    """A link out of the document. `kind` is `paper`, `post`, `video`, `repository`, `book`, `course` or the like.

    `words` are those around the link, at most 300 characters. `item` is the span of the list item that the resource
    heads, None where the link stands inside prose, a table or another item's text.
    """

    title: str
    url: str
    kind: str
    line: int
    words: str
    item: tuple[int, int] | None = None


@dataclass(frozen=True)
class Chapter:
    """A span of the document about one topic, its heading included.

    `end_of_content` is its last line that carries content, before blank lines, rules and closing tags; `end_of_heading`
    is the line before the first when it has no heading. A chapter is `implied` when its section has no headings inside
    and stands for it.
    """

    id: str
    title: str
    goal: str
    prerequisites: str
    prose: str
    resources: tuple[Resource, ...]
    first_line: int
    last_line: int
    end_of_heading: int
    end_of_content: int
    implied: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the document with its chapters. `prose` and `resources` are those before its first chapter.

    `filing` is False for preliminaries, references and the like.
    """

    id: str
    title: str
    goal: str
    prerequisites: str
    prose: str
    resources: tuple[Resource, ...]
    chapters: tuple[Chapter, ...]
    first_line: int
    last_line: int
    filing: bool = True


@dataclass(frozen=True)
class FilePart:
    """Lines of a file that is part of a roadmap; an empty part ends on the line before its first."""

    path: str
    first_line: int
    last_line: int


@dataclass(frozen=True)
class Roadmap:
    """A roadmap with its exact text. `version` is the hash of the text; `addresses` are those of all its links.

    `prose` and `resources` are those before its first section. `parts` say which lines are whose where the text was
    joined from the files of a folder, and are empty for a single file.
    """

    text: str
    name: str
    title: str
    lang: str
    version: str
    sections: tuple[Section, ...]
    addresses: tuple[str, ...]
    prose: str = ""
    resources: tuple[Resource, ...] = ()
    parts: tuple[FilePart, ...] = ()

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters of all sections, in order of the document."""
        return tuple(chapter for section in self.sections for chapter in section.chapters)

    def chapter(self, chapter_id: str) -> Chapter | None:
        """The chapter of an id, None if there is none (any more)."""
        return next((chapter for chapter in self.chapters if chapter.id == chapter_id), None)
