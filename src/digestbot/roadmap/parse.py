"""Turns a document into a Roadmap: which headings are its sections and chapters, and what stands in them.

Pure and lossless: the text is kept as it came, and no Markdown is refused for its structure.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256

from digestbot.roadmap import naming
from digestbot.roadmap.kinds import kind_of
from digestbot.roadmap.lines import split
from digestbot.roadmap.markup import Heading, Reading
from digestbot.roadmap.passage import Block, Link
from digestbot.roadmap.records import Chapter, Resource, Roadmap, Section
from digestbot.roadmap.sheets import Document, read_document
from digestbot.roadmap.statements import goal_of, prerequisites_of, prose_of

_MAX_WORDS_CHARS = 300
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|[。！？\n]")


def parse(text: str, name: str) -> Roadmap:
    """Return the document as a roadmap; `name` also serves as title where the document has none."""
    return _parsed(text, name)


# Whoever runs for months reads the same document at each tick, and it changes once a week.
@lru_cache(maxsize=8)
def _parsed(text: str, name: str) -> Roadmap:
    lines = split(text)
    document = read_document(lines)
    reading = document.reading
    title, headings = _title_and_headings(document, name)
    page = _Page(reading, tuple(_sections_of(document, headings, title, len(lines))))
    lead = page.lead(headings[0].first_line if headings else 0)
    spoken = " ".join(
        [title.title, *(heading.title for heading in headings), *(block.text for block in reading.blocks)]
    )
    return Roadmap(
        text=text,
        name=name,
        title=title.title,
        lang=naming.language(spoken),
        version=version_of(text),
        sections=_with_filing(page.sections()),
        addresses=_addresses(reading),
        prose=prose_of(lead),
        resources=_resources(lead),
        parts=document.parts,
    )


def render(roadmap: Roadmap) -> str:
    """Return the document's text, the very text it was parsed from."""
    return roadmap.text


def version_of(text: str) -> str:
    """Return the first 16 hexadecimal digits of the text's SHA-256."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class _Part:
    """A heading with the lines up to the next one; `inner` are its chapters, empty when it stands for its only one."""

    heading: Heading
    last_line: int
    inner: tuple[_Part, ...] = ()


def _title_and_headings(document: Document, name: str) -> tuple[Heading, tuple[Heading, ...]]:
    """Tell the document's title from the headings that divide it; a title that is no heading has no line."""
    headings, front = document.reading.headings, document.front
    if document.title is not None:
        return document.title, tuple(heading for heading in headings if heading != document.title)
    if document.parts:
        return Heading(1, front.title or name, "", front.end + 1, front.end), headings
    tops = [heading for heading in headings if heading.level == 1]
    if tops and (len(tops) == 1 or _is_title(tops[0], headings)):
        return tops[0], tuple(heading for heading in headings if heading is not tops[0])
    return Heading(1, front.title or name, "", front.end + 1, front.end), tuple(headings)


def _is_title(first: Heading, headings: Sequence[Heading]) -> bool:
    """Whether the first of several H1 is the document's title: nothing stands below it, but below others."""
    at = headings.index(first)
    if at or naming.roman(first.title) or naming.leads_in(first.title):
        return False
    return headings[1].level == 1 and any(heading.level > 1 for heading in headings)


def _sections_of(document: Document, headings: Sequence[Heading], title: Heading, last_line: int) -> Iterable[_Part]:
    """Yield the sections with their chapters inside. A document without headings is one section."""
    if not headings:
        yield _Part(title, max(title.first_line, last_line))
        return
    for heading, below, last in _divided(document, headings, last_line):
        yield _Part(heading, last, tuple(_chapters_of(document, below, last)))


def _chapters_of(document: Document, headings: Sequence[Heading], last_line: int) -> Iterable[_Part]:
    """Yield the chapters among a section's headings, none when they only name kinds of resources."""
    chapters = [_Part(heading, last) for heading, _, last in _divided(document, headings, last_line)]
    return () if all(naming.names_no_topic(part.heading.title) for part in chapters) else chapters


def _divided(
    document: Document, headings: Sequence[Heading], last_line: int
) -> Iterable[tuple[Heading, Sequence[Heading], int]]:
    """Yield the headings of the highest level, each with the headings below it and its last line.

    What comes before the first of them is not lost: there the next lower level counts.
    """
    level = min((heading.level for heading in headings), default=0)
    first_top = next((at for at, heading in enumerate(headings) if heading.level == level), 0)
    early = min((heading.level for heading in headings[:first_top]), default=level)
    tops = [at for at, heading in enumerate(headings) if heading.level == (early if at < first_top else level)]
    for at, end in zip(tops, [*tops[1:], len(headings)], strict=False):
        last = document.start_of(headings[end]) - 1 if end < len(headings) else last_line
        yield headings[at], headings[at + 1 : end], max(last, headings[at].first_line)


