"""The roadmaps of the data folder: which there are, and putting in one from elsewhere."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from digestbot.adapters.roadmap_git.files import RoadmapFiles, names
from digestbot.adapters.roadmap_git.folders import SUFFIXES
from digestbot.adapters.roadmap_git.git import IDENTITY, git
from digestbot.errors import ConfigError, StoreError
from digestbot.files import replace_file

_NAME = re.compile(r"\w[\w.-]{0,63}")


@dataclass(frozen=True)
class OnShelf:
    """A roadmap that the data folder has, or that ships; `path` is where it is, or will be."""

    name: str
    path: Path


def shelved(home: Path) -> tuple[OnShelf, ...]:
    """Return the roadmaps of the data folder and those that ship, by name."""
    folder = home / "roadmaps"
    entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")] if folder.is_dir() else []
    own = {entry.stem for entry in entries if entry.name.endswith(SUFFIXES)}
    own |= {entry.name for entry in entries if entry.is_dir() and any(map(_is_markdown, entry.rglob("*")))}
    shipped = frozenset(names())
    return tuple(OnShelf(name, RoadmapFiles(home, name).path) for name in sorted(own | shipped))


def put(home: Path, name: str, files: Mapping[str, str], source: str, *, replace: bool = False) -> Path:
    """Put a roadmap into the data folder: one file under the path "", or several by their paths; return where it is.

    What stood under the name before is kept in the folder's history, where git is there. Raises ConfigError for a name
    that cannot be one, or that is taken unless it is to be replaced.
    """
    if not _NAME.fullmatch(name) or name.endswith(SUFFIXES) or name == "SOURCES":
        raise ConfigError(f"{name!r} cannot be a roadmap's name: use letters, digits, '.', '_' and '-', without '.md'")
    shelf = RoadmapFiles(home, name)
    shelf.install()
    if shelf.path.exists() and not replace:
        raise ConfigError(f"there is a roadmap {name!r} already: choose another --name, or say --replace")
    folder = home / "roadmaps"
    _commit(folder, shelf.path, f"Keep {name} as it was")
    target = folder / (f"{name}.md" if "" in files else name)
    try:
        _write(target, files)
        if shelf.path != target:
            _remove(folder / (name if "" in files else f"{name}.md"))
    except OSError as error:
        raise StoreError(f"the roadmap {str(target)!r} cannot be written: {error.strerror}") from error
    _commit(folder, target, f"Import {name}\n\nFrom {source}", folder / name, folder / f"{name}.md")
    return target


def _write(target: Path, files: Mapping[str, str]) -> None:
    if "" in files:
        replace_file(target, files[""].encode("utf-8"))
        return
    new, old = (target.with_name(f".{target.name}.{age}") for age in ("new", "old"))
    for aside in (new, old):
        _remove(aside)
    for path, text in files.items():
        (new / path).parent.mkdir(parents=True, exist_ok=True)
        (new / path).write_bytes(text.encode("utf-8"))
    if target.exists():
        os.rename(target, old)
    os.rename(new, target)
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _commit(folder: Path, path: Path, message: str, *more: Path) -> None:
    """Commit what stands under some paths, gone or there, if that changes anything."""
    if not (folder / ".git").exists() or not shutil.which("git"):
        return
    paths = [one.relative_to(folder).as_posix() for one in dict.fromkeys((path, *more))]
    known = [one for one in paths if (folder / one).exists() or git(folder, "ls-files", "--", one)]
    if known and git(folder, "status", "--porcelain", "--", *known):
        git(folder, "add", "--all", "--", *known)
        git(folder, *IDENTITY, "commit", "--quiet", "--message", message, "--", *known)


def _is_markdown(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES) and path.is_file()
