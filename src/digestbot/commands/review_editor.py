"""Lets a reviewer edit a proposal: its diff in an editor, or its new lines in a file made beforehand."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from digestbot.errors import ConfigError, ReviewError

_BORDER = "%%%%%%%% next place %%%%%%%%"
_MAX_CHARS = 100_000


def edited_text(before: str, file: Path | None) -> str:
    """Return what a file has, or what an editor ($VISUAL, $EDITOR) made of a proposal's diff once it is closed.

    Raises ReviewError where nothing was changed.
    """
    after = _read(file) if file else _asked(before)
    if after == before:
        raise _unedited()
    return after


def edited_lines(places: Sequence[Sequence[str]], text: str) -> list[list[str]]:
    """Return the new lines of each place as a text has them; several places are parted by a line of `%`.

    Raises ReviewError where they are those that were proposed.
    """
    if text == _joined(places):
        raise _unedited()
    return [part.splitlines() for part in re.split(rf"^{re.escape(_BORDER)}\n", text, flags=re.MULTILINE)]


def _unedited() -> ReviewError:
    return ReviewError("nothing was edited, so that nothing is decided: accept it as it is, or edit it again")


def _joined(places: Sequence[Sequence[str]]) -> str:
    return f"{_BORDER}\n".join("".join(f"{line}\n" for line in lines) for lines in places)


def _read(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the lines {str(file)!r} cannot be read: {error}") from error
    if len(text) > _MAX_CHARS:
        raise ConfigError(f"the lines {str(file)!r} are longer than {_MAX_CHARS} characters")
    return text


def _asked(text: str) -> str:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise ConfigError("set EDITOR to the program that you edit with, or give --merit TEXT or --lines FILE")
    with tempfile.TemporaryDirectory(prefix="digestbot-") as folder:
        file = Path(folder) / "proposal.diff"
        file.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(file)], check=False)
        except (OSError, ValueError) as error:
            raise ConfigError(f"the editor {editor!r} cannot be run: {error}") from error
        if done.returncode:
            raise ReviewError(f"the editor {editor!r} ended with status {done.returncode}: nothing is decided")
        return _read(file)
