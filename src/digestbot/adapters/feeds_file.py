"""The data folder's feeds.yaml: read whole, changed by one process at a time, written in one step."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from digestbot.errors import StoreError
from digestbot.feeds.reading import decoded


class FeedsFile:
    """The feeds file of a data folder; where there is none, it begins as the shipped one."""

    def __init__(self, home: Path, shipped: str) -> None:
        """Look at `home`; `shipped` is the text that a new file begins with. Writes nothing."""
        self.path = home / "feeds.yaml"
        self._shipped = shipped

    def read(self) -> str:
        """Return its text, line ends and all; raises ConfigError."""
        return decoded(self.path) if self.path.exists() else self._shipped

    def change(self, rule: Callable[[str], str]) -> bool:
        """Put what `rule` makes of the text in its place, and tell whether that changed anything.

        What `rule` raises leaves the file as it is; raises StoreError where it cannot be written.
        """
        with self._alone():
            before = self.read()
            after = rule(before)
            if after != before:
                _replace(self.path.resolve(), after.encode())
            return after != before

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # The folder is locked, not the file: the file is another one after each change.
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, part)
        os.replace(part, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError(f"the feeds file {str(path)!r} cannot be written: {error.strerror}") from error
