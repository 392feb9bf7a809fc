"""The data folder's feeds.yaml: read whole, changed by one process at a time, written in one step."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from digestbot.errors import StoreError
from digestbot.feeds.reading import decoded
from digestbot.files import replace_file


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
                self._write(after)
            return after != before

    def _write(self, text: str) -> None:
        try:
            replace_file(self.path.resolve(), text.encode())
        except OSError as error:
            raise StoreError(f"the feeds file {str(self.path)!r} cannot be written: {error.strerror}") from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # The folder is locked, not the file: the file is another one after each change.
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)
