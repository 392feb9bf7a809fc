"""Where settings come from: the environment, `.env`, `settings.toml`, and files that hold one secret each."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values

from digestbot.errors import ConfigError

PREFIX = "DIGESTBOT_"
_BENCH = "DIGESTBOT_BENCH_"
"""The benches' own variables, which the program never reads."""
_MOST_BYTES = 64 << 10


@dataclass(frozen=True)
class Place:
    """One place that settings come from, and the text it gives each name of it."""

    name: str
    values: Mapping[str, object]


def places(home: Path) -> tuple[Place, ...]:
    """Return the places, the first of which wins; a value that is empty counts as not given.

    Names are those of the program: `model` for DIGESTBOT_MODEL. Raises ConfigError for a file that cannot be read.
    """
    return (
        Place("environment", _ours(os.environ)),
        Place(".env", _ours(_dotenv())),
        Place("settings.toml", _toml(home / "settings.toml")),
    )


def home_named() -> str:
    """Return the data folder that the environment or `.env` names, "" if none does."""
    return str(_ours(os.environ).get("home") or _ours(_dotenv()).get("home") or "")


def variable_of(name: str) -> str:
    """Return how the environment writes a setting's name."""
    return name.upper() if name.startswith("openai_") else f"{PREFIX}{name.upper()}"


def resolved(place: Place, known: Iterable[str], secrets: Iterable[str]) -> dict[str, object]:
    """Return a place's settings, those that name a secret's file with what stands in it.

    Raises ConfigError for names that are no setting, for a file that cannot be read, and for a secret given twice.
    """
    files = {f"{name}_file": name for name in secrets}
    strangers = sorted(set(place.values) - set(known) - set(files))
    if strangers:
        raise ConfigError("; ".join(_stranger(name, place, [*known, *files]) for name in strangers))
    found = {name: value for name, value in place.values.items() if name not in files}
    for key, name in files.items():
        if key not in place.values:
            continue
        if name in found:
            raise ConfigError(f"{_written(name, place)} and {_written(key, place)} are both given: leave one out")
        found[name] = _content(Path(str(place.values[key])).expanduser(), _written(key, place))
    return found


def _ours(variables: Mapping[str, str | None]) -> dict[str, object]:
    found: dict[str, object] = {}
    for variable, value in variables.items():
        name = variable.upper()
        if not value or name.startswith(_BENCH):
            continue
        if name.startswith(PREFIX):
            found[name.removeprefix(PREFIX).lower()] = value
        elif name.removesuffix("_FILE") in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
            found[name.lower()] = value
    return found


def _dotenv() -> dict[str, str | None]:
    try:
        return dotenv_values(".env", interpolate=False)
    except (OSError, ValueError) as error:
        raise ConfigError(f".env cannot be read: {error}") from None


def _toml(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"settings.toml cannot be read: {error}") from None


def _written(name: str, place: Place) -> str:
    return name if place.name == "settings.toml" else variable_of(name)


def _stranger(name: str, place: Place, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    advice = f"did you mean {_written(near[0], place)}?" if near else "see Settings in the README"
    return f"{_written(name, place)} in {_place_name(place)} is no setting: {advice}"


def _place_name(place: Place) -> str:
    return "the environment" if place.name == "environment" else place.name


def _content(file: Path, asked_by: str) -> str:
    """Return a secret without the line end that editors put behind it."""
    try:
        with file.open("rb") as stream:
            text = stream.read(_MOST_BYTES + 1).decode("utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigError(f"the file that {asked_by} names cannot be read: {reason}") from None
    if not text or len(text) > _MOST_BYTES:
        raise ConfigError(f"the file that {asked_by} names holds {'no secret' if not text else 'too much'}")
    return text
