"""Tells an operator's own prompts from the shipped ones: what was changed, and what the shipped one changed since.

A copy that `copy` makes keeps the shipped text it began from in a folder beside it, so that both changes can be told
apart later. Must not fill in or send a prompt.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from digestbot.chat.prompts import NAMES, parse, read
from digestbot.errors import ConfigError

BEGINNINGS = ".shipped"
"""The folder beside the operator's prompts that holds the shipped texts they began from."""


@dataclass(frozen=True)
class PromptFile:
    """A prompt's texts: the shipped one, the operator's own, and the shipped one from which the own was made."""

    name: str
    shipped: str
    own: str | None = None
    began_as: str | None = None

    @property
    def text(self) -> str:
        """The text that counts."""
        return self.shipped if self.own is None else self.own

    @property
    def moved_on(self) -> bool:
        """Whether the shipped prompt changed since the operator's was made; by version where nothing is kept."""
        if self.own is None or self.own == self.shipped:
            return False
        if self.began_as is not None:
            return self.began_as != self.shipped
        return _version(self.own, self.name) != _version(self.shipped, self.name)

    def changes(self) -> str:
        """Return as a unified diff what the operator's copy changes; "" when it changes nothing."""
        began = self.shipped if self.began_as is None else self.began_as
        return "" if self.own is None else _diff(began, self.own, f"shipped/{self.name}.md", f"yours/{self.name}.md")

    def news(self) -> str:
        """Return as a unified diff what the shipped prompt changed since; "" where that cannot be told."""
        if self.own is None or self.began_as is None:
            return ""
        return _diff(self.began_as, self.shipped, f"shipped-then/{self.name}.md", f"shipped-now/{self.name}.md")


def prompt_file(name: str, shipped: Traversable | Path, folder: Path) -> PromptFile:
    """Return a prompt's texts; raises ConfigError for a file that cannot be read or a name that is no prompt's."""
    if name not in NAMES:
        raise ConfigError(f"there is no prompt {name!r}: known are {', '.join(NAMES)}")
    return PromptFile(
        name,
        read(shipped / f"{name}.md"),
        _read_if_there(folder / f"{name}.md"),
        _read_if_there(folder / BEGINNINGS / f"{name}.md"),
    )


def problems(file: PromptFile, folder: Path) -> Iterator[str]:
    """Yield a line `path:line: problem` for each thing that would stop the program from asking with this prompt."""
    try:
        parse(file.text, file.name)
    except ConfigError as error:
        place = "the shipped " if file.own is None else f"{folder}/"
        yield from (f"{place}{line}" for line in str(error).splitlines())


def strangers(folder: Path) -> list[Path]:
    """Return the files in the operator's folder that no prompt is called after: nothing reads them."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name not in {f"{n}.md" for n in NAMES})


def copy(name: str, shipped: Traversable | Path, folder: Path, keep: bool = False) -> Path:
    """Put a copy of a shipped prompt where the operator's are, to be edited; return its path.

    With `keep` the operator's text stays and only begins anew from the shipped one of now. Raises ConfigError where a
    copy is there already and is not to be kept, or where there is none to keep.
    """
    file, own = prompt_file(name, shipped, folder), folder / f"{name}.md"
    if keep and file.own is None:
        raise ConfigError(f"there is no {own} to keep: copy the shipped one without --keep")
    if not keep and file.own is not None:
        raise ConfigError(f"{own} is there already: edit it, remove it to begin anew, or --keep its text")
    try:
        (folder / BEGINNINGS).mkdir(parents=True, exist_ok=True)
        if not keep:
            own.write_text(file.shipped, encoding="utf-8")
        (folder / BEGINNINGS / own.name).write_text(file.shipped, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{own} cannot be written: {error.strerror}; check the data folder") from error
    return own


def _read_if_there(path: Path) -> str | None:
    return read(path) if path.is_file() else None


def _version(text: str, name: str) -> str:
    try:
        return parse(text, name).version
    except ConfigError:
        return ""


def _diff(before: str, after: str, old: str, new: str) -> str:
    return "".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), old, new))
