"""`digestbot config …`: how its commands are called."""

from __future__ import annotations

from typing import Annotated

import typer

from digestbot.commands.options import AsJson, leave

config_app = typer.Typer(help="Look at the settings.", rich_markup_mode=None, no_args_is_help=True)


@config_app.callback()
def config() -> None:
    """Look at the settings."""


@config_app.command("show")
def config_show(
    origin: Annotated[bool, typer.Option("--origin", help="Tell where each comes from.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Those at their defaults, too.")] = False,
    json: AsJson = False,
) -> None:
    """Show the settings as they count; secrets are masked."""
    from digestbot.commands.configuring import show_command

    leave(show_command(origin, everything, json))
