"""Which feeds are due, when one is asked next, and when no longer: rules on what the ledger remembers; pure.

One instant comes of everything that has a say, in this order: until when its host wants to be left alone; `every`, if
the operator set it; else half of the interval at which the feed publishes, but not before what was read is stale by its
headers or its own ttl, at most a day, and not in hours that it asks to skip. After a failure the wait doubles from try
to try.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from digestbot.domain import Feed, FeedId, FeedState, Fetched, Origin
from digestbot.errors import SourceError

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(days=1)
PATIENCE = timedelta(days=7)
PATIENCE_TRIES = 5
"""A feed is paused once it failed for so long and so often: a host that is down over a holiday comes back."""
_FIRST_RETRY = timedelta(minutes=15)
_JITTER = 0.1
"""The share of a wait by which it may be longer, so that feeds read together drift apart."""
_DATES = 10
"""How many of the newest entries tell how often a feed publishes: a median of few follows a change soon."""
_QUIETER = 1.1
_LIVELIER = 0.5
_LONGEST_INTERVAL = timedelta(days=90)


def is_due(state: FeedState, now: datetime) -> bool:
    """Tell whether a feed is to be asked now; a paused one never is, one that was never read always."""
    return not state.paused_why and (state.next_check_at is None or state.next_check_at <= now)


def due_feeds(feeds: Sequence[Feed], states: Mapping[FeedId, FeedState], now: datetime) -> tuple[Feed, ...]:
    """Return the feeds that are to be asked now, in their order; those of a host that is left alone are not."""
    closed = closed_hosts(feeds, states, now)
    known = [(feed, states.get(feed.id, FeedState())) for feed in feeds]
    return tuple(feed for feed, state in known if is_due(state, now) and host_of(address_of(feed, state)) not in closed)


def closed_hosts(feeds: Iterable[Feed], states: Mapping[FeedId, FeedState], now: datetime) -> dict[str, datetime]:
    """Return the hosts that want to be left alone, each with its end: what one feed was told holds for all."""
    closed: dict[str, datetime] = {}
    for feed in feeds:
        until = states.get(feed.id, FeedState()).closed_until
        if until is not None and until > now:
            host = host_of(address_of(feed, states.get(feed.id, FeedState())))
            closed[host] = max(until, closed.get(host, until))
    return closed


def host_of(url: str) -> str:
    """Return the host of an address with its port, as politeness counts hosts."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def address_of(feed: Feed, state: FeedState) -> str:
    """Return the address to ask: where the feed moved for good, else its own."""
    return state.moved_to or feed.url


def after_success(
    feed: Feed, state: FeedState, fetched: Fetched, new: int, begins_at: datetime, now: datetime
) -> FeedState:
    """Return what to remember after a good answer with `new` entries that the feed had not shown before.

    A 304 may leave its validators out (RFC 9110, section 15.4.5), and says nothing against those it was asked with.
    """
    origin, kept = fetched.origin, state if fetched.unchanged else FeedState()
    # The same instant again, as after a run that was killed, is no further visit.
    interval = state.interval if state.last_success_at == now else learned(state.interval, fetched, new, now)
    return replace(
        state,
        etag=origin.etag or kept.etag,
        last_modified=origin.last_modified or kept.last_modified,
        last_success_at=now,
        begins_at=begins_at,
        error_streak=0,
        reason="",
        failing_since=None,
        closed_until=None,
        interval=interval,
        moved_to=_moved(feed, state, origin),
        next_check_at=next_check(feed, interval, origin, now),
    )


def _moved(feed: Feed, state: FeedState, origin: Origin) -> str:
    """Return the address that is asked from now on, "" for the feed's own; it has just answered well."""
    if not origin.moved_to:
        return state.moved_to
    # From a secure address to one that is not is a mistake of the host, or somebody on the way.
    if address_of(feed, state).startswith("https:") and not origin.moved_to.startswith("https:"):
        return state.moved_to
    return "" if origin.moved_to == feed.url else origin.moved_to


def after_failure(feed: Feed, state: FeedState, error: SourceError, now: datetime) -> FeedState:
    """Return what to remember after a failure; a feed that is gone, or failed for days, is paused."""
    streak, since = state.error_streak + 1, state.failing_since or now
    wait = min(_FIRST_RETRY * 2 ** min(streak - 1, 20), LONGEST)
    closed = None if error.retry_after_s is None else now + timedelta(seconds=error.retry_after_s)
    failed = replace(
        state,
        error_streak=streak,
        reason=error.reason,
        failing_since=since,
        closed_until=closed,
        next_check_at=max(now + _jittered(wait, feed.id, now), closed or now),
    )
    if error.reason == "http-410":
        return replace(failed, paused_why="gone", paused_at=now, next_check_at=None)
    if now - since >= PATIENCE and streak >= PATIENCE_TRIES:
        return replace(failed, paused_why="failing", paused_at=now, next_check_at=None)
    return failed


def next_check(feed: Feed, interval: timedelta | None, origin: Origin, now: datetime) -> datetime:
    """Return when to ask again after a good answer."""
    if feed.every is not None:
        return now + feed.every
    wait = max((interval or LONGEST) / 2, origin.fresh_for or SHORTEST, origin.ttl or SHORTEST, SHORTEST)
    when = now + _jittered(min(wait, LONGEST), feed.id, now)
    return _outside(when, origin.skip_hours)


def _outside(when: datetime, skip_hours: frozenset[int]) -> datetime:
    """Return the instant, or the next hour after it that is not to be skipped, with the minutes as they were."""
    while when.hour in skip_hours:
        when += timedelta(hours=1)
    return when


def _jittered(wait: timedelta, feed: FeedId, now: datetime) -> timedelta:
    """Return a wait made longer by up to a tenth, which depends on the feed and the day and on nothing else."""
    digest = hashlib.sha256(f"{feed} {now:%Y-%m-%d}".encode()).digest()
    return wait * (1 + _JITTER * int.from_bytes(digest[:4]) / 2**32)


def learned(interval: timedelta | None, fetched: Fetched, new: int, now: datetime) -> timedelta | None:
    """Return how often a feed publishes: by the dates of its newest entries, or by how often it had something new.

    A feed that fell silent counts by its silence. None where nothing is known yet.
    """
    dates = sorted({at for item in fetched.items if (at := item.published_at) and at <= now}, reverse=True)[:_DATES]
    if len(dates) >= 3:
        gaps = sorted(later - earlier for later, earlier in pairwise(dates))
        found = max(gaps[len(gaps) // 2], now - dates[0])
    elif interval is None:
        return LONGEST if fetched.items else None
    else:
        found = interval * (_LIVELIER if new else _QUIETER)
    return min(max(found, SHORTEST), _LONGEST_INTERVAL)