class _Page:
    """Fills sections and chapters with the blocks that stand in them."""

    def __init__(self, reading: Reading, parts: tuple[_Part, ...]) -> None:
        self._blocks = reading.blocks
        self._starts = [block.first_line for block in reading.blocks]
        self._content = reading.content
        self._content_starts = [first for first, _ in reading.content]
        self._parts = parts
        self._section_ids, self._chapter_ids = naming.Ids(), naming.Ids()

    def lead(self, end: int) -> Sequence[Block]:
        """Return the blocks before a line: those that stand before the first section."""
        return self._blocks[: bisect_left(self._starts, end)]

    def sections(self) -> tuple[Section, ...]:
        return tuple(self._section(part) for part in self._parts)

    def _section(self, part: _Part) -> Section:
        heading = part.heading
        lead_end = part.inner[0].heading.first_line - 1 if part.inner else part.last_line
        lead = self._blocks_within(heading.first_line, lead_end)
        inner = part.inner or (part,)
        return Section(
            id=self._section_ids.take(naming.section_id(heading.title, heading.id), "section"),
            title=heading.title,
            goal=goal_of(lead),
            prerequisites=prerequisites_of(lead),
            prose=prose_of(lead) if part.inner else "",
            resources=_resources(lead) if part.inner else (),
            chapters=tuple(self._chapter(chapter, implied=not part.inner) for chapter in inner),
            first_line=heading.first_line,
            last_line=part.last_line,
            filing=not naming.leads_in(heading.title),
        )

    def _chapter(self, part: _Part, *, implied: bool) -> Chapter:
        heading = part.heading
        blocks = self._blocks_within(heading.first_line, part.last_line)
        return Chapter(
            id=self._chapter_ids.take(naming.chapter_id(heading.title, heading.id), "chapter"),
            title=heading.title,
            goal=goal_of(blocks),
            prerequisites=prerequisites_of(blocks),
            prose=prose_of(blocks),
            resources=_resources(blocks),
            first_line=heading.first_line,
            last_line=part.last_line,
            end_of_heading=min(heading.last_line, part.last_line),
            end_of_content=self._end_of_content(part),
            implied=implied,
        )

    def _blocks_within(self, first_line: int, last_line: int) -> Sequence[Block]:
        return self._blocks[bisect_left(self._starts, first_line) : bisect_left(self._starts, last_line + 1)]

    def _end_of_content(self, part: _Part) -> int:
        within = self._content[
            bisect_left(self._content_starts, part.heading.first_line) : bisect_left(
                self._content_starts, part.last_line + 1
            )
        ]
        ends = [min(last, part.last_line) for _, last in within]
        return max([min(part.heading.last_line, part.last_line), *ends])


def _with_filing(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Let stories be filed everywhere when every section would be out of bounds."""
    if any(section.filing for section in sections):
        return sections
    return tuple(replace(section, filing=True) for section in sections)


def _resources(blocks: Iterable[Block]) -> tuple[Resource, ...]:
    return tuple(_resource(block, link) for block in blocks for link in block.links if _is_web_address(link.url))


def _resource(block: Block, link: Link) -> Resource:
    heads = block.opens_item and link is block.links[0] and not re.search(r"\w", block.text[: link.start])
    return Resource(
        title=link.title or link.url,
        url=link.url,
        kind=kind_of(link.url, block.text[link.end : link.end + 80]),
        line=link.line,
        words=_words_around(block.text, link),
        item=block.item if heads else None,
    )


def _words_around(text: str, link: Link) -> str:
    """Return the sentence that a link stands in, cut to 300 characters around it."""
    low, high = max(0, link.start - _MAX_WORDS_CHARS // 2), link.end + _MAX_WORDS_CHARS // 2
    before, behind = text[low : link.start], text[link.end : high]
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    end = _SENTENCE_END.search(behind)
    sentence = before[ends[-1] if ends else 0 :] + text[link.start : link.end] + behind[: end.end() if end else None]
    return " ".join(sentence.split())[:_MAX_WORDS_CHARS]


def _is_web_address(url: str) -> bool:
    return url[:8].lower().startswith(("http://", "https://"))


def _addresses(reading: Reading) -> tuple[str, ...]:
    found = [link.url for block in reading.blocks for link in block.links] + list(reading.definitions)
    return tuple(dict.fromkeys(url for url in found if _is_web_address(url)))
