"""What the ledger counts of itself, for whoever watches over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digestbot.domain.kinds import DeliveryState, Outcome


@dataclass(frozen=True)
class Counts:
    """What happened from an instant on, and what there is in all.

    `delays_s` are the seconds from a digest's making to its sending, one for each delivery that was sent since;
    `waiting_since` is when the delivery was due that waits the longest, None where none is late.
    """

    since: datetime
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    outcomes_ever: Mapping[Outcome, int] = field(default_factory=dict)
    under_way: int = 0
    digests: int = 0
    queue: Mapping[DeliveryState, int] = field(default_factory=dict)
    waiting_since: datetime | None = None
    delays_s: tuple[float, ...] = ()
    stories: int = 0
    documents: int = 0
    open_proposals: int = 0
    last_run_at: datetime | None = None
    last_run_s: float = 0.0
