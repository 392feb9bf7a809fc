"""When a subscription is due: pure functions of its cadence, its zone and an instant.

A slot is an instant at which a digest is wanted. However many slots went by since the last digest, one is due, not as
many as were missed. Slots follow the clock on the wall of the subscriber's zone: a time that a change to summer time
leaves out comes right after it, a time that occurs twice counts once (the rule of Debian's cron, which cronsim keeps).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal, cast, get_args
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from digestbot.domain import Cadence, CadenceKind, Subscription, Weekday

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_HOW = "write instant, 'daily 08:00', 'weekdays 08:00', 'weekly mon 08:00' or 'cron 0 8 1 * *'"


@dataclass(frozen=True)
class Due:
    """Whether a subscription is due: the `slot` that it is due for (None for an instant one), or why it is not.

    `until` is when that will change, None where it cannot be told.
    """

    due: bool
    why: Literal["due", "paused", "quiet", "not yet"]
    slot: datetime | None = None
    until: datetime | None = None


def standing(subscription: Subscription, handled_at: datetime | None, now: datetime) -> Due:
    """Tell whether a subscription is due; `handled_at` is when that was last decided and acted on, None if never.

    Slots before it was made, or in a pause, are none of its own.
    """
    cadence, pause = subscription.cadence, subscription.paused_until
    if pause and now < pause:
        return Due(False, "paused", until=pause)
    known = [at for at in (subscription.created_at, handled_at, pause) if at]
    slot = None if cadence.kind == "instant" else latest_slot(cadence, now)
    if slot and known and slot <= max(known):
        return Due(False, "not yet", until=next_slot(cadence, now))
    ends = quiet_until(cadence, now)
    return Due(False, "quiet", slot, ends) if ends else Due(True, "due", slot)


def awaited(subscription: Subscription, handled_at: datetime | None, latest: datetime | None, now: datetime) -> bool:
    """Tell whether a digest pass has something to do for a subscription; `latest` is when anything last became new.

    One with slots is looked after at each of them, an instant one only when something came.
    """
    if not standing(subscription, handled_at, now).due:
        return False
    return subscription.cadence.kind != "instant" or handled_at is None or (latest is not None and latest > handled_at)


@lru_cache(maxsize=1024)
def latest_slot(cadence: Cadence, now: datetime) -> datetime:
    """Return the last slot at or before an instant; not for an instant cadence, which has none."""
    # One second on, since cronsim looks strictly before what it is given.
    local = (now.replace(microsecond=0) + timedelta(seconds=1)).astimezone(ZoneInfo(cadence.zone))
    for found in CronSim(_expression(cadence), local, reverse=True):
        if (slot := found.astimezone(UTC)) <= now:
            return slot
    raise AssertionError("a checked cadence has slots")


@lru_cache(maxsize=1024)
def next_slot(cadence: Cadence, now: datetime) -> datetime:
    """Return the first slot after an instant; not for an instant cadence, which has none."""
    for found in CronSim(_expression(cadence), now.astimezone(ZoneInfo(cadence.zone))):
        if (slot := found.astimezone(UTC)) > now:
            return slot
    raise AssertionError("a checked cadence has slots")


def quiet_until(cadence: Cadence, now: datetime) -> datetime | None:
    """Return when the quiet hours end that an instant lies in; None when it lies in none."""
    if not cadence.quiet:
        return None
    begins, ends = cadence.quiet.split("-")
    local = now.astimezone(ZoneInfo(cadence.zone))
    clock = f"{local:%H:%M}"
    within = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not within:
        return None
    return next_slot(replace(cadence, kind="daily", at=ends), now)


def parsed(text: str, cadence: Cadence) -> Cadence:
    """Return a cadence with its kind and time as written; raises ValueError with the ways to write one."""
    words = text.split()
    kind, rest = (words[0].lower() if words else ""), words[1:]
    if kind not in get_args(CadenceKind):
        raise ValueError(f"there is no cadence {text!r}: {_HOW}")
    if kind == "cron":
        return replace(cadence, kind="cron", cron=_cron(" ".join(rest)))
    base = replace(cadence, kind=cast(CadenceKind, kind), at="08:00", weekday="mon", cron="")
    if kind == "weekly" and rest and rest[0].lower()[:3] in WEEKDAYS:
        base = replace(base, weekday=cast(Weekday, rest.pop(0).lower()[:3]))
    if rest and kind != "instant" and re.fullmatch(_TIME, rest[0]):
        base = replace(base, at=rest.pop(0))
    if rest:
        raise ValueError(f"{' '.join(rest)!r} in cadence {text!r} is not understood: {_HOW}")
    return base


def written(cadence: Cadence) -> str:
    """Return a cadence's kind and time as `parsed` reads them."""
    if cadence.kind == "instant":
        return "instant"
    if cadence.kind == "cron":
        return f"cron {cadence.cron}"
    return f"weekly {cadence.weekday} {cadence.at}" if cadence.kind == "weekly" else f"{cadence.kind} {cadence.at}"


def zone(name: str) -> str:
    """Return the name of a zone of the IANA's; raises ValueError for any other."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"there is no time zone {name!r}: use an IANA name such as Europe/Berlin or UTC") from None
    return name


def quiet(text: str) -> str:
    """Return quiet hours as they are kept; empty for none; raises ValueError for what cannot be read."""
    text = text.replace(" ", "").replace("–", "-")
    begins, _, ends = text.partition("-")
    if text and (not re.fullmatch(f"{_TIME}-{_TIME}", text) or begins == ends):
        raise ValueError(f"quiet hours {text!r} are not understood: write 22:00-07:00")
    return text


def _expression(cadence: Cadence) -> str:
    if cadence.kind == "cron":
        return cadence.cron
    hour, minute = cadence.at.split(":")
    days = {"weekdays": "1-5", "weekly": str((WEEKDAYS.index(cadence.weekday) + 1) % 7)}.get(cadence.kind, "*")
    return f"{int(minute)} {int(hour)} * * {days}"


def _cron(text: str) -> str:
    # With seconds, a sixth field, a digest a second could be asked for.
    if len(text.split()) != 5:
        raise ValueError(
            f"cron {text!r} has not five fields: minute hour day month weekday, such as 'cron 0 8 * * 1-5'"
        )
    try:
        next(CronSim(text, datetime(2024, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise ValueError(f"cron {text!r} is not understood: {str(error).lower()}") from None
    except StopIteration:
        raise ValueError(f"cron {text!r} never comes") from None
    return text.upper()
