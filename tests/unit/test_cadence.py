"""When a subscription is due: midnight, month ends, both changes of the clock, quiet hours and pauses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fakes import NOW
from hypothesis import given
from hypothesis import strategies as st

from digestbot.domain import Cadence, CadenceKind, Subscription
from digestbot.subscriptions import cadence as rules
from digestbot.subscriptions.cadence import awaited, latest_slot, next_slot, quiet_until, standing

BERLIN, YORK = "Europe/Berlin", "America/New_York"
ZONES = (
    "UTC",
    BERLIN,
    YORK,
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Caracas",
)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

INSTANTS = st.integers(1_704_067_200, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
"""From 2024 up to 2030."""
CADENCES = st.builds(
    lambda kind, minute, weekday, zone: Cadence(kind, f"{minute // 60:02}:{minute % 60:02}", weekday, zone=zone),
    st.sampled_from(("daily", "weekdays", "weekly")), st.integers(0, 1439), st.sampled_from(rules.WEEKDAYS),
    st.sampled_from(ZONES),
)  # fmt: skip


def at(text: str, zone: str = "UTC") -> datetime:
    """Return the instant of a time on the wall of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("cadence", "now", "expected"),
    [
        pytest.param(
            Cadence("daily", "00:00", zone=BERLIN),
            at("2026-04-12T00:00", BERLIN),
            at("2026-04-12T00:00", BERLIN),
            id="at midnight",
        ),
        pytest.param(
            Cadence("daily", "00:00", zone=BERLIN),
            at("2026-04-11T23:59", BERLIN),
            at("2026-04-11T00:00", BERLIN),
            id="before midnight",
        ),
        pytest.param(
            Cadence("daily", "23:59", zone=YORK),
            at("2026-05-01T00:01", YORK),
            at("2026-04-30T23:59", YORK),
            id="over a month's end",
        ),
        pytest.param(
            Cadence("weekdays", "08:00"),
            at("2026-04-12T18:00"),
            at("2026-04-10T08:00"),
            id="Sunday looks back to Friday",
        ),
        pytest.param(
            Cadence("weekly", "08:00", "sun"), at("2026-04-12T07:59"), at("2026-04-05T08:00"), id="a minute too early"
        ),
        pytest.param(
            Cadence("weekly", "08:00", "sun"), at("2026-04-12T08:00"), at("2026-04-12T08:00"), id="on the minute"
        ),
        pytest.param(
            Cadence("cron", cron="0 9 L * *"), at("2026-03-01T00:00"), at("2026-02-28T09:00"), id="a month's last day"
        ),
        pytest.param(
            Cadence("cron", cron="0 9 L * *"), at("2028-03-01T00:00"), at("2028-02-29T09:00"), id="of a leap year"
        ),
        pytest.param(
            Cadence("cron", cron="0 9 31 * *"),
            at("2026-05-01T00:00"),
            at("2026-03-31T09:00"),
            id="the 31st skips April",
        ),
        pytest.param(
            Cadence("cron", cron="0 0 1 1 *", zone="Asia/Shanghai"),
            at("2026-12-31T16:00"),
            at("2027-01-01T00:00", "Asia/Shanghai"),
            id="new year in the east",
        ),
        pytest.param(
            Cadence("daily", "02:30", zone=BERLIN),
            at("2026-03-29T03:00", BERLIN),
            at("2026-03-29T03:00", BERLIN),
            id="a time that spring leaves out comes right after",
        ),
        pytest.param(
            Cadence("daily", "02:30", zone=BERLIN),
            at("2026-03-29T01:59", BERLIN),
            at("2026-03-28T02:30", BERLIN),
            id="and not before",
        ),
        pytest.param(
            Cadence("daily", "02:30", zone=BERLIN),
            at("2026-10-25T03:30", BERLIN),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            id="a time that autumn repeats counts once",
        ),
        pytest.param(
            Cadence("daily", "01:30", zone=YORK),
            datetime(2026, 11, 1, 6, 45, tzinfo=UTC),
            datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
            id="in New York too",
        ),
        pytest.param(
            Cadence("daily", "08:00", zone=BERLIN),
            at("2026-03-29T08:00", BERLIN),
            datetime(2026, 3, 29, 6, 0, tzinfo=UTC),
            id="the wall's time stays through the change",
        ),
    ],
)
def test_the_last_slot_is_told(cadence: Cadence, now: datetime, expected: datetime) -> None:
    """The last slot follows the clock on the wall of the subscriber's zone."""
    assert latest_slot(cadence, now) == expected


@given(CADENCES, INSTANTS)
def test_slots_follow_one_another(cadence: Cadence, now: datetime) -> None:
    """The last slot is not after now, the next is, there is none between them, and both ways of looking agree."""
    last, after = latest_slot(cadence, now), next_slot(cadence, now)

    assert last <= now < after
    assert next_slot(cadence, last) == after
    assert latest_slot(cadence, after) == after
    assert latest_slot(cadence, after - timedelta(seconds=1)) == last


@given(CADENCES, INSTANTS)
def test_a_day_has_one_slot_at_most(cadence: Cadence, now: datetime) -> None:
    """No change of the clock makes two digests of one day, and none takes a day's away."""
    zone = ZoneInfo(cadence.zone)
    slots = [next_slot(cadence, now)]
    while len(slots) < 9:
        slots.append(next_slot(cadence, slots[-1]))
    days = [slot.astimezone(zone).date() for slot in slots]

    assert len(set(days)) == len(days)
    if cadence.kind == "daily":
        assert days == [days[0] + n * DAY for n in range(9)]


