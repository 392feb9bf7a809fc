"""`digestbot review …`: how its commands are called."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from digestbot.commands.options import AsJson, By, Now, clock, leave, settings_now
from digestbot.errors import ConfigError

review_app = typer.Typer(help="Decide on proposed changes to the roadmap.", rich_markup_mode=None, no_args_is_help=True)

ProposalArgument = Annotated[str, typer.Argument(metavar="ID", help="A proposal's id, or its beginning.")]


@review_app.command("list")
def review_list(
    state: Annotated[str, typer.Option(metavar="NAME", help="open, accepted, edited, rejected, or all.")] = "open",
    json: AsJson = False,
) -> None:
    """List proposals."""
    from digestbot.commands.reviewing import list_command

    known: Any = {name: name for name in ("open", "accepted", "edited", "rejected", "stale", "applied", "reverted")}
    if state != "all" and state not in known:
        raise ConfigError(f"there is no state {state!r}: use one of {', '.join(known)} or all")
    leave(list_command(settings_now(), known.get(state), json))


@review_app.command("filings")
def review_filings(json: AsJson = False) -> None:
    """List the stories whose place is in doubt."""
    from digestbot.commands.reviewing import filings_command

    leave(filings_command(settings_now(), json))


@review_app.command("show")
def review_show(
    proposal: ProposalArgument,
    json: AsJson = False,
) -> None:
    """Show a proposal: the change, why, and on what evidence."""
    from digestbot.commands.reviewing import show_command

    leave(show_command(settings_now(), proposal, json))


@review_app.command("accept")
def review_accept(
    proposal: ProposalArgument,
    merit: Annotated[str, typer.Option(metavar="TEXT", help="Your own line on the resource's merit.")] = "",
    by: By = "",
    now: Now = "",
) -> None:
    """Put the proposed resource into the roadmap."""
    from digestbot.commands.reviewing import accept_command

    settings = settings_now()
    leave(accept_command(settings, proposal, merit, by, clock(settings, now)))


@review_app.command("reject")
def review_reject(
    proposal: ProposalArgument,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is not wanted.")] = "",
    by: By = "",
    now: Now = "",
) -> None:
    """Turn a proposal down; it does not come back."""
    from digestbot.commands.reviewing import reject_command

    settings = settings_now()
    leave(reject_command(settings, proposal, reason, by, clock(settings, now)))
