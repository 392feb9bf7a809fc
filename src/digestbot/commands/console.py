"""The terminal: answers go to stdout, talk to stderr; colour and progress only where a person looks."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from digestbot.domain import Step
from digestbot.errors import ConfigError
from digestbot.ports import Progress

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f]")
_GAP = 2
_LEAST_WIDE = 24
_MOST_NARROW = 40
"""Columns of characters between a table's columns, for its wide one at least, and for any other at most."""


@dataclass(frozen=True)
class Terminal:
    """Where a command speaks."""

    out: Console
    talk: Console

    @property
    def width(self) -> int:
        """Columns for the answer; 100 at most, since longer lines are hard to read."""
        return min(self.out.width, 100)

    @property
    def colour(self) -> bool:
        """Whether the answer may be coloured."""
        return self.out.is_terminal and not self.out.no_color and not self.out.is_dumb_terminal

    def say(self, text: str) -> None:
        """Say something beside the answer."""
        self.talk.print(Text(plain(text)), soft_wrap=True)

    def write(self, text: str) -> None:
        """Write a part of the answer as it is."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], wide: str = "") -> None:
        """Write a table that fits the terminal, nothing where it has no rows; the column named `wide` wraps."""
        cells = [[plain(cell) for cell in row] for row in rows]
        if not cells:
            return
        table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
        widths = _widths(columns, cells, wide, self.width)
        for column in columns:
            if column == wide:
                table.add_column(column, overflow="fold")
            else:
                table.add_column(column, overflow="ellipsis", no_wrap=True, width=widths[column])
        for row in cells:
            table.add_row(*map(Text, row))
        with self.out.capture() as written:
            self.out.print(table)
        self.write("".join(f"{line.rstrip()}\n" for line in written.get().splitlines()))


def _widths(columns: Sequence[str], cells: Sequence[Sequence[str]], wide: str, width: int) -> dict[str, int]:
    """Return what each column but the wide one gets: what it needs, less where the wide one would be squeezed out."""
    needed = {
        column: min(_MOST_NARROW, max(cell_len(text) for text in (column, *(row[place] for row in cells))))
        for place, column in enumerate(columns)
        if column != wide
    }
    room = width - _GAP * (len(columns) - 1) - (_LEAST_WIDE if wide else 0)
    while needed and sum(needed.values()) > room and max(needed.values()) > 1:
        needed[max(needed, key=lambda column: needed[column])] -= 1
    return needed


def terminal() -> Terminal:
    """Return the terminal of this process; NO_COLOR (no-color.org) and pipes turn colour off."""
    plain_output = bool(os.environ.get("NO_COLOR"))
    return Terminal(
        Console(no_color=plain_output, highlight=False, emoji=False, width=None if sys.stdout.isatty() else 100),
        Console(stderr=True, no_color=plain_output, highlight=False, emoji=False),
    )


def plain(value: object) -> str:
    """Return a cell's text: nothing in it can steer the terminal."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:.2f}"
    return _CONTROL.sub("", str(value))


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, in the plural where it is not one; `plural` where that is more than an s."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def shown_cost(cost_usd: float | None) -> str:
    """Return a cost in words, to the hundredth of a cent; None is one that nobody knows."""
    return "cost unknown" if cost_usd is None else f"${cost_usd:.4f}"


def suspect_line(score: float, signs: Iterable[Sequence[str]]) -> str:
    """Return why a story's text is suspicious, in one line: what it does, each with its words."""
    seen = "; ".join(f"{name}: “{plain(span)}”" for name, span in signs)
    return f"suspicious text ({score:.1f}): {seen}"


def write_page(file: Path, page: str) -> None:
    """Write a page to a file; raises ConfigError where that cannot be."""
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{str(file)!r} cannot be written: {error.strerror}") from error


def write_json(value: object) -> None:
    """Write one JSON value on a line of its own to stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_as_json) + "\n")
    sys.stdout.flush()


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@contextmanager
def progress(where: Terminal) -> Iterator[Progress]:
    """Give a progress bar per step on stderr, or silence where nobody looks."""
    if not where.talk.is_terminal:
        yield silent
        return
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=where.talk, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(step: Step, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield show


def silent(step: Step, done: int, total: int) -> None:
    """Show no progress."""
