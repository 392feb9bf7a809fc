"""What somebody should look at, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

QUIET = timedelta(hours=1)
"""For so long after operators were told of an alert they hear nothing of its coming and going again."""


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
    told_at: datetime | None = None
    """When operators were last told that it, or an earlier one of the same key, was raised."""

    def is_news(self, now: datetime) -> bool:
        """Tell whether operators are to hear of it: that it stands, or that what they heard of is over.

        One that comes and goes is told once in an hour; one that goes on standing is told after it.
        """
        if self.told_at is None:
            return self.cleared_at is None
        is_told = self.told_at >= self.raised_at
        return is_told if self.cleared_at else not is_told and now - self.told_at >= QUIET
