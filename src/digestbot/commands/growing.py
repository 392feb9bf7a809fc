"""A text that grows on the terminal while a person looks; what it is in the end takes the place of what it was."""

from __future__ import annotations

import re

from rich.cells import cell_len

from digestbot.commands.console import Terminal

_STYLE = re.compile(r"\x1b\[[\d;]*m")


class Growing:
    """A text on the answer's terminal; where nobody watches it is written at its end alone."""

    def __init__(self, where: Terminal, watched: bool) -> None:
        """Take the terminal."""
        self.watched = watched
        self._where = where
        self._written = ""
        self._size = where.out.size

    def grow(self, text: str) -> None:
        """Write what is new of a text; one that goes on otherwise than it began waits for its end."""
        if self.watched and text.startswith(self._written):
            self._where.write(text.removeprefix(self._written))
            self._written = text

    def end(self, text: str) -> None:
        """Write the rest of the whole text; what was written is wiped away where the text goes on otherwise.

        What a terminal cannot take back stays, and the whole follows it.
        """
        if not text.startswith(self._written):
            self._wipe()
        self._where.write(text.removeprefix(self._written))
        self._written = text

    def _wipe(self) -> None:
        rows = sum(self._rows(line) for line in self._written.splitlines())
        self._written = ""
        if self._where.out.size == self._size and rows < self._size.height and not self._where.out.is_dumb_terminal:
            self._where.write(f"\x1b[{rows}F\x1b[J")  # up to the first of its rows, and clear from there (ECMA-48)
            return
        self._where.write("\n")
        self._where.say("The answer took another turn. This is the whole of it:")
        self._where.write("\n")

    def _rows(self, line: str) -> int:
        """Return how many rows a line takes: what is longer than the screen is wide goes on below.

        A wide character that finds one column left goes below, too.
        """
        rows = column = 1
        for cells in map(cell_len, _STYLE.sub("", line)):
            if column + cells - 1 > self._size.width:
                rows, column = rows + 1, 1
            column += cells
        return rows
