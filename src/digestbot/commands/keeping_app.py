"""`digestbot backup`, `restore`, `tidy` and `forget`: how they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digestbot.commands.options import AsJson, Now, clock, leave, settings_now

keeping_app = typer.Typer(rich_markup_mode=None)


@keeping_app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new archive, such as digestbot.tar.gz.")],
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Write all that cannot be made anew into one file, while everything goes on.

    The ledger as it is at one instant, roadmaps, feeds, prompts, settings, digests. It holds secrets: keep it so.
    """
    from digestbot.commands.keeping import backup_command

    settings = settings_now()
    leave(backup_command(settings, file, clock(settings, now), json))


@keeping_app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What 'digestbot backup' wrote.")],
    json: AsJson = False,
) -> None:
    """Bring a backup back, checked, into a data folder that holds no ledger yet."""
    from digestbot.commands.keeping import restore_command

    leave(restore_command(settings_now(), file, json))


@keeping_app.command()
def tidy(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell only what would go.")] = False,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Let go of old texts and records, as the settings say; what was decided and why stays."""
    from digestbot.commands.keeping import tidy_command

    settings = settings_now()
    leave(tidy_command(settings, clock(settings, now), dry_run, json))


@keeping_app.command()
def forget(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A mail address, or a channel's other address.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before.")] = False,
    json: AsJson = False,
) -> None:
    """Delete what there is of a person in the ledger, and say what that was."""
    from digestbot.commands.forgetting import forget_command

    leave(forget_command(settings_now(), address, not yes, json))
