"""What arXiv announces, on which days, and how an announced paper stands: rules without any source or ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from digestbot.announcements import (
    Announcement,
    AnnouncementKind,
    Listing,
    Standing,
    Tally,
    by_day,
    is_due,
    listing_day,
    standing_of,
    unread_days,
)
from digestbot.domain import FeedId, ItemId, Known

THURSDAY, FRIDAY, SUNDAY, MONDAY = (date(2026, 4, day) for day in (9, 10, 12, 13))
BEGINS = datetime(2026, 4, 5, tzinfo=UTC)


def at(day: date) -> datetime:
    """Return six in the morning of a day."""
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC)


def announced(number: str = "2604.00001", kind: AnnouncementKind = "new", version: int = 1) -> Announcement:
    """Return an announcement of a paper."""
    return Announcement(ItemId(f"arxiv:{number}"), kind, version)


@pytest.mark.parametrize(
    ("one", "known", "expected"),
    [
        (announced(), Known(1, frozenset()), "recorded"),
        (announced(), None, "missing"),
        (announced("2301.00001", "cross"), None, "missing"),
        (announced(kind="replace", version=2), Known(1, frozenset()), "missing"),
        (announced(kind="replace", version=2), Known(3, frozenset()), "recorded"),
        (announced("2603.00001", "replace", 2), None, "older"),
        (announced("math/0309136", "replace-cross", 4), None, "older"),
        (announced("math/9609136", "replace", 2), None, "older"),
        (announced("2604.00001", "replace", 2), None, "missing"),
        (announced("2603.00001", "replace", 2), Known(1, frozenset()), "missing"),
    ],
)
def test_an_announced_paper_stands_by_what_is_known(one: Announcement, known: Known | None, expected: Standing) -> None:
    """A paper is recorded at the announced version or missing; an unknown one that was replaced may be of before."""
    assert standing_of(one, known, BEGINS) == expected


def test_a_paper_of_two_listings_counts_once() -> None:
    """What is new in one category is cross-listed in another: it is new, at the last version that any of them names."""
    listings = [
        Listing(FRIDAY, (announced(kind="cross"), announced("2604.00002", "replace-cross", 2))),
        Listing(FRIDAY, (announced(kind="new", version=2),)),
        Listing(THURSDAY, (announced(),)),
    ]

    found = by_day(listings)

    assert found == {
        FRIDAY: [announced(version=2), announced("2604.00002", "replace-cross", 2)],
        THURSDAY: [announced()],
    }


@pytest.mark.parametrize(("day", "expected"), [(FRIDAY, FRIDAY), (SUNDAY, FRIDAY), (MONDAY, MONDAY)])
def test_the_listing_that_stands_is_of_a_weekday(day: date, expected: date) -> None:
    """At weekends nothing is announced: Friday's listing was the last."""
    assert listing_day(at(day)) == expected


@pytest.mark.parametrize(
    ("day", "checked", "expected"),
    [
        (FRIDAY, {}, True),
        (FRIDAY, {THURSDAY: ""}, True),
        (FRIDAY, {FRIDAY: ""}, False),
        (FRIDAY, {FRIDAY: "timeout"}, True),
        (SUNDAY, {FRIDAY: ""}, False),
        (SUNDAY, {FRIDAY: "timeout"}, False),
        (SUNDAY, {THURSDAY: ""}, True),
    ],
)
def test_a_listing_is_read_once_a_day(day: date, checked: dict[date, str], expected: bool) -> None:
    """A day that was read is done; one that failed is tried again as long as its listing stands."""
    assert is_due(at(day), checked) == expected


def test_weekdays_without_a_run_are_named() -> None:
    """Between two checked days lie those that no run read; weekends are none, nor is the time before the first."""
    assert unread_days([date(2026, 4, 7)], MONDAY) == [date(2026, 4, 8), THURSDAY, FRIDAY]
    assert unread_days([FRIDAY], MONDAY) == []
    assert unread_days([], MONDAY) == []
    assert len(unread_days([date(2025, 1, 1)], MONDAY)) == len(unread_days([MONDAY - timedelta(days=61)], MONDAY))


def test_a_day_is_complete_when_it_was_checked_and_nothing_is_missing() -> None:
    """Missing and given-up papers and an unread listing each leave a day incomplete."""
    feed = FeedId("arxiv")

    assert Tally(feed, FRIDAY, standings={"recorded": 2, "older": 1}).is_complete
    assert not Tally(feed, FRIDAY, "timeout").is_complete
    assert not Tally(feed, FRIDAY, missing=("2604.00001",)).is_complete
    assert not Tally(feed, FRIDAY, given_up=("2604.00001",)).is_complete
