"""Dates as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digestbot.wire.instants import instant

TEN = datetime(2026, 4, 6, 10, tzinfo=UTC)
DAY = datetime(2026, 4, 6, tzinfo=UTC)
SHAPES = {
    "Mon, 06 Apr 2026 10:00:00 GMT": TEN,
    "Mon,6 Apr 2026 12:00 +0200": TEN,
    "Monday, 06-Apr-2026 10:00:00 UTC": TEN,
    "Lun, 06 Avr 2026 12:00:00 CEST": TEN,
    "06 Apr 2026 05:00:00 EST": TEN,
    "Mon, 06 Apr 2026 12:00:00 GMT+2": TEN,
    "Mon, 06 Apr 2026 10:00:00 +0000 (UTC)": TEN,
    "Sun, 05 Apr 2026 24:00:00 GMT": DAY,
    "2026-04-06T10:00:00Z": TEN,
    "2026-04-06T12:00:00.0000000+02:00": TEN,
    "2026-04-06 18:00:00 +0800": TEN,
    "2026/4/6 10:00": TEN,
    "20260406T100000Z": TEN,
    "2026年4月6日 10:00": TEN,
    "2026年04月06日": DAY,
    "April 6, 2026 10:00 AM": TEN,
    "Sept. 6, 2026": datetime(2026, 9, 6, tzinfo=UTC),
    "Mon Apr  6 10:00:00 2026": TEN,
    "06.04.2026 10:00": TEN,
    "1775469600": TEN,
    "1775469600000": TEN,
    "2026-04-05T23:59:60Z": DAY,
    "2026-04": datetime(2026, 4, 1, tzinfo=UTC),
    "2026-04-06": DAY,
}
NONE = [
    "", "now", "10:00", "Monday", "0000-00-00 00:00:00", "Mon, 31 Feb 2026 10:00:00 GMT", "2026-04-06T25:00:00Z",
    "9999-12-31T23:59:59-12:00", "9" * 5_000, "1:" * 500, "-1", "6 Foo 2026",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SHAPES.items(), ids=SHAPES)
def test_every_shape_is_the_instant_that_it_names(text: str, expected: datetime) -> None:
    """Whatever shape a date has, it becomes aware UTC; without a zone it is taken for UTC."""
    assert instant(text) == expected


@pytest.mark.parametrize("text", NONE)
def test_what_names_no_day_is_no_date(text: str) -> None:
    """Half dates are not filled up with today, and days that no calendar has are none."""
    assert instant(text) is None
