"""What is made from the settings, made anew when a running server takes others."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from digestbot.settings import Settings

Made = TypeVar("Made")
Current = Callable[[], Settings]
"""Returns the settings that count now."""


class Following(Generic[Made]):
    """Something made from the settings that count, kept for as long as they do; for any thread."""

    def __init__(self, settings: Current, make: Callable[[Settings], Made]) -> None:
        """Make it for the first time; raises what `make` does."""
        self._settings, self._make = settings, make
        self._by = settings()
        self._made = make(self._by)
        self._lock = Lock()

    def __call__(self) -> Made:
        """Return it; raises what `make` does with settings that are new."""
        with self._lock:
            now = self._settings()
            if now is not self._by:
                self._made, self._by = self._make(now), now
            return self._made
