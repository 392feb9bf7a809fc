"""The clock that a process which lives on goes by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from digestbot.settings import Settings


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """Return what tells the present in aware UTC: always the same instant where DIGESTBOT_NOW sets one."""
    return lambda: settings.now or datetime.now(UTC)
