"""Lines of a document, kept with the line ends they came with.

Only "\\n", "\\r\\n" and "\\r" end a line (CommonMark 0.31, 2.1); form feeds and Unicode separators do not, so
`str.splitlines` must not be used on a roadmap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def split(text: str) -> list[str]:
    """Return the lines of a text with their line ends; joined they are the text again."""
    return _LINE.findall(text)


def bare(line: str) -> str:
    """Return a line without its line end."""
    return line.rstrip("\r\n")


def ending(line: str) -> str:
    """Return the line end of a line, "" for a last line that has none."""
    return line[len(bare(line)) :]


def newline_at(lines: Sequence[str], position: int) -> str:
    """Return the line end for lines put at a position: that of the nearest line before it, else behind it."""
    before = (ending(line) for line in reversed(lines[:position]))
    behind = (ending(line) for line in lines[position:])
    return next((end for ends in (before, behind) for end in ends if end), "\n")
