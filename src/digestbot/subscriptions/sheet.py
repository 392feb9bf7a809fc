"""A subscription as plain values: what options, YAML and JSON say of it, checked, and written back the same.

Each key has one reader and one writer in `KEYS`; the command line's options are these keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from digestbot.domain import (
    DigestLang,
    EmptyPolicy,
    Length,
    Level,
    Medium,
    Rest,
    Subscription,
)
from digestbot.errors import ConfigError
from digestbot.subscriptions import cadence, channels, keywords

MAX_LISTED = 100
"""Entries of one list, such as keywords."""
_INSTANTS = ("since", "paused_until", "created_at")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SPAN = re.compile(r"(\d{1,4})\s*([hdw])")
_SPANS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@dataclass(frozen=True)
class Key:
    """Which part of a subscription a key is about, the field there, and how its value is read."""

    part: str
    field: str
    read: Callable[[Any], Any]


def check_id(text: str) -> str:
    """Return a subscription's id; raises ConfigError for what cannot be one."""
    if not _ID.fullmatch(text):
        raise ConfigError(f"{text!r} cannot be a subscription's id: use 1 to 64 of a-z, 0-9, '.', '_' and '-'")
    return text


def applied(base: Subscription, values: Mapping[str, Any], now: datetime) -> Subscription:
    """Return a subscription with these values in place of its own; raises one ConfigError for all that is wrong.

    `now` is what a look-back such as `7d` counts from.
    """
    found, problems = base, []
    # A date without a zone is read in the subscription's own, which these values may change.
    for name, value in sorted(values.items(), key=lambda given: given[0] in _INSTANTS):
        try:
            found = _changed(found, name, value, now)
        except (ValueError, TypeError) as error:
            problems.append(f"{name}: {error}")
    problems += _contradictions(found) if not problems else []
    if problems:
        raise ConfigError(f"subscription {base.id!r}: " + "\n  ".join(problems))
    return found


def sheet(subscription: Subscription) -> dict[str, Any]:
    """Return a subscription as plain values that `applied` reads; what is left at its default is left out.

    Secrets are included.
    """
    plain: dict[str, Any] = {"id": subscription.id, "to": [channels.written(to) for to in subscription.channels]}
    default = Subscription("", ())
    if subscription.cadence.kind != "instant":
        plain["cadence"] = cadence.written(subscription.cadence)
    for name, key in KEYS.items():
        if key.field and (value := _held(subscription, key)) != _held(default, key):
            plain[name] = list(value) if isinstance(value, tuple) else value
    for name in _INSTANTS:
        if at := getattr(subscription, name):
            plain[name] = at.astimezone(UTC).isoformat()
    return plain


