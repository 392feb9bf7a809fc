"""`digestbot site …`: how its commands are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digestbot.commands.options import AsJson, Now, clock, leave, settings_now

site_app = typer.Typer(help="The pages as files, for any web host.", rich_markup_mode=None, no_args_is_help=True)


@site_app.command("build")
def site_build(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to; files of others in it stay as they are.")],
    url: Annotated[
        str, typer.Option(metavar="URL", help="Where it will be read, for feeds; DIGESTBOT_PUBLIC_URL if left out.")
    ] = "",
    lang: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="en, zh-Hans or zh-Hant; several. The roadmap's if left out."),
    ] = None,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Write what anybody may read as a folder of files.

    Again, it writes only what has changed. Questions, reviews and sign-up need digestbot web and are left out.
    """
    from digestbot.commands.site import build_command

    settings = settings_now()
    set_now = settings.model_copy(update={"now": clock(settings, now)})
    leave(build_command(set_now, folder, url, tuple(lang or ()), json))
