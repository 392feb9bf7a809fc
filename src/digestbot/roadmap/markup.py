"""Reads Markdown into headings and blocks, HTML inside Markdown included; knows nothing of sections and chapters.

Markdown is read by markdown-it-py (CommonMark with tables). Nothing is refused: what is no heading is text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from digestbot.roadmap.html import HtmlReader
from digestbot.roadmap.lines import bare
from digestbot.roadmap.passage import Block, Passage

_MARKED = re.compile(r"[\[<>*_`\\&!~]|://")
_ATTRIBUTES = re.compile(r"\s*\{:?[^{}#]*(?:#(?P<id>[\w.:-]+))?[^{}]*\}\s*$")
_LOOKS_LIKE_ATTRIBUTES = re.compile(r"\{:?\s*[#.][^{}]*\}\s*$")
_MAX_TITLE_CHARS = 300
_MAX_BLOCK_NESTING = 100
# Each level adds as much again to the time for a bracket that opens nothing: 100 levels take 100 s for 1 MB of them.
_MAX_INLINE_NESTING = 10
# Tokens at the top level whose lines are content: what comes after the last of them is rules and closing tags.
_CONTENT = frozenset(
    {"paragraph_open", "bullet_list_open", "ordered_list_open", "fence", "code_block", "blockquote_open", "table_open"}
)


@dataclass(frozen=True)
class Heading:
    """A heading; `id` is the one given in the document or "". `last_line` is where text may follow it."""

    level: int
    title: str
    id: str
    first_line: int
    last_line: int


@dataclass(frozen=True)
class Reading:
    """What a document holds, in its order. `content` are the spans that carry content, `definitions` link targets."""

    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    content: tuple[tuple[int, int], ...]
    definitions: tuple[str, ...]


def read(lines: Sequence[str], first_line: int = 1) -> Reading:
    """Read the lines from `first_line` on; what comes before, front matter for instance, is not looked at."""
    plain = [""] * (first_line - 1) + [bare(line) for line in lines[first_line - 1 :]]
    if plain:
        plain[0] = plain[0].removeprefix("\ufeff")
    return _Reader(plain).read()


class _AsWritten(MarkdownIt):
    """Leaves addresses as the document writes them."""

    def normalizeLink(self, url: str) -> str:
        return url

    def normalizeLinkText(self, link: str) -> str:
        return link


class _Inline(StateInline):
    """Remembers where each token starts: markdown-it gives lines to blocks only."""

    def push(self, ttype: str, tag: str, nesting: Any) -> Token:
        token = super().push(ttype, tag, nesting)
        token.meta["at"] = self.pos
        return token


class _Reader:
    """One pass over the tokens of a document."""

    def __init__(self, plain: Sequence[str]) -> None:
        self._plain = plain
        self._markdown = _AsWritten("commonmark", {"maxNesting": _MAX_BLOCK_NESTING}).enable(["table", "strikethrough"])
        self._markdown.disable(["inline", "text_join"])
        self._env: MutableMapping[str, Any] = {}
        self._headings: list[Heading] = []
        self._blocks: list[Block] = []
        self._content: list[tuple[int, int]] = []
        self._items: list[tuple[int, int]] = []
        self._item_is_new = False
        self._row: Passage | None = None
        self._row_line = 0
        self._html = HtmlReader()

    def read(self) -> Reading:
        tokens = self._markdown.parse("\n".join(self._plain), self._env)
        self._markdown.options["maxNesting"] = _MAX_INLINE_NESTING
        for at, token in enumerate(tokens):
            self._take(token, tokens[at - 1])
        self._html.end_heading()
        self._take_html_headings()
        definitions = tuple(str(entry["href"]) for entry in self._env.get("references", {}).values())
        headings = sorted(self._headings, key=lambda heading: heading.first_line)
        return Reading(tuple(headings), tuple(self._blocks), tuple(self._content), definitions)

    def _take(self, token: Token, before: Token) -> None:
        if token.level == 0 and token.type in _CONTENT:
            self._content.append(self._span(token))
        if token.type == "list_item_open":
            self._items.append(self._span(token))
            self._item_is_new = True
        elif token.type == "list_item_close":
            self._items.pop()
        elif token.type == "tr_open":
            self._row = Passage()
        elif token.type == "tr_close" and self._row is not None:
            self._put(self._row.block(self._row_line, self._row_line, None, False))
            self._row = None
        elif token.type == "inline" and before.type == "heading_open" and before.level == 0:
            self._take_heading(token, before)
        elif token.type == "inline":
            self._take_inline(token)
        elif token.type == "html_block":
            self._take_html(token)

    def _take_heading(self, token: Token, opening: Token) -> None:
        self._html.end_heading()
        first, last = self._span(opening)
        passage = Passage()
        self._read_inline(token, passage)
        title, given = _title_and_id(passage.title())
        if title:
            self._headings.append(Heading(int(opening.tag[1]), title, given, first, last))
        block = passage.block(first, last, None, False, is_prose=not title)
        if block.links:
            self._blocks.append(block)

    def _take_inline(self, token: Token) -> None:
        if self._row is not None:
            self._row.add_code(" ")
            self._read_inline(token, self._row)
            self._row_line = self._span(token)[0]
            return
        first, last = self._span(token)
        passage = Passage()
        self._html.extend_heading("\n")
        self._read_inline(token, passage)
        self._take_html_headings(last)
        self._put(passage.block(first, last, self._items[-1] if self._items else None, self._item_is_new))
        self._item_is_new = False

    def _take_html(self, token: Token) -> None:
        first, last = self._span(token)
        blocks = self._html.read_block(token.content, first, may_head=token.level == 0)
        self._take_html_headings(last)
        if blocks and token.level == 0:
            self._content.append((blocks[0].first_line, blocks[-1].last_line))
        for block in blocks:
            self._put(replace(block, item=self._items[-1] if self._items else None))

    def _take_html_headings(self, last_line: int = 0) -> None:
        for found in self._html.take_headings():
            title, given = _title_and_id(found.title)
            if title:
                last = max(last_line, found.line)
                self._headings.append(Heading(found.level, title, found.id or given, found.line, last))

    def _put(self, block: Block) -> None:
        if block.text.strip() or block.links:
            self._blocks.append(block)

    def _read_inline(self, token: Token, passage: Passage) -> None:
        line = self._span(token)[0]
        if _MARKED.search(token.content):
            self._read_marked(token.content, line, passage)
        else:
            self._html.text(token.content, line, passage)

    def _read_marked(self, text: str, line: int, passage: Passage) -> None:
        first, breaks = line, [match.start() for match in re.finditer("\n", text)]
        state = _Inline(text, self._markdown, self._env, [])
        self._markdown.inline.tokenize(state)
        for rule in self._markdown.inline.ruler2.getRules(""):
            rule(state)
        for child in state.tokens:
            if "at" in child.meta:
                line = first + bisect_left(breaks, child.meta["at"])
            self._take_child(child, line, passage)
            line += child.type in ("softbreak", "hardbreak")

    def _take_child(self, child: Token, line: int, passage: Passage) -> None:
        if child.type == "link_open":
            passage.open_link(str(child.attrs["href"]), line)
        elif child.type == "link_close":
            passage.close_link()
        elif child.type == "image":
            passage.add_image(child.content)
        elif child.type == "html_inline":
            self._html.read_inline(child.content, line, passage, may_head=not self._items and self._row is None)
        elif child.type in ("softbreak", "hardbreak"):
            self._html.text("\n", line, passage)
        elif child.type in ("code_inline", "text_special"):
            self._html.code(child.content, passage)
        elif child.content:
            self._html.text(child.content, line, passage)

    def _span(self, token: Token) -> tuple[int, int]:
        first, end = token.map or [0, 1]
        # markdown-it counts the blank lines behind a list to its last item.
        while end > first + 1 and not self._plain[end - 1].strip():
            end -= 1
        return first + 1, end


def _title_and_id(title: str) -> tuple[str, str]:
    """Take `{#id}` (kramdown, Pandoc) off a title; a heading cannot be longer than 300 characters."""
    title = title[:_MAX_TITLE_CHARS]
    if not _LOOKS_LIKE_ATTRIBUTES.search(title):
        return title, ""
    match = _ATTRIBUTES.search(title)
    return (title[: match.start()], match["id"] or "") if match else (title, "")
