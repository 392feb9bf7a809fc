"""Plain text gathered piece by piece, with the links that stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\\]，。；、）】》」]+", re.IGNORECASE)
_LIQUID = re.compile(r"\{%[^%{}]*%\}")


@dataclass(frozen=True)
class Link:
    """A link with the span of its title in the text it stands in."""

    title: str
    url: str
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Block:
    """A paragraph, a table row or a line of HTML as plain text with its links.

    `item` is the span of the innermost list item it stands in; `opens_item` says that it is the first text of it.
    `is_prose` is False for headings.
    """

    first_line: int
    last_line: int
    text: str
    links: tuple[Link, ...]
    item: tuple[int, int] | None = None
    opens_item: bool = False
    is_prose: bool = True


class Passage:
    """Gathers text, its lines parted by "\\n". An anchor never closed ends with the next anchor or the passage."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._links: list[Link] = []
        self._anchor: tuple[str, int, int, int] | None = None
        self._alt = ""

    def add(self, text: str, line: int) -> None:
        """Put text at the end; addresses written out in it are links unless it stands in an anchor."""
        if self._anchor is None and "://" in text:
            for match in _ADDRESS.finditer(text):
                self._add_address(match, line)
        self._put(text)

    def add_code(self, text: str) -> None:
        """Put text at the end in which nothing is a link."""
        self._put(text)

    def add_image(self, alt: str) -> None:
        """Remember an image's text, which stands for a title that has none of its own."""
        self._alt = self._alt or alt.strip()

    def open_link(self, url: str, line: int) -> None:
        """Start an anchor."""
        self.close_link()
        self._alt = ""
        self._anchor = (url, line, self._length, len(self._pieces))

    def close_link(self) -> None:
        """End the anchor, if one is open."""
        if self._anchor is None:
            return
        url, line, start, piece = self._anchor
        self._anchor = None
        title = " ".join("".join(self._pieces[piece:]).split()) or self._alt
        self._links.append(Link(title, url, line, start, self._length))

    def __len__(self) -> int:
        return self._length

    @property
    def has_open_link(self) -> bool:
        """Whether an anchor is open."""
        return self._anchor is not None

    def block(
        self, first_line: int, last_line: int, item: tuple[int, int] | None, opens_item: bool, is_prose: bool = True
    ) -> Block:
        """Return what was gathered."""
        self.close_link()
        text = "".join(self._pieces)
        if "{%" in text:
            # Same length, so that the links keep their place.
            text = _LIQUID.sub(lambda match: " " * len(match[0]), text)
        return Block(first_line, last_line, text, tuple(self._links), item, opens_item, is_prose)

    def title(self, *, one_line: bool = False) -> str:
        """Return what was gathered, or its first line that is not blank; the text of an image if it has no other."""
        text = "".join(self._pieces).strip()
        return " ".join((text.split("\n", 1)[0] if one_line else text).split()) or self._alt

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def _add_address(self, match: re.Match[str], line: int) -> None:
        address = match[0].rstrip(".,;:!?*_~")
        if address.endswith(")") and "(" not in address:
            address = address.rstrip(")")
        start = self._length + match.start()
        self._links.append(Link(address, address, line, start, start + len(address)))
