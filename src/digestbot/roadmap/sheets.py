"""Reads a document that may consist of several files: each by itself, and what they hold in the document's order.

A block left open in one file, or a link defined there, says nothing about the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from posixpath import basename

from digestbot.roadmap.folder import Part, is_index, parts_of
from digestbot.roadmap.front_matter import FrontMatter, front_matter
from digestbot.roadmap.markup import Heading, Reading, read
from digestbot.roadmap.passage import Block
from digestbot.roadmap.records import FilePart


@dataclass(frozen=True)
class Document:
    """What a whole document holds. `front` is its first file's; `title` is the heading that names a whole folder.

    `starts` holds, by the lines of headings that open a file of their own, the line at which that file begins.
    """

    reading: Reading
    front: FrontMatter
    title: Heading | None = None
    starts: Mapping[int, int] = field(default_factory=dict)
    parts: tuple[FilePart, ...] = ()

    def start_of(self, heading: Heading) -> int:
        """Return the line at which a heading's part of the document begins."""
        return self.starts.get(heading.first_line, heading.first_line)


def read_document(lines: Sequence[str]) -> Document:
    """Read the lines of a file, or of files that were joined."""
    parts = parts_of(lines)
    if not parts:
        front = front_matter(lines)
        return Document(read(lines, front.end + 1), front)
    by_path: dict[str, list[Part]] = {}
    for part in parts:
        by_path.setdefault(part.path, []).append(part)
    sheets = [_sheet(lines, own) for own in by_path.values()]
    has_index = len(parts) > 1 and (is_index(parts[0].path) or parts[1].kind == "included")
    pages = [sheet if has_index and sheet is sheets[0] else _paged(sheet) for sheet in sheets]
    starts = {page.reading.headings[0].first_line: page.mark for page in pages[has_index:] if page.is_page}
    return Document(
        reading=_joined([page.reading for page in pages]),
        front=sheets[0].front if has_index else FrontMatter(sheets[0].front.end),
        title=_only_title(sheets[0].reading.headings) if has_index else None,
        starts=starts,
        parts=tuple(part.place for part in parts),
    )


@dataclass(frozen=True)
class _Sheet:
    """One file of several, read; its lines are the document's. A page is a file that no other one includes."""

    path: str
    mark: int
    reading: Reading
    front: FrontMatter
    is_page: bool


def _sheet(lines: Sequence[str], parts: Sequence[Part]) -> _Sheet:
    numbers = [number for part in parts for number in part.lines]
    own = [lines[number - 1] for number in numbers]
    front = front_matter(own)
    reading = _moved(read(own, front.end + 1), numbers)
    end = numbers[front.end - 1] if front.end else parts[0].mark
    return _Sheet(parts[0].path, parts[0].mark, reading, FrontMatter(end, front.title), parts[0].kind == "file")


def _paged(sheet: _Sheet) -> _Sheet:
    """Give a page one heading at the top: its own, raised to the first level, or one by its title or its name."""
    if not sheet.is_page:
        return sheet
    headings = sheet.reading.headings
    highest = min((heading.level for heading in headings), default=0)
    if not headings or [heading.level for heading in headings].count(highest) > 1 or headings[0].level > highest:
        if highest == 1:
            return sheet
        named = Heading(1, sheet.front.title or _title_of(sheet.path), "", sheet.mark, sheet.front.end)
        headings = (named, *(replace(heading, level=max(2, heading.level)) for heading in headings))
    else:
        headings = tuple(replace(heading, level=heading.level - highest + 1) for heading in headings)
    return replace(sheet, reading=replace(sheet.reading, headings=headings))


def _title_of(path: str) -> str:
    stem = basename(path).rpartition(".")[0] or path
    return " ".join(re.split(r"[-_\s]+", re.sub(r"^\d{1,4}[-_. ]+(?=\D)", "", stem))).strip() or stem


def _only_title(headings: Sequence[Heading]) -> Heading | None:
    """Return the heading that an index opens with, if no other one of it is as high: it names the whole folder."""
    tops = [heading for heading in headings if heading.level == 1]
    return tops[0] if len(tops) == 1 and headings[0] is tops[0] else None


def _moved(reading: Reading, numbers: Sequence[int]) -> Reading:
    """Put what a file holds where its lines stand in the document."""

    def at(line: int) -> int:
        return numbers[min(line, len(numbers)) - 1] if numbers else 1

    return Reading(
        headings=tuple(replace(h, first_line=at(h.first_line), last_line=at(h.last_line)) for h in reading.headings),
        blocks=tuple(_moved_block(block, at) for block in reading.blocks),
        content=tuple((at(first), at(last)) for first, last in reading.content),
        definitions=reading.definitions,
    )


def _moved_block(block: Block, at: Callable[[int], int]) -> Block:
    return replace(
        block,
        first_line=at(block.first_line),
        last_line=at(block.last_line),
        links=tuple(replace(link, line=at(link.line)) for link in block.links),
        item=(at(block.item[0]), at(block.item[1])) if block.item else None,
    )


def _joined(readings: Sequence[Reading]) -> Reading:
    return Reading(
        headings=tuple(sorted((h for one in readings for h in one.headings), key=lambda h: h.first_line)),
        blocks=tuple(sorted((b for one in readings for b in one.blocks), key=lambda b: b.first_line)),
        content=tuple(sorted(span for one in readings for span in one.content)),
        definitions=tuple(url for one in readings for url in one.definitions),
    )
