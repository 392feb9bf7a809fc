"""Reads the dates that feeds write, in whatever shape; what names no whole day is no date. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

_MAX_CHARS = 80
_MAX_YEAR = 9998
"""So that a zone cannot move an instant past the last one there is."""
_TIME = r"(?P<hour>\d{1,2})[:时](?P<minute>\d{2})分?(?::?(?P<second>\d{2}))?秒?(?:[.,](?P<part>\d{1,9}))?"
_ZONE = r"(?P<zone>Z|[A-Z]{2,5}|(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?)?(?:\s\([\w ]+\))?"
_NUMERIC = re.compile(
    rf"(?P<year>\d{{4}})\s?[-/.年]\s?(?P<month>\d{{1,2}})\s?[-/.月]\s?(?P<day>\d{{1,2}})日?(?:[T\s,]\s*{_TIME})?\s*{_ZONE}",
    re.IGNORECASE,
)
_WORDED = re.compile(
    rf"(?:[^\W\d]{{2,12}}[.,]{{0,2}}\s*)?(?P<day>\d{{1,2}})[ -](?P<month>[^\W\d]{{3,12}})\.?,?[ -](?P<year>\d{{4}})"
    rf"(?:\s+{_TIME})?\s*{_ZONE}",
    re.IGNORECASE,
)
_MONTH_ALONE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?")
_STAMP = re.compile(r"(\d{9,10})(?:\d{3})?")
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?$")
_DAY_FIRST = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
# By first letters without accents, in English, German, French, Spanish, Italian and Portuguese.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen", "feb fev", "mar mrz mae", "apr avr abr", "may mai mag", "jun juin giu", "jul juil lug",
            "aug aou ago", "sep set", "oct okt out ott", "nov", "dec dez dic",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
# The zones that RFC 822 names, and those of European feeds, in hours east of Greenwich.
_ZONES = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9,
}  # fmt: skip


def instant(text: str) -> datetime | None:
    """Return the instant that a date names in aware UTC, None for what names no day; without a zone it is UTC.

    Understood are ISO 8601 and its relatives, RFC 822 and 850, dates in Chinese and in English words, and seconds or
    milliseconds since 1970.
    """
    text = " ".join(text[:1000].split())[:_MAX_CHARS]
    for shape in (_NUMERIC, _WORDED, _MONTH_ALONE):
        match = shape.fullmatch(text)
        if match:
            return _from_parts(match.groupdict())
    if match := _STAMP.fullmatch(text):
        return datetime.fromtimestamp(int(match[1]), UTC)
    return _from_words(text) if re.search(r"\d", text) else None


def _from_parts(parts: dict[str, str | None]) -> datetime | None:
    year, day = int(parts["year"] or 0), int(parts.get("day") or 1)
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    micros = int((parts.get("part") or "0")[:6].ljust(6, "0"))
    try:
        # A leap second, and the midnight that ends a day, are moments of the next minute and day.
        start = datetime(year, _month(parts["month"] or "1"), day, tzinfo=UTC)
        span = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micros)
        is_real = hour <= 24 and minute < 60 and second <= 60 and year <= _MAX_YEAR
        return start + span - _offset(parts.get("zone") or "") if is_real else None
    except (ValueError, OverflowError):
        return None


def _month(name: str) -> int:
    """Return a month's number, 0 for none."""
    if name.isdecimal():
        return int(name)
    plain = "".join(one for one in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(one))
    return _MONTHS.get(plain[:4]) or _MONTHS.get(plain[:3], 0)


def _offset(zone: str) -> timedelta:
    match = _OFFSET.search(zone)
    if match is None:
        return timedelta(hours=_ZONES.get(zone.upper(), 0))
    span = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return -span if match[1] == "-" else span


def _from_words(text: str) -> datetime | None:
    from dateutil import parser  # late: few dates need it

    zones = {name: hours * 3600 for name, hours in _ZONES.items()}
    found = set()
    # What a text leaves out comes from the default: two of them give two dates where it names no whole one.
    for default in (datetime(2000, 1, 1, tzinfo=UTC), datetime(2001, 2, 2, tzinfo=UTC)):
        try:
            read = parser.parse(text, default=default, tzinfos=zones, dayfirst=_DAY_FIRST.search(text) is not None)
            found.add(read.astimezone(UTC))
        except (ValueError, OverflowError):
            return None
    return found.pop() if len(found) == 1 and read.year <= _MAX_YEAR else None