def instant(text: Any, now: datetime, zone: str = "UTC", *, ahead: bool = False) -> datetime:
    """Return the instant of an ISO date or time (in a zone, where it names none), or of a span such as `7d`.

    A span counts back from `now`, or on from it with `ahead`. Raises ValueError for anything else.
    """
    if isinstance(text, datetime):
        return text.replace(tzinfo=text.tzinfo or ZoneInfo(zone)).astimezone(UTC)
    span = _SPAN.fullmatch(str(text).strip().lower())
    if span:
        length = int(span[1]) * _SPANS[span[2]]
        return now + length if ahead else now - length
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise ValueError(f"{text!r} is neither a span such as 12h, 7d or 2w nor a date such as 2026-04-12") from None
    try:
        return found.replace(tzinfo=found.tzinfo or ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is before or after all years that are counted") from None


def _changed(base: Subscription, name: str, value: Any, now: datetime) -> Subscription:
    if name == "id":
        return replace(base, id=check_id(str(value)))
    if name == "to":
        return replace(base, channels=tuple(dict.fromkeys(channels.parsed(text) for text in _texts(value))))
    if name == "cadence":
        return replace(base, cadence=cadence.parsed(str(value), base.cadence))
    if name in _INSTANTS:
        at = instant(value, now, base.cadence.zone, ahead=name == "paused_until") if value else None
        return replace(base, **{name: at})  # type: ignore[arg-type]  # three fields of one type, by name
    key = KEYS.get(name)
    if key is None:
        raise ValueError(f"is no key: use one of {', '.join(['id', 'to', 'cadence', *KEYS, 'since', 'paused_until'])}")
    part = replace(getattr(base, key.part), **{key.field: key.read(value)})
    return replace(base, **{key.part: part})


def _contradictions(found: Subscription) -> list[str]:
    if found.cadence.kind == "instant" and found.shape.empty != "skip":
        return ["empty: an instant subscription says nothing when there is nothing: use skip, or another cadence"]
    if found.rule.strict_level and not found.rule.levels:
        return ["strict_level: there is no level to be strict about: name one with level"]
    return []


def _held(subscription: Subscription, key: Key) -> Any:
    return getattr(getattr(subscription, key.part), key.field)


def _texts(value: Any) -> list[str]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, Sequence) or not all(isinstance(text, str) for text in given):
        raise ValueError(f"expected a list of texts, not {value!r}")
    if len(given) > MAX_LISTED:
        raise ValueError(f"{len(given)} entries are too many: {MAX_LISTED} at most")
    return [text.strip() for text in given if text.strip()]


def _list_of(read: Callable[[str], str]) -> Callable[[Any], tuple[str, ...]]:
    return lambda value: tuple(dict.fromkeys(read(text) for text in _texts(value)))


def _one_of(words: Any) -> Callable[[Any], str]:
    known = [word for word in get_args(words) if word]

    def read(value: Any) -> str:
        found = next((word for word in known if word.lower() == str(value).strip().lower()), None)
        if found is None:
            raise ValueError(f"there is no {value!r}: use {', '.join(known[:-1])} or {known[-1]}")
        return str(found)

    return read


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, not {value!r}")
    return value


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"expected a number from 0 to 1, not {value!r}")
    return float(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 500:
        raise ValueError(f"expected a whole number from 1 to 500, not {value!r}")
    return value


def _language(text: str) -> str:
    if not re.fullmatch(r"[a-zA-Z]{2,3}", text):
        raise ValueError(f"{text!r} is not the code of a language, such as en or zh")
    return text.lower()


def _name(text: str) -> str:
    if len(text) > 200:
        raise ValueError(f"{text[:40]!r}… is too long for a name")
    return text


def _digest_language(value: Any) -> str:
    return _one_of(DigestLang)({"zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}.get(str(value).lower(), value))


KEYS: Mapping[str, Key] = {
    "roadmap": Key("rule", "roadmap", lambda value: _name(str(value))),
    "sections": Key("rule", "sections", _list_of(_name)),
    "chapters": Key("rule", "chapters", _list_of(_name)),
    "keywords": Key("rule", "keywords", _list_of(keywords.checked)),
    "without": Key("rule", "without", _list_of(keywords.checked)),
    "media": Key("rule", "media", _list_of(_one_of(Medium))),
    "levels": Key("rule", "levels", _list_of(_one_of(Level))),
    "strict_level": Key("rule", "strict_level", _flag),
    "min_relevance": Key("rule", "min_relevance", _share),
    "story_langs": Key("rule", "story_langs", _list_of(_language)),
    "zone": Key("cadence", "zone", lambda value: cadence.zone(str(value))),
    "quiet": Key("cadence", "quiet", lambda value: cadence.quiet(str(value))),
    "lang": Key("shape", "lang", _digest_language),
    "length": Key("shape", "length", _one_of(Length)),
    "max_items": Key("shape", "max_items", _count),
    "rest": Key("shape", "rest", _one_of(Rest)),
    "empty": Key("shape", "empty", _one_of(EmptyPolicy)),
}
"""Every key but those of a subscription itself: id, to, cadence, since, paused_until and created_at."""
