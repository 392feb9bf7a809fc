"""What the commands of every group take and share: the clock, the settings, JSON, an exit status."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digestbot.errors import ConfigError

if TYPE_CHECKING:
    from digestbot.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for machines.")]
Now = Annotated[str, typer.Option("--now", metavar="ISO", help="The clock; DIGESTBOT_NOW or the real one if left out.")]
FeedsFile = Annotated[Path | None, typer.Option("--feeds", metavar="FILE", help="A feeds file instead of feeds.yaml.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides; you if left out.")]


KINDS = ("paper", "post", "video", "repository")
_PLURALS = {"papers": "paper", "posts": "post", "videos": "video", "repositories": "repository"}


def singular(kind: str) -> str:
    """Return a kind of item as it is kept; help texts speak of several, so that people do too."""
    return _PLURALS.get(kind, kind)


def settings_now() -> Settings:
    """Return the settings; raises ConfigError."""
    from digestbot.settings import load

    return load()


def clock(settings: Settings, given: str) -> datetime:
    """Return the instant that `--now` names, else the one that is set, else the present."""
    return instant(given, "--now") if given else settings.now or datetime.now(UTC)


def instant(text: str, name: str) -> datetime:
    """Return what an option's text names in aware UTC; raises ConfigError."""
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
    """End the command with a status."""
    raise typer.Exit(status)
