"""What somebody should look at, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Alert:
    """Something that somebody should look at; `key` stays the same while it lasts, whatever numbers `says` has."""

    key: str
    says: str
    advice: str = ""

    @property
    def line(self) -> str:
        """What is so and what to do, in one line."""
        return f"{self.says}: {self.advice}" if self.advice else self.says


@dataclass(frozen=True)
class Raised:
    """An alert that was raised at an instant, and cleared at another one unless it still stands."""

    alert: Alert
    raised_at: datetime
    cleared_at: datetime | None = None
