"""What is due, when a feed is asked next, and when no longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from fakes import NOW, feed, item

from digestbot.domain import Feed, FeedState, Fetched, Origin
from digestbot.errors import SourceError
from digestbot.schedule import (
    LONGEST,
    SHORTEST,
    after_failure,
    after_success,
    closed_hosts,
    due_feeds,
    learned,
    next_check,
)

BLOG = feed("blog")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
READ = FeedState("e", "m", NOW - DAY, begins_at=NOW - DAY, interval=DAY)


def posts(*ages: timedelta) -> Fetched:
    """Return a reading with a post of each age."""
    return Fetched(tuple(item(str(n), published_at=NOW - age) for n, age in enumerate(ages)))


def failed(reason: str = "timeout", retry_after_s: float | None = None) -> SourceError:
    """Return a failure."""
    return SourceError("no", reason=reason, retry_after_s=retry_after_s)


@pytest.mark.parametrize(
    ("interval", "origin", "least"),
    [
        (None, Origin(), LONGEST / 2),
        (4 * HOUR, Origin(), 2 * HOUR),
        (timedelta(minutes=1), Origin(), SHORTEST),
        (30 * DAY, Origin(), LONGEST),
        (HOUR, Origin(fresh_for=3 * HOUR), 3 * HOUR),
        (HOUR, Origin(ttl=5 * HOUR), 5 * HOUR),
        (HOUR, Origin(fresh_for=3 * HOUR, ttl=2 * HOUR), 3 * HOUR),
        (HOUR, Origin(fresh_for=30 * DAY), LONGEST),
        (8 * HOUR, Origin(fresh_for=HOUR), 4 * HOUR),
    ],
)
def test_everything_that_has_a_say_makes_one_instant(
    interval: timedelta | None, origin: Origin, least: timedelta
) -> None:
    """Half the interval, never before what was read is stale, at most a day; up to a tenth later by the feed's name."""
    wait = next_check(BLOG, interval, origin, NOW) - NOW

    assert least <= wait <= least * 1.1


def test_the_operator_s_interval_holds() -> None:
    """`every` is exact, whatever the feed says of itself."""
    weekly = replace(BLOG, every=7 * DAY)

    when = next_check(weekly, HOUR, Origin(fresh_for=HOUR, skip_hours=frozenset({NOW.hour})), NOW)

    assert when == NOW + 7 * DAY


def test_hours_that_a_feed_asks_to_skip_are_skipped() -> None:
    """The check moves to the next hour that is not to be skipped."""
    first = next_check(BLOG, 2 * HOUR, Origin(), NOW)

    moved = next_check(BLOG, 2 * HOUR, Origin(skip_hours=frozenset({first.hour, first.hour + 1})), NOW)

    assert moved == first + 2 * HOUR


def test_feeds_read_together_drift_apart() -> None:
    """A hundred feeds of one interval are not asked in one moment again, and each always at the same."""
    feeds = [feed(f"feed-{n}") for n in range(100)]

    whens = [next_check(one, DAY, Origin(), NOW) for one in feeds]

    assert len(set(whens)) == 100
    assert whens == [next_check(one, DAY, Origin(), NOW) for one in feeds]


@pytest.mark.parametrize(
    ("interval", "fetched", "new", "expected"),
    [
        (None, posts(HOUR, 5 * HOUR, 9 * HOUR), 3, 4 * HOUR),
        (None, posts(HOUR, 2 * HOUR, 20 * HOUR, 21 * HOUR), 4, HOUR),
        (HOUR, posts(10 * DAY, 11 * DAY, 12 * DAY), 0, 10 * DAY),
        (None, posts(HOUR, HOUR, HOUR), 3, LONGEST),
        (None, posts(-HOUR, -2 * HOUR, -3 * HOUR), 3, LONGEST),
        (None, posts(timedelta(0), timedelta(seconds=1), timedelta(seconds=2)), 3, SHORTEST),
        (None, posts(), 0, None),
        (8 * HOUR, posts(), 2, 4 * HOUR),
        (10 * HOUR, Fetched((), unchanged=True), 0, 11 * HOUR),
        (90 * DAY, Fetched((), unchanged=True), 0, 90 * DAY),
    ],
)
def test_how_often_a_feed_publishes_is_learned(
    interval: timedelta | None, fetched: Fetched, new: int, expected: timedelta | None
) -> None:
    """By the median gap of its dates or its present silence; without dates by whether it had something new."""
    assert learned(interval, fetched, new, NOW) == expected


