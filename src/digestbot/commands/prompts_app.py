"""`digestbot prompts …`: how its commands are called."""

from __future__ import annotations

from typing import Annotated

import typer

from digestbot.commands.options import AsJson, leave, settings_now

prompts_app = typer.Typer(
    help="Look at what a chat model is asked, and make it your own.", rich_markup_mode=None, no_args_is_help=True
)

PromptArgument = Annotated[str, typer.Argument(metavar="NAME", help="A prompt's name, as `prompts list` tells.")]


@prompts_app.command("list")
def prompts_list(json: AsJson = False) -> None:
    """List the prompts: version, hash, and whose text counts."""
    from digestbot.commands.prompting import list_command

    leave(list_command(settings_now(), json))


@prompts_app.command("show")
def prompts_show(
    name: PromptArgument,
    shipped: Annotated[bool, typer.Option("--shipped", help="The shipped text, whatever yours says.")] = False,
    json: AsJson = False,
) -> None:
    """Write a prompt as it counts."""
    from digestbot.commands.prompting import show_command

    leave(show_command(settings_now(), name, shipped, json))


@prompts_app.command("copy")
def prompts_copy(
    name: PromptArgument,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep your text, and take the shipped one of now as its beginning.")
    ] = False,
) -> None:
    """Copy a shipped prompt into the data folder, to be edited."""
    from digestbot.commands.prompting import copy_command

    leave(copy_command(settings_now(), name, keep))


@prompts_app.command("check")
def prompts_check(json: AsJson = False) -> None:
    """Check every prompt: header, variables, schema.

    Exit status 1 when one is not good.
    """
    from digestbot.commands.prompting import check_command

    leave(check_command(settings_now(), json))


@prompts_app.command("diff")
def prompts_diff(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="One prompt; all of them if left out.")] = "",
    json: AsJson = False,
) -> None:
    """Show what your prompts change, and what the shipped ones changed since.

    Exit status 1 when a shipped prompt has moved on since yours was made.
    """
    from digestbot.commands.prompting import diff_command

    leave(diff_command(settings_now(), name, json))
