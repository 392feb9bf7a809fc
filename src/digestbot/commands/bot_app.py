"""`digestbot bot …`: how its commands are called."""

from __future__ import annotations

import typer

from digestbot.commands.options import AsJson, leave, settings_now

bot_app = typer.Typer(rich_markup_mode=None, invoke_without_command=True)


@bot_app.callback()
def bot(context: typer.Context) -> None:
    """Be on Discord: take commands there, until it is stopped.

    Digests are posted by runs, with or without it; 'digestbot serve' does both in one process.
    """
    if context.invoked_subcommand is None:
        from digestbot.commands.botting import bot_command

        leave(bot_command(settings_now()))


@bot_app.command("invite")
def bot_invite(json: AsJson = False) -> None:
    """Write the address at which the bot is added to a server, with the permissions that it asks for."""
    from digestbot.commands.botting import invite_command

    leave(invite_command(settings_now(), json))