def test_a_good_answer_ends_a_streak_and_keeps_what_it_does_not_say() -> None:
    """A 304 may leave validators out, a 200 without them has none; failures, and why a host was closed, are over."""
    before = replace(READ, error_streak=3, reason="dns", failing_since=NOW - DAY, closed_until=NOW)

    unchanged = after_success(BLOG, before, Fetched((), unchanged=True), 0, NOW - DAY, NOW)
    changed = after_success(BLOG, before, posts(), 0, NOW - DAY, NOW)

    assert (unchanged.etag, unchanged.last_modified, changed.etag, changed.last_modified) == ("e", "m", "", "")
    assert (unchanged.error_streak, unchanged.reason, unchanged.failing_since, unchanged.closed_until) == (
        0, "", None, None,
    )  # fmt: skip
    assert unchanged.last_success_at == NOW


def test_the_same_instant_again_teaches_nothing() -> None:
    """A reading that is repeated after a kill leaves the state that it would have left the first time."""
    once = after_success(BLOG, READ, posts(), 2, NOW - DAY, NOW)

    assert after_success(BLOG, once, posts(), 0, NOW - DAY, NOW) == once


@pytest.mark.parametrize(
    ("own", "known", "told", "expected"),
    [
        ("http://a.example/f", "", "https://a.example/f", "https://a.example/f"),
        ("https://a.example/f", "", "https://b.example/f", "https://b.example/f"),
        ("https://a.example/f", "", "http://a.example/f", ""),
        ("https://a.example/f", "https://b.example/f", "", "https://b.example/f"),
        ("https://a.example/f", "https://b.example/f", "https://a.example/f", ""),
        ("http://a.example/f", "https://b.example/f", "http://c.example/f", "https://b.example/f"),
    ],
)
def test_a_feed_that_moved_for_good_is_asked_there(own: str, known: str, told: str, expected: str) -> None:
    """What answered well at its new address is asked there, back home too, never from https down to http."""
    moved = after_success(
        replace(BLOG, url=own), replace(READ, moved_to=known), Fetched((), Origin(moved_to=told)), 0, NOW, NOW
    )

    assert moved.moved_to == expected


def test_failures_make_the_wait_double_up_to_a_day() -> None:
    """A quarter of an hour after the first failure, twice that after each further one, and no more than a day."""
    state, waits = READ, []
    for _ in range(9):
        state = after_failure(BLOG, state, failed(), NOW)
        assert state.next_check_at
        waits.append(state.next_check_at - NOW)

    assert timedelta(minutes=15) <= waits[0] <= timedelta(minutes=17)
    assert all(one < two for one, two in pairwise(waits[:7]))
    assert waits[8] <= DAY * 1.1
    assert (state.error_streak, state.reason, state.failing_since) == (9, "timeout", NOW)
    assert (state.etag, state.last_success_at) == ("e", NOW - DAY)


def test_a_host_that_asks_to_be_left_alone_is_left_alone_by_all_its_feeds() -> None:
    """What one feed was told holds for the others at the same host, until it is over."""
    one, two, other = (replace(feed(name), url=f"https://{host}.example/{name}") for name, host in
                       (("one", "same"), ("two", "same"), ("other", "another")))  # fmt: skip
    states = {one.id: after_failure(one, READ, failed("http-429", 7200.0), NOW)}

    soon, later = NOW + HOUR, NOW + 3 * HOUR

    assert closed_hosts([one, two, other], states, soon) == {"same.example": NOW + 2 * HOUR}
    assert due_feeds([one, two, other], states, soon) == (other,)
    assert due_feeds([one, two, other], states, later) == (one, two, other)


@pytest.mark.parametrize(
    ("days", "tries", "reason", "expected"),
    [
        (6, 20, "timeout", ""),
        (8, 4, "timeout", ""),
        (7, 5, "timeout", "failing"),
        (0, 1, "http-410", "gone"),
        (0, 1, "http-404", ""),
    ],
)
def test_a_feed_is_paused_when_it_is_gone_or_failed_for_days(days: int, tries: int, reason: str, expected: str) -> None:
    """Seven days and five tries; 410 at once."""
    before = replace(READ, error_streak=tries - 1, failing_since=NOW - days * DAY) if days else READ

    after = after_failure(BLOG, before, failed(reason), NOW)

    assert after.paused_why == expected
    assert after.paused_at == (NOW if expected else None)
    assert (after.next_check_at is None) == bool(expected)
    assert due_feeds([BLOG], {BLOG.id: after}, NOW + 30 * DAY) == (() if expected else (BLOG,))


def test_a_feed_is_due_when_its_time_has_come() -> None:
    """One that was never read is due at once, any other at its next check and not before."""
    feeds: list[Feed] = [feed("new"), feed("now"), feed("later")]
    states = {
        feeds[1].id: replace(READ, next_check_at=NOW),
        feeds[2].id: replace(READ, next_check_at=NOW + timedelta(seconds=1)),
    }

    assert due_feeds(feeds, states, NOW) == (feeds[0], feeds[1])
