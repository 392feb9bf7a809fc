"""Reads HTML inside Markdown: its headings, anchors and text. Comments and what is not shown as text are skipped.

Every scan is linear in the fragment, whatever it holds: no pattern here looks for a far closing part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from digestbot.roadmap.passage import Block, Passage

_TAG = re.compile(r"<!--|<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)(?P<attributes>[^<>]*)>")
_ATTRIBUTE = re.compile(
    r"(?<![\w-])(href|id|alt)\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+))", re.IGNORECASE
)
_HEADING = re.compile(r"h[1-6]", re.IGNORECASE)
_UNREAD = frozenset({"script", "style", "pre", "textarea", "code", "svg", "template", "title"})
# A heading left open ends here at the latest; longer ones are a forgotten closing tag.
_MAX_HEADING_CHARS = 300


@dataclass
class OpenHeading:
    """An HTML heading being read."""

    level: int
    id: str
    line: int
    passage: Passage = field(default_factory=Passage)
    is_closed: bool = False

    @property
    def title(self) -> str:
        return self.passage.title(one_line=not self.is_closed)


class HtmlReader:
    """Reads fragments in the order of the document; a heading may open in one and close in another."""

    def __init__(self) -> None:
        self._open: OpenHeading | None = None
        self._closed: list[OpenHeading] = []

    def take_headings(self) -> list[OpenHeading]:
        """Return the headings closed since the last call."""
        closed, self._closed = self._closed, []
        return closed

    def end_heading(self) -> None:
        """End the heading that is open, if any, whether it was closed or not."""
        if self._open is not None:
            self._closed.append(self._open)
            self._open = None

    def text(self, text: str, line: int, passage: Passage) -> None:
        """Put text into the heading if one is open, else into the passage."""
        if self._open is None or passage.has_open_link:
            passage.add(text, line)
        self.extend_heading(text)

    def code(self, text: str, passage: Passage) -> None:
        """The same for text in which nothing is a link."""
        if self._open is None or passage.has_open_link:
            passage.add_code(text)
        self.extend_heading(text)

    def read_inline(self, tag: str, line: int, passage: Passage, *, may_head: bool) -> None:
        """Read one tag of a paragraph."""
        match = _TAG.match(tag)
        if match and match["name"]:
            self.take_tag(match, line, passage, may_head)

    def read_block(self, fragment: str, first_line: int, *, may_head: bool) -> list[Block]:
        """Return the lines of text of a block of HTML that starts at a line of the document."""
        return _BlockReader(self, fragment, first_line, may_head).read()

    def extend_heading(self, text: str) -> None:
        """Put text into the heading that is open, if any."""
        if self._open is None:
            return
        self._open.passage.add_code(text)
        if len(self._open.passage) > _MAX_HEADING_CHARS:
            self.end_heading()

    def take_tag(self, match: re.Match[str], line: int, passage: Passage, may_head: bool) -> None:
        """Act on a tag that stands on a line of the document."""
        name = match["name"].lower()
        if _HEADING.fullmatch(name):
            if self._open is not None:
                self._open.is_closed = bool(match["close"])
            self.end_heading()
            if not match["close"] and may_head:
                self._open = OpenHeading(int(name[1]), _attributes(match).get("id", ""), line)
        elif name == "a" and match["close"]:
            passage.close_link()
        elif name == "a":
            href = _attributes(match).get("href", "")
            if href:
                passage.open_link(href, line)
        elif name == "img":
            self._take_image(_attributes(match).get("alt", ""), passage)
        elif name in ("br", "p", "div", "li", "td", "th"):
            self.text(" ", line, passage)

    def _take_image(self, alt: str, passage: Passage) -> None:
        passage.add_image(alt)
        if self._open is not None:
            self._open.passage.add_image(alt)


class _BlockReader:
    def __init__(self, tags: HtmlReader, fragment: str, first_line: int, may_head: bool) -> None:
        self._tags, self._fragment, self._may_head = tags, fragment, may_head
        self._line = self._began = first_line
        self._passage = Passage()
        self._blocks: list[Block] = []

    def read(self) -> list[Block]:
        at, unread = 0, ""
        for match in _TAG.finditer(self._fragment):
            if match.start() < at:
                continue
            self._take_text(self._fragment[at : match.start()], shown=not unread)
            at = match.end()
            if match["name"] is None:
                end = self._fragment.find("-->", at)
                if end < 0:
                    return self._finish()
                self._line += self._fragment.count("\n", at, end)
                at = end + 3
            elif unread:
                unread = "" if match["close"] and match["name"].lower() == unread else unread
            elif match["name"].lower() in _UNREAD:
                unread = "" if match["close"] else match["name"].lower()
            else:
                self._tags.take_tag(match, self._line, self._passage, self._may_head)
                self._line += match[0].count("\n")
        self._take_text(self._fragment[at:], shown=not unread)
        return self._finish()

    def _take_text(self, text: str, shown: bool) -> None:
        for number, piece in enumerate(text.split("\n")):
            if number:
                self._line += 1
                self._end_line()
            if shown:
                self._tags.text(unescape(piece), self._line, self._passage)

    def _end_line(self) -> None:
        if self._passage.has_open_link:
            self._passage.add_code(" ")
            return
        self._flush(self._line - 1)
        self._tags.extend_heading("\n")

    def _flush(self, last_line: int) -> None:
        block = self._passage.block(self._began, last_line, None, False)
        if block.text.strip() or block.links:
            self._blocks.append(block)
        self._passage = Passage()
        self._began = self._line

    def _finish(self) -> list[Block]:
        self._flush(self._line)
        return self._blocks


def _attributes(match: re.Match[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(match["attributes"]):
        found.setdefault(name.lower(), unescape("".join(values)).strip())
    return found
