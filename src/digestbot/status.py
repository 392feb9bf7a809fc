"""How it goes: one picture of everything, and what of it somebody should look at. Pure.

Everything is counted from the ledger, so that any process sees the same, whichever does the work.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from digestbot.domain import Alert, Counts, Feed, FeedId, FeedState, Role, Subscription
from digestbot.subscriptions.cadence import standing

SPAN = timedelta(days=1)
"""How far back a status looks."""
_LATE = timedelta(hours=1)
_SILENT = timedelta(hours=26)
"""A day, and some time for what takes its time: from then on a bot that reads daily has missed a day."""
_LEAST_FREE_BYTES = 500 << 20
_NEARLY = 0.8
_FAILING = timedelta(days=3)
"""So long a feed may fail before somebody is told: most come back by themselves."""

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
    given_up: bool = False
    """Whether it is paused since it failed for too long, not because a person said so."""


@dataclass(frozen=True)
class Spent:
    """A budget: what it is for in words, and the share that is spent."""

    what: str
    share: float


@dataclass(frozen=True)
class Process:
    """A process that lives on the ledger: what it does, its name, and whether it is the one that schedules."""

    role: Role
    name: str
    leads: bool = False


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
    suggested: int = 0
    """Addresses that people handed in and nobody has read yet."""
    processes: tuple[Process, ...] = ()
    noticed: tuple[Alert, ...] = ()
    """What whoever does the work has noticed, and cannot be seen from here."""

    @property
    def last_success_at(self) -> datetime | None:
        """When any feed was last read well; None where none was."""
        return max((feed.last_success_at for feed in self.feeds if feed.last_success_at), default=None)

    @property
    def next_check_at(self) -> datetime | None:
        """When the next feed is due; None where none is to be asked."""
        return min((feed.next_check_at for feed in self.feeds if feed.next_check_at), default=None)


def feed_healths(feeds: Sequence[Feed], states: Mapping[FeedId, FeedState]) -> tuple[FeedHealth, ...]:
    """Return how each feed is, in the order of the feeds file."""
    return tuple(_health(feed.id, states.get(feed.id, FeedState())) for feed in feeds)


def _health(id: FeedId, state: FeedState) -> FeedHealth:
    if state.paused_why:
        since, given_up = state.failing_since or state.paused_at, state.paused_why != "by hand"
        reason = state.reason or state.paused_why
        return FeedHealth(id, "paused", reason, since, state.last_success_at, given_up=given_up)
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


def alerts(status: Status) -> list[Alert]:
    """Return what somebody should look at, the most pressing first; each says what is so and what to do."""
    return [*status.noticed, *_reading(status), *_sending(status), *_having(status), *_spending(status)]


def _reading(status: Status) -> list[Alert]:
    found, last = [], status.last_success_at
    read = [feed for feed in status.feeds if feed.health in ("good", "failing")]
    failing = [feed for feed in read if feed.health == "failing"]
    if read and (last is None or status.now - last > _SILENT):
        since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "ever"
        found.append(Alert("silent", f"no feed was read well {since}", "is 'digestbot serve' running?"))
    elif len(read) > 1 and 2 * len(failing) > len(read):
        found.append(Alert("feeds", f"{len(failing)} of {len(read)} feeds fail", "see 'digestbot feeds list'"))
    return [*found, *(_long_failing(feed, status.now) for feed in status.feeds if _fails_for_long(feed, status.now))]


def _fails_for_long(feed: FeedHealth, now: datetime) -> bool:
    given_up = feed.health == "paused" and feed.given_up
    return given_up or (feed.health == "failing" and feed.since is not None and now - feed.since >= _FAILING)


def _long_failing(feed: FeedHealth, now: datetime) -> Alert:
    since = f"since {feed.since:%Y-%m-%d}" if feed.since else "for long"
    advice = "see if its address still works, then 'digestbot feeds resume' or 'digestbot feeds remove'"
    verb = "was given up, failing" if feed.given_up else "fails"
    return Alert(f"feed:{feed.id}", f"feed {feed.id} {verb} {since} ({feed.reason})", advice)


def _sending(status: Status) -> list[Alert]:
    queue, found = status.counts.queue, []
    look = "see 'digestbot outbox list'"
    for key, count, words in (
        ("dead", queue.get("dead", 0), "given up"),
        ("in doubt", queue.get("in_doubt", 0), "in doubt"),
    ):
        if count:
            verb = "delivery is" if count == 1 else "deliveries are"
            found.append(Alert(key, f"{count} {verb} {words}", look))
    since = status.counts.waiting_since
    if since and status.now - since > _LATE:
        found.append(Alert("stuck", f"a delivery has been due since {since:%Y-%m-%d %H:%M} UTC", look))
    return found


def _spending(status: Status) -> list[Alert]:
    nearly = [budget for budget in status.budgets if budget.share >= _NEARLY]
    look = "see 'digestbot costs'"
    return [Alert(f"budget:{one.what}", f"{one.share:.0%} of {one.what} is spent", look) for one in nearly]


def _having(status: Status) -> list[Alert]:
    found = []
    if status.free_bytes < _LEAST_FREE_BYTES:
        found.append(Alert("disk", f"only {status.free_bytes >> 20} MB are free in the data folder", "make room"))
    if status.index:
        found.append(Alert("index", f"the index cannot be used ({status.index})", "see 'digestbot doctor'"))
    return found


def unready(status: Status) -> list[str]:
    """Return why the bot cannot do its work now, nothing when it can; feeds that were never read are no reason yet."""
    found = [one.line for one in _having(status)]
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
