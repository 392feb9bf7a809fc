"""Reads the Markdown files of a folder that is a roadmap."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from digestbot.errors import ConfigError

SUFFIXES = (".md", ".markdown")
_MAX_FILES = 2_000
_MAX_BYTES = 20_000_000
_MAX_DEPTH = 8
_PASSED_OVER = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the Markdown files of a folder and those inside it, by their path in it; never one outside of it.

    Hidden files and folders, and links to elsewhere, are passed over. Raises ConfigError when there are none, or more
    than 2,000 or than 20 MB of them.
    """
    found, size = dict[str, bytes](), 0
    for path in _markdown_files(folder):
        found[path.relative_to(folder).as_posix()] = content = path.read_bytes()
        size += len(content)
        if len(found) > _MAX_FILES or size > _MAX_BYTES:
            raise ConfigError(f"the folder {str(folder)!r} holds too much Markdown for a roadmap: name a smaller one")
    if not found:
        raise ConfigError(f"the folder {str(folder)!r} holds no Markdown file (.md): name another")
    return found


def _markdown_files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        here = Path(place)
        inner = [name for name in sorted(folders) if not name.startswith(".") and name not in _PASSED_OVER]
        folders[:] = inner if len(here.relative_to(folder).parts) < _MAX_DEPTH else []
        for name in sorted(names):
            path = here / name
            if (
                name.lower().endswith(SUFFIXES)
                and not name.startswith(".")
                and path.is_file()
                and not path.is_symlink()
            ):
                yield path
