"""What is counted for charts."""

from __future__ import annotations

from dataclasses import dataclass

from digestbot.domain.filings import Dated
from digestbot.domain.kinds import FeedId, Medium


@dataclass(frozen=True)
class Counted(Dated):
    """A filed story as it is counted: its lead's feed and medium, and how long and in which language its text is."""

    feed: FeedId
    medium: Medium
    lang: str
    chars: int
