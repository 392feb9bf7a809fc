"""Reads, installs and replaces the files of roadmaps."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Protocol

from digestbot.adapters.roadmap_git.folders import SUFFIXES, read_folder
from digestbot.errors import ConfigError, ReviewError, StoreError
from digestbot.files import replace_file
from digestbot.roadmap import Roadmap, join_files, parse, part_files
from digestbot.shipped import shipped

_IDENTITY = ("-c", "user.name=digestbot", "-c", "user.email=digestbot@localhost")


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
            known = ", ".join(names())
            raise ConfigError(
                f"there is no roadmap {self._setting!r}: set DIGESTBOT_ROADMAP to a Markdown file, to a folder of them "
                f"or to one of {known}"
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

    def write(self, roadmap: Roadmap, base: str, message: str) -> str:
        """Replace the file by a changed roadmap, in one step, and commit it in the data folder's repository.

        `base` is the version that was changed: a file that moved on since is left alone with a ReviewError. Returns the
        commit, or "" where there is no repository of ours.
        """
        if self.path.exists() and self.read().version != base:
            raise ReviewError(f"the roadmap {str(self.path)!r} was changed in the meantime: try again")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        texts = part_files(roadmap.text) if self.path.is_dir() else {"": roadmap.text}
        for path, text in texts.items():
            _replace(self.path / path if path else self.path, text.encode("utf-8"))
        folder = self._home / "roadmaps"
        if self.path.parent != folder or not (folder / ".git").exists():
            return ""
        _git(folder, "add", "--", self.path.name)
        _git(folder, *_IDENTITY, "commit", "--quiet", "--message", message, "--", self.path.name)
        return _git(folder, "rev-parse", "--short", "HEAD").strip()


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
        _git(folder, "init", "--quiet", "--initial-branch=main", aside.name)
        _add(folder, files, f"--git-dir={aside.name}/.git", "--work-tree=.")
        os.rename(aside / ".git", folder / ".git")
        aside.rmdir()
        return
    states = (line.split(maxsplit=1) for line in _git(folder, "status", "--porcelain", "--", *files).splitlines())
    missing = [name for state, name in states if state in ("??", "A", "AM")]
    if missing:
        _add(folder, missing)


def _add(folder: Path, files: list[str], *place: str) -> None:
    _git(folder, *place, "add", "--", *files)
    _git(folder, *place, *_IDENTITY, "commit", "--quiet", "--message", "Add the shipped roadmaps", "--", *files)


def _replace(path: Path, content: bytes) -> None:
    try:
        replace_file(path, content)
    except OSError as error:
        raise StoreError(f"the roadmap {str(path)!r} cannot be written: {error.strerror}") from error


def _git(folder: Path, *words: str) -> str:
    # A caller's GIT_DIR (set in hooks) would name another repository, and nobody is there to sign.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(folder), "-c", "commit.gpgSign=false", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise StoreError(f"git {words[-1]!r} failed in {str(folder)!r}: {done.stderr.strip()}")
    return done.stdout
