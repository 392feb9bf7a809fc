"""Where people put stories."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from digestbot.domain.filings import Verdict
from digestbot.domain.kinds import ItemId

REVIEWER = "reviewer"
"""Who decided a verdict that a person gave."""


@dataclass(frozen=True)
class Placing:
    """A person's word on where a story belongs; `section` is `none` where it belongs nowhere.

    It is kept with an item, so that it follows this item into whatever story it is told in. `former` says where the
    story stood before, and who had put it there.
    """

    item: ItemId
    roadmap: str
    section: str
    chapter: str
    by: str
    reason: str
    decided_at: datetime
    former: str = ""

    def on(self, verdict: Verdict) -> Verdict:
        """Return a verdict with the place that the person gave; what it says of relevance stays the model's."""
        return replace(
            verdict,
            section=self.section,
            chapter=self.chapter,
            confidence=1.0,
            reason=self.reason,
            model=REVIEWER,
            prompt="",
            needs_review="",
        )
