"""What somebody asks for in a form: read, checked, and made a subscription; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from digestbot.domain import Channel, Outline, Section, Subscription
from digestbot.render.mail import address as mail_address
from digestbot.subscriptions import cadence
from digestbot.subscriptions.sheet import applied
from digestbot.web.words import PageWords

Form = Mapping[str, Sequence[str]]
"""What a page sent: each field's values."""

MAX_ADDRESS_CHARS = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets."""
CADENCES = ("daily", "weekdays", "weekly", "instant")
LANGUAGES = {"en": "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文"}
LENGTHS = ("full", "short", "headlines")


@dataclass(frozen=True)
class Wish:
    """What a subscription shall be like, as the keys of its sheet; and what cannot be taken, in a reader's words."""

    values: dict[str, Any]
    problems: tuple[str, ...] = ()


def filing_sections(outline: Outline) -> tuple[Section, ...]:
    """Return the sections that a reader can choose."""
    return tuple(section for section in outline.sections if section.filing)


@cache
def zones() -> tuple[str, ...]:
    """Return the names of places for a list to choose from."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return ("UTC", *sorted(places))


def read_address(form: Form) -> str:
    """Return the bare mail address of a form, "" where there is none that can be written to."""
    given = first(form, "address").strip()
    if not given or len(given) > MAX_ADDRESS_CHARS or re.search(r"[\s<>\"]", given):
        return ""
    try:
        found = mail_address(given).addr_spec
    except ValueError:
        return ""
    local, _, domain = found.rpartition("@")
    return f"{local}@{domain.lower()}" if len(local.encode()) <= 64 else ""


def read_wish(form: Form, outline: Outline, words: PageWords, base: Subscription) -> Wish:
    """Return what a form asks for; of `base` stays what a form cannot say, such as the day of a week."""
    known = [section.id for section in filing_sections(outline)]
    ticked = [id for id in known if id in form.get("section", ())]
    problems = []
    kind, at = first(form, "cadence"), first(form, "at").strip() or "08:00"
    if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", at):
        problems.append(words.wrong_time)
    try:
        zone = cadence.zone(first(form, "zone").strip() or "UTC")
    except ValueError:
        problems.append(words.wrong_zone)
        zone = "UTC"
    values: dict[str, Any] = {"sections": [] if ticked == known else ticked, "zone": zone}
    if kind in CADENCES and not problems:
        day = base.cadence.weekday if base.cadence.kind == "weekly" else "mon"
        values["cadence"] = {"instant": "instant", "weekly": f"weekly {day} {at}"}.get(kind, f"{kind} {at}")
        values |= {"empty": "skip"} if kind == "instant" else {}
    if (lang := first(form, "lang")) in LANGUAGES:
        values["lang"] = lang
    if (length := first(form, "length")) in LENGTHS:
        values["length"] = length
    return Wish(values, tuple(problems))


def subscription_of(id: str, address: str, values: Mapping[str, Any], now: datetime) -> Subscription:
    """Return a new subscription of a mail address; it gets what comes from now on."""
    return applied(Subscription(id, (Channel("smtp", address),), created_at=now, since=now), values, now)


def first(form: Form, name: str) -> str:
    """Return a field's first value, "" where it has none."""
    return next(iter(form.get(name, ())), "")
