"""A text that grows on a terminal: what a screen shows of it at its end."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from digestbot.commands.console import Terminal
from digestbot.commands.growing import Growing

WIPE = "\x1b[3F\x1b[J"


def terminal(height: int = 24, term: str = "xterm", width: int = 10) -> Terminal:
    """Return a terminal of ten columns."""
    env = {"TERM": term}
    out = Console(file=StringIO(), force_terminal=True, width=width, height=height, _environ=env)
    return Terminal(out, Console(file=StringIO()))


def test_a_text_is_written_as_it_grows(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of it twice, and nothing of it again at its end."""
    text = Growing(terminal(), watched=True)

    text.grow("one\n")
    text.grow("one\ntwo\n")
    before = capsys.readouterr().out
    text.end("one\ntwo\nthree\n")

    assert (before, capsys.readouterr().out) == ("one\ntwo\n", "three\n")


def test_where_nobody_watches_it_comes_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """A file or a pipe holds the whole text, and no trace of how it came to be."""
    text = Growing(terminal(), watched=False)

    text.grow("another\n")
    text.end("one\ntwo\n")

    assert capsys.readouterr().out == "one\ntwo\n"


def test_what_turns_out_otherwise_is_wiped_away(capsys: pytest.CaptureFixture[str]) -> None:
    """Every row of it, also where a line went on in a second row; what has no place at the end waits for it."""
    text = Growing(terminal(), watched=True)

    text.grow("\x1b[1mone\x1b[0m\n一二三四五六\n")
    text.grow("two\none\n")
    text.end("two\none\nthree\n")

    assert capsys.readouterr().out == f"\x1b[1mone\x1b[0m\n一二三四五六\n{WIPE}two\none\nthree\n"


def test_a_wide_character_does_not_fit_one_column(capsys: pytest.CaptureFixture[str]) -> None:
    """On a screen of odd width a row of Chinese ends a column early: eleven characters take three rows of nine."""
    text = Growing(terminal(width=9), watched=True)

    text.grow("一二三四五六七八九十一\n")
    text.end("two\n")

    assert capsys.readouterr().out.endswith(f"{WIPE}two\n")


@pytest.mark.parametrize(("term", "coloured"), [("xterm", True), ("dumb", False)])
def test_a_dumb_terminal_is_sent_no_colour(term: str, coloured: bool) -> None:
    """It would print the sequences as they are."""
    assert terminal(term=term).colour == coloured


@pytest.mark.parametrize(("height", "term"), [(3, "xterm"), (24, "dumb")], ids=["rolled away", "dumb"])
def test_what_cannot_be_wiped_away_is_followed_by_the_whole(
    height: int, term: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The screen says that this is the whole; nothing is sent that a terminal could not read."""
    where = terminal(height, term)
    text = Growing(where, watched=True)

    text.grow("one\ntwo\nthree\n")
    text.end("four\n")

    assert capsys.readouterr().out == "one\ntwo\nthree\n\n\nfour\n"
    assert "the whole" in where.talk.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
