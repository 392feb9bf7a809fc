"""Reads, installs and replaces the files of roadmaps."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Protocol

from digestbot.adapters.roadmap_git.folders import SUFFIXES, read_folder
from digestbot.adapters.roadmap_git.git import IDENTITY, git
from digestbot.errors import ConfigError, StoreError
from digestbot.files import replace_file
from digestbot.roadmap import Roadmap, join_files, parse
from digestbot.shipped import shipped


class Memory(Protocol):
    """What remembers the places of roadmaps."""

    def recall(self, roadmap: Roadmap) -> Roadmap: ...


class RoadmapFiles:
    """Reads and changes one roadmap: a Markdown file or a folder of them by path, or the data folder's by name."""

    def __init__(self, home: Path, setting: str, memory: Memory | None = None) -> None:
        """Take a roadmap as DIGESTBOT_ROADMAP names it; nothing is read or made yet.

        With a memory, `read` gives sections and chapters the ids that they had before people changed their headings.
        """
        self._home, self._setting, self._memory = home, setting, memory

    @property
    def path(self) -> Path:
        """Where the roadmap is, or will be when `install` puts it there: a file, or the folder of its files."""
        if self._setting.endswith(SUFFIXES) or "/" in self._setting:
            return Path(self._setting).expanduser()
        folder = self._home / "roadmaps" / self._setting
        return folder if folder.is_dir() else folder.with_name(f"{self._setting}.md")

    @property
    def name(self) -> str:
        """The roadmap's name: that of its file without the ending, or of its folder."""
        path = self.path
        return path.stem if path.name.endswith(SUFFIXES) else path.resolve().name

    def read(self) -> Roadmap:
        """Return the roadmap; the shipped one while the data folder has none of its name."""
        roadmap = parse(self._text(), self.name)
        return self._memory.recall(roadmap) if self._memory else roadmap

    def _text(self) -> str:
        path = self.path
        try:
            if path.is_dir():
                return join_files({own: _decoded(content, path / own) for own, content in read_folder(path).items()})
            source = path if path.is_file() else shipped("roadmaps", path.name)
            return _decoded(source.read_bytes(), path)
        except (OSError, KeyError) as error:
            raise ConfigError(
                f"there is no roadmap {self._setting!r}: name one of 'digestbot roadmap list', or by its path a "
                "Markdown file or a folder of them; DIGESTBOT_ROADMAP and DIGESTBOT_MORE_ROADMAPS name those in use"
            ) from error

    def install(self) -> list[Path]:
        """Put the shipped roadmaps into the data folder where they are missing; return those that are new."""
        folder = self._home / "roadmaps"
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{name}.md" for name in names()]
        new = [path for path in paths if not path.exists()]
        for path in new:
            _replace(path, shipped("roadmaps", path.name).read_bytes())
        if shutil.which("git"):
            _remember(folder, [path.name for path in paths])
        return new


def _decoded(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"the roadmap {str(path)!r} is not UTF-8: byte {error.start}; 'digestbot roadmap import' makes it so"
        ) from error


def names() -> list[str]:
    """Return the names of the shipped roadmaps."""
    files = (entry.name for entry in shipped("roadmaps").iterdir())
    return sorted(name.removesuffix(".md") for name in files if name.endswith(".md") and name != "SOURCES.md")


def _remember(folder: Path, files: list[str]) -> None:
    """Commit those of the shipped roadmaps that no commit holds yet, in a repository made for them if there is none.

    The repository is made aside and comes into its place with its first commit: half a one would never be mended.
    """
    aside = folder / ".new"
    shutil.rmtree(aside, ignore_errors=True)
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main", aside.name)
        _add(folder, files, f"--git-dir={aside.name}/.git", "--work-tree=.")
        os.rename(aside / ".git", folder / ".git")
        aside.rmdir()
        return
    states = (line.split(maxsplit=1) for line in git(folder, "status", "--porcelain", "--", *files).splitlines())
    missing = [name for state, name in states if state in ("??", "A", "AM")]
    if missing:
        _add(folder, missing)


def _add(folder: Path, files: list[str], *place: str) -> None:
    git(folder, *place, "add", "--", *files)
    git(folder, *place, *IDENTITY, "commit", "--quiet", "--message", "Add the shipped roadmaps", "--", *files)


def _replace(path: Path, content: bytes) -> None:
    try:
        replace_file(path, content)
    except OSError as error:
        raise StoreError(f"the roadmap {str(path)!r} cannot be written: {error.strerror}") from error
