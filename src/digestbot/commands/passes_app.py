"""`digestbot passes …`: how its commands are called."""

from __future__ import annotations

from typing import Annotated, Any, get_args

import typer

from digestbot.commands.options import AsJson, Now, clock, leave, settings_now
from digestbot.domain.passes import PassRole
from digestbot.errors import ConfigError

passes_app = typer.Typer(
    help="Let people sign in on the web pages, and programs write over the API.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

_ROLES: tuple[str, ...] = get_args(PassRole)


@passes_app.command("add")
def passes_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose it is; decisions are recorded under this name.")],
    role: Annotated[
        str, typer.Option(metavar="ROLE", help="reader, reviewer (a vote) or operator (a word that is enough).")
    ] = "reviewer",
    days: Annotated[
        int, typer.Option(metavar="N", min=0, max=3_650, help="For so many days; 0 until it is revoked.")
    ] = 365,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Make a pass and write its token, this once."""
    from digestbot.commands.passes import add_command

    settings = settings_now()
    leave(add_command(settings, name, _role(role), days, clock(settings, now), json))


@passes_app.command("list")
def passes_list(now: Now = "", json: AsJson = False) -> None:
    """List the passes: whose, what for, since and until when, last used when."""
    from digestbot.commands.passes import list_command

    settings = settings_now()
    leave(list_command(settings, clock(settings, now), json))


@passes_app.command("revoke")
def passes_revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="A pass' id, as 'passes list' shows it.")], now: Now = ""
) -> None:
    """End a pass, and sign out whoever used it."""
    from digestbot.commands.passes import revoke_command

    settings = settings_now()
    leave(revoke_command(settings, id, clock(settings, now)))


def _role(name: str) -> Any:
    if name not in _ROLES:
        raise ConfigError(f"--role {name!r} is none: use one of {', '.join(_ROLES)}")
    return name
