"""How it goes: one picture of everything, and what of it somebody should look at. Pure.

Everything is counted from the ledger, so that any process sees the same, whichever does the work.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from digestbot.domain import Counts, Feed, FeedId, FeedState, Subscription
from digestbot.subscriptions.cadence import standing

SPAN = timedelta(days=1)
"""How far back a status looks."""
_LATE = timedelta(hours=1)
_SILENT = timedelta(hours=26)
"""A day, and some time for what takes its time: from then on a bot that reads daily has missed a day."""
_LEAST_FREE_BYTES = 500 << 20
_NEARLY = 0.8

Health = Literal["good", "failing", "paused", "not read yet"]


@dataclass(frozen=True)
class FeedHealth:
    """How a feed is; `since` is when that began, `reason` why."""

    id: FeedId
    health: Health
    reason: str = ""
    since: datetime | None = None
    last_success_at: datetime | None = None
    next_check_at: datetime | None = None


@dataclass(frozen=True)
class Spent:
    """A budget: what it is for in words, and the share that is spent."""

    what: str
    share: float


@dataclass(frozen=True)
class Status:
    """The picture; `next_digest_at` is None where no subscription has a slot to come."""

    now: datetime
    counts: Counts
    feeds: tuple[FeedHealth, ...]
    subscriptions: int
    next_digest_at: datetime | None
    budgets: tuple[Spent, ...]
    tokens: int
    """Of chat models, since midnight UTC, as is the cost of the calls whose price is known."""
    cost_usd: float
    free_bytes: int
    index: str
    """Why the index cannot be used, "" when it can."""

    @property
    def last_success_at(self) -> datetime | None:
        """When any feed was last read well."""
        return max((feed.last_success_at for feed in self.feeds if feed.last_success_at), default=None)

    @property
    def next_check_at(self) -> datetime | None:
        """When the next feed is due."""
        return min((feed.next_check_at for feed in self.feeds if feed.next_check_at), default=None)


def feed_healths(feeds: Sequence[Feed], states: Mapping[FeedId, FeedState]) -> tuple[FeedHealth, ...]:
    """Return how each feed is, in the order of the feeds file."""
    return tuple(_health(feed.id, states.get(feed.id, FeedState())) for feed in feeds)


def _health(id: FeedId, state: FeedState) -> FeedHealth:
    if state.paused_why:
        return FeedHealth(id, "paused", state.reason or state.paused_why, state.paused_at, state.last_success_at)
    if state.error_streak:
        return FeedHealth(id, "failing", state.reason, state.failing_since, state.last_success_at, state.next_check_at)
    health: Health = "good" if state.last_success_at else "not read yet"
    return FeedHealth(id, health, "", None, state.last_success_at, state.next_check_at)


def next_digest(
    subscriptions: Sequence[Subscription], handled: Mapping[str, datetime], now: datetime
) -> datetime | None:
    """Return when the next subscription is due, `now` where one is; those that come at once have no slot."""
    found = []
    for one in subscriptions:
        if one.cadence.kind == "instant":
            continue
        due = standing(one, handled.get(one.id), now)
        if due.due or due.until:
            found.append(now if due.due else due.until or now)
    return min(found, default=None)


def alerts(status: Status) -> list[str]:
    """Return what somebody should look at, the most pressing first; each says what is so and what to do."""
    return [*_reading(status), *_sending(status), *_having(status), *_spending(status)]


def _reading(status: Status) -> list[str]:
    found, last = [], status.last_success_at
    read = [feed for feed in status.feeds if feed.health in ("good", "failing")]
    failing = [feed for feed in read if feed.health == "failing"]
    if read and (last is None or status.now - last > _SILENT):
        since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "ever"
        found.append(f"no feed was read well {since}: is 'digestbot serve' running?")
    elif len(read) > 1 and 2 * len(failing) > len(read):
        found.append(f"{len(failing)} of {len(read)} feeds fail: see 'digestbot feeds list'")
    return found


def _sending(status: Status) -> list[str]:
    queue, found = status.counts.queue, []
    for count, words in ((queue.get("dead", 0), "given up"), (queue.get("in_doubt", 0), "in doubt")):
        if count:
            verb = "delivery is" if count == 1 else "deliveries are"
            found.append(f"{count} {verb} {words}: see 'digestbot outbox list'")
    since = status.counts.waiting_since
    if since and status.now - since > _LATE:
        found.append(f"a delivery has been due since {since:%Y-%m-%d %H:%M} UTC: see 'digestbot outbox list'")
    return found


def _spending(status: Status) -> list[str]:
    nearly = [budget for budget in status.budgets if budget.share >= _NEARLY]
    return [f"{budget.share:.0%} of {budget.what} is spent: see 'digestbot costs'" for budget in nearly]


def _having(status: Status) -> list[str]:
    found = []
    if status.free_bytes < _LEAST_FREE_BYTES:
        found.append(f"only {status.free_bytes >> 20} MB are free in the data folder: make room")
    if status.index:
        found.append(f"the index cannot be used ({status.index}): see 'digestbot doctor'")
    return found


def unready(status: Status) -> list[str]:
    """Return why the bot cannot do its work now, nothing when it can; feeds that were never read are no reason yet."""
    found = _having(status)
    last = status.last_success_at
    if last and status.now - last > _SILENT:
        found.append(f"no feed was read well since {last:%Y-%m-%d %H:%M} UTC")
    return found


def lag_s(status: Status) -> float:
    """Return by how many seconds the work that is due the longest is late; 0 where nothing is."""
    due = [at for at in (status.next_check_at, status.next_digest_at, status.counts.waiting_since) if at]
    return max(((status.now - at).total_seconds() for at in due if at < status.now), default=0.0)


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that so large a share of the values does not exceed."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]