@given(CADENCES, INSTANTS, st.lists(st.integers(1, 3000), min_size=1, max_size=40))
def test_each_slot_makes_one_digest_however_often_it_ticks(cadence: Cadence, start: datetime, steps: list[int]) -> None:
    """Over any ticks a subscription is due once for all slots since the last tick, and never without a new slot."""
    one, handled, now = Subscription("a", (), cadence=cadence, created_at=start), None, start
    for step in steps:
        before, now = now, now + step * MINUTE
        passed = before < latest_slot(cadence, now)
        assert standing(one, handled, now).due == passed
        if passed:
            handled = now
            assert not standing(one, handled, now).due


@pytest.mark.parametrize(
    ("clock", "ends"),
    [
        ("2026-04-12T21:59", None),
        ("2026-04-12T22:00", "2026-04-13T07:00"),
        ("2026-04-13T00:00", "2026-04-13T07:00"),
        ("2026-04-13T06:59", "2026-04-13T07:00"),
        ("2026-04-13T07:00", None),
        ("2026-03-28T23:00", "2026-03-29T07:00"),
        ("2026-10-24T23:00", "2026-10-25T07:00"),
    ],
)
def test_quiet_hours_end_on_the_subscriber_s_wall(clock: str, ends: str | None) -> None:
    """From their first minute to before their last, over midnight and over both changes of the clock."""
    found = quiet_until(Cadence(zone=BERLIN, quiet="22:00-07:00"), at(clock, BERLIN))

    assert found == (at(ends, BERLIN) if ends else None)


def test_what_falls_into_quiet_hours_waits_for_their_end() -> None:
    """A digest of 23:00 is due at 07:00, and an instant one at once when it is no longer quiet."""
    evening = Subscription(
        "a", (), cadence=Cadence("daily", "23:00", quiet="22:00-07:00"), created_at=at("2026-04-12T00:00")
    )
    instant = Subscription("b", (), cadence=Cadence(quiet="22:00-07:00"))
    night, morning = at("2026-04-12T23:30"), at("2026-04-13T07:00")

    assert [standing(one, None, night).why for one in (evening, instant)] == ["quiet", "quiet"]
    assert standing(evening, None, night).until == morning
    assert [standing(one, None, morning).due for one in (evening, instant)] == [True, True]


def test_a_new_subscription_waits_for_its_first_slot() -> None:
    """Made at ten, a daily digest of eight o'clock first comes the next morning."""
    one = Subscription("a", (), cadence=Cadence("daily", "08:00"), created_at=at("2026-04-12T10:00"))

    assert standing(one, None, at("2026-04-12T10:05")).until == at("2026-04-13T08:00")
    assert standing(one, None, at("2026-04-13T08:00")).due


def test_a_pause_swallows_its_slots() -> None:
    """While it lasts nothing is due, and after it the next slot is, not one of those that went by."""
    one = Subscription("a", (), cadence=Cadence("daily", "08:00"), paused_until=at("2026-04-12T12:00"))

    assert standing(one, None, at("2026-04-12T09:00")).why == "paused"
    assert standing(one, None, at("2026-04-12T12:00")).why == "not yet"
    assert standing(one, None, at("2026-04-13T08:00")).due


@pytest.mark.parametrize(
    "text", ["instant", "daily 08:00", "weekdays 23:59", "weekly fri 17:30", "cron 0 8 L * *", "cron */30 9-17 * * 1-5"]
)
def test_a_cadence_is_written_as_it_is_read(text: str) -> None:
    """What `parsed` reads, `written` writes."""
    assert rules.written(rules.parsed(text, Cadence())) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no cadence ''"),
        ("hourly", "there is no cadence 'hourly'"),
        ("daily 25:00", "'25:00' in cadence 'daily 25:00' is not understood"),
        ("weekly noday", "'noday' in cadence"),
        ("instant 08:00", "'08:00' in cadence"),
        ("cron 0 8 * *", "has not five fields"),
        ("cron 0 0 8 * * 1", "has not five fields"),
        ("cron 99 8 * * *", "bad minute"),
        ("cron 0 8 30 2 *", "bad day-of-month"),
    ],
)
def test_a_cadence_that_cannot_be_is_refused(text: str, said: str) -> None:
    """The message names what is wrong."""
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        rules.parsed(text, Cadence())


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_a_zone_is_one_of_the_iana_s(name: str) -> None:
    """Anything else is refused with what to write."""
    with pytest.raises(ValueError, match="use an IANA name"):
        rules.zone(name)


@pytest.mark.parametrize("text", ["22-7", "25:00-07:00", "22:00-22:00", "night"])
def test_quiet_hours_are_two_times(text: str) -> None:
    """Anything else is refused with what to write."""
    with pytest.raises(ValueError, match="write 22:00-07:00"):
        rules.quiet(text)


@pytest.mark.parametrize(
    ("kind", "handled", "latest", "expected"),
    [
        ("instant", None, None, True),
        ("instant", NOW - HOUR, NOW - HOUR, False),
        ("instant", NOW - HOUR, None, False),
        ("instant", NOW - HOUR, NOW, True),
        ("daily", NOW - 24 * HOUR, None, True),
        ("daily", NOW, NOW, False),
    ],
)
def test_a_pass_is_awaited_at_slots_and_when_something_came(
    kind: CadenceKind, handled: datetime | None, latest: datetime | None, expected: bool
) -> None:
    """One with slots is looked after at each, news or not; an instant one only when something came since."""
    one = Subscription("ada", (), cadence=Cadence(kind))

    assert awaited(one, handled, latest, NOW) is expected
