"""Replaces files in one step, so that neither a reader nor a crash ever sees half of one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` in a file's place, on disk before the name changes hands; its mode stays. Raises OSError."""
    # Always the same name: what a killed process left half written is written over by the next.
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, part)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
