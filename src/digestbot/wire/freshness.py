"""Reads what an origin says of when to come back: its headers and the head of its feed; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from digestbot.domain import Origin
from digestbot.ports import Response

LONGEST = timedelta(days=30)
"""What an origin may say at most; whoever keeps a feed fresh for a year has only forgotten it."""
_MAX_VALIDATOR_CHARS = 1_000
_HEAD_BYTES = 64 << 10
_FIRST_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_UNUSABLE = re.compile(r"(?:^|,)\s*(?:no-cache|no-store)\s*(?:,|$)", re.IGNORECASE)
_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>")
_PERIOD = re.compile(rb"<\w+:updatePeriod>\s*(hourly|daily|weekly|monthly|yearly)\s*</")
_FREQUENCY = re.compile(rb"<\w+:updateFrequency>\s*(\d{1,4})\s*</")
_SKIPPED = re.compile(rb"<skipHours>(.{0,2000}?)</skipHours>", re.DOTALL)
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>")
_PERIODS = {
    b"hourly": timedelta(hours=1),
    b"daily": timedelta(days=1),
    b"weekly": timedelta(days=7),
    b"monthly": timedelta(days=30),
    b"yearly": timedelta(days=365),
}


def origin_of(answer: Response) -> Origin:
    """Return what a good answer says of its origin."""
    ttl, skip_hours = rhythm_of(answer.body)
    return Origin(
        etag=answer.headers.get("etag", "")[:_MAX_VALIDATOR_CHARS],
        last_modified=answer.headers.get("last-modified", "")[:_MAX_VALIDATOR_CHARS],
        fresh_for=fresh_for(answer.headers),
        ttl=ttl,
        skip_hours=skip_hours,
        moved_to=answer.moved_to,
    )


def fresh_for(headers: Mapping[str, str]) -> timedelta | None:
    """Return for how long an answer stays fresh by Cache-Control or Expires (RFC 9111, section 4.2); None if unsaid.

    Expires counts from the answer's own Date, so that no clock is needed.
    """
    control = headers.get("cache-control", "")
    if _UNUSABLE.search(control):
        return None
    if found := _MAX_AGE.search(control):
        age = headers.get("age", "0").strip()
        left = timedelta(seconds=int(found[1]) - (int(age[:10]) if age.isdecimal() else 0))
    else:
        left = _until_expiry(headers)
    return min(left, LONGEST) if left > timedelta(0) else None


def _until_expiry(headers: Mapping[str, str]) -> timedelta:
    try:
        expires, sent = (parsedate_to_datetime(headers.get(name, "")) for name in ("expires", "date"))
    except ValueError:
        return timedelta(0)
    return _in_utc(expires) - _in_utc(sent)


def _in_utc(when: datetime) -> datetime:
    return when.replace(tzinfo=when.tzinfo or UTC)


def rhythm_of(body: bytes) -> tuple[timedelta | None, frozenset[int]]:
    """Return how long a feed's head says that it may be kept, None if it does not, and the hours (UTC) not to ask in.

    RSS 2.0 has ttl in minutes and skipHours, the syndication module of RSS 1.0 updatePeriod and updateFrequency.
    """
    first = _FIRST_ENTRY.search(body, 0, _HEAD_BYTES)
    head = body[: first.start() if first else _HEAD_BYTES]
    skipped = _SKIPPED.search(head)
    # 24 is midnight too in some feeds: the module that RSS took it from counts from 1.
    hours = frozenset(int(hour) % 24 for hour in _HOUR.findall(skipped[1])) if skipped else frozenset()
    return _ttl(head), hours if len(hours) < 24 else frozenset()


def _ttl(head: bytes) -> timedelta | None:
    if found := _TTL.search(head):
        said = timedelta(minutes=int(found[1]))
    elif period := _PERIOD.search(head):
        often = _FREQUENCY.search(head)
        said = _PERIODS[period[1]] / max(int(often[1]) if often else 1, 1)
    else:
        return None
    return min(said, LONGEST) if said else None
