"""`digestbot outbox …`: how its commands are called."""

from __future__ import annotations

from typing import Annotated

import typer

from digestbot.commands.options import AsJson, Now, clock, leave, settings_now
from digestbot.errors import ConfigError

outbox_app = typer.Typer(
    help="Look at what is on its way, and decide on what is stuck.", rich_markup_mode=None, no_args_is_help=True
)

DeliveryKeys = Annotated[
    list[str] | None, typer.Argument(metavar="KEY", help="Deliveries, each by the beginning of its key.")
]


@outbox_app.command("list")
def outbox_list(
    state: Annotated[
        list[str] | None,
        typer.Option(metavar="STATE", help="pending, sending, sent, in_doubt or dead; all but sent if left out."),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1_000_000, help="At most so many.")] = 100,
    json: AsJson = False,
) -> None:
    """List deliveries that are not sent, the longest due first."""
    from digestbot.commands.outbox import list_command

    known = ("pending", "sending", "sent", "in_doubt", "dead")
    for one in state or ():
        if one not in known:
            raise ConfigError(f"--state {one!r} is none of {', '.join(known)}")
    leave(list_command(settings_now(), state or (), limit, json))  # type: ignore[arg-type]  # checked above


@outbox_app.command("show")
def outbox_show(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A delivery by the beginning of its key.")],
    json: AsJson = False,
) -> None:
    """Show a delivery: digest, channel, tries, and what became of it."""
    from digestbot.commands.outbox import show_command

    leave(show_command(settings_now(), key, json))


@outbox_app.command("resend")
def outbox_resend(
    keys: DeliveryKeys = None,
    dead: Annotated[bool, typer.Option("--dead", help="All that were given up.")] = False,
    now: Now = "",
) -> None:
    """Send what was given up or is in doubt again, with the next run."""
    from digestbot.commands.outbox import resend_command

    settings = settings_now()
    leave(resend_command(settings, keys or (), dead, clock(settings, now)))


@outbox_app.command("drop")
def outbox_drop(
    keys: Annotated[list[str], typer.Argument(metavar="KEY", help="Deliveries, each by the beginning of its key.")],
    now: Now = "",
) -> None:
    """Give deliveries up for good."""
    from digestbot.commands.outbox import drop_command

    settings = settings_now()
    leave(drop_command(settings, keys, clock(settings, now)))


@outbox_app.command("suspended")
def outbox_suspended(json: AsJson = False) -> None:
    """List the addresses that nothing is sent to, since a server said that nobody has them."""
    from digestbot.commands.outbox import suspended_command

    leave(suspended_command(settings_now(), json))


@outbox_app.command("resume")
def outbox_resume(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The address as `outbox suspended` writes it.")],
) -> None:
    """Send to a suspended address again."""
    from digestbot.commands.outbox import resume_command

    leave(resume_command(settings_now(), address))
