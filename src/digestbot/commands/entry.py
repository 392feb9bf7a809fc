"""What every command of the command line takes and does alike; loads nothing heavy."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from digestbot.errors import ConfigError

if TYPE_CHECKING:
    from digestbot.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for machines.")]
Now = Annotated[str, typer.Option("--now", metavar="ISO", help="The clock; DIGESTBOT_NOW or the real one if left out.")]


def load_settings() -> Settings:
    """Return the settings of this process."""
    from digestbot.settings import load

    return load()


def clock(settings: Settings, given: str) -> datetime:
    """Return the instant at which a command runs: the one given, else the settings', else the real one."""
    return instant(given, "--now") if given else settings.now or datetime.now(UTC)


def instant(text: str, name: str) -> datetime:
    """Return an instant given as an option of this name; UTC where it names no zone; raises ConfigError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{name} {text!r} is not an ISO instant such as 2026-04-12 or 2026-04-12T18:00:00+00:00"
        ) from None
    if not 1990 <= found.year <= 2200:
        raise ConfigError(f"{name} {text!r} lies too far away: expected a year from 1990 to 2200")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def leave(status: int) -> None:
    """End the process with a status."""
    raise typer.Exit(status)
