"""`digestbot roadmap …`: how its commands are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digestbot.commands.options import AsJson, Now, clock, leave, settings_now

roadmap_app = typer.Typer(
    help="Look at roadmaps, bring in your own, and see what changed.", rich_markup_mode=None, no_args_is_help=True
)

Name = Annotated[
    str, typer.Argument(metavar="[NAME]", help="A roadmap's name, or Markdown by path; the main one if left out.")
]
Days = Annotated[int, typer.Option("--days", min=1, max=3_650, help="For how many days something counts as new.")]


@roadmap_app.command("list")
def roadmap_list(json: AsJson = False) -> None:
    """List the roadmaps: which are filed into, and which there are."""
    from digestbot.commands.roadmaps import list_command

    leave(list_command(settings_now(), json))


@roadmap_app.command("show")
def roadmap_show(
    name: Name = "",
    chapter: Annotated[
        str, typer.Option("--chapter", metavar="ID", help="One chapter or section, with its resources.")
    ] = "",
    days: Days = 28,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Show a roadmap's sections and chapters, with what is new in them."""
    from digestbot.commands.roadmaps import show_command

    settings = settings_now()
    leave(show_command(settings, name, chapter, days, clock(settings, now), json))


@roadmap_app.command("check")
def roadmap_check(name: Name = "", json: AsJson = False) -> None:
    """Find what is wrong inside a roadmap: dead anchors, doubles, empty chapters.

    Exit status 1 when something leads a reader nowhere.
    """
    from digestbot.commands.roadmaps import check_command

    leave(check_command(settings_now(), name, json))


@roadmap_app.command("import")
def roadmap_import(
    source: Annotated[
        str, typer.Argument(metavar="FILE-or-URL", help="A Markdown file, a folder of them, or an address.")
    ],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What it will be called.")],
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of the roadmap of that name.")] = False,
) -> None:
    """Bring a roadmap into the data folder."""
    from digestbot.commands.roadmaps_moving import import_command

    leave(import_command(settings_now(), source, name, replace))


@roadmap_app.command("export")
def roadmap_export(
    name: Name = "",
    output: Annotated[
        Path, typer.Option("--output", metavar="FILE", help="Where to; a folder for a roadmap of several files; or -.")
    ] = Path("-"),
    mark_new: Annotated[
        int, typer.Option("--mark-new", metavar="DAYS", min=0, help="Put a sign at what came in these last days.")
    ] = 0,
    replace: Annotated[bool, typer.Option("--replace", help="Write over what is there.")] = False,
    now: Now = "",
) -> None:
    """Write a roadmap's Markdown, as it is or with a sign at what is new."""
    from digestbot.commands.roadmaps_moving import export_command

    settings = settings_now()
    leave(export_command(settings, name, output, mark_new, replace, clock(settings, now)))


@roadmap_app.command("changes")
def roadmap_changes(
    name: Name = "",
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=520, help="How many weeks back.")] = 12,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Write what changed in a roadmap, a week a chapter, as Markdown."""
    from digestbot.commands.roadmaps import changes_command

    settings = settings_now()
    leave(changes_command(settings, name, weeks, clock(settings, now), json))


@roadmap_app.command("health")
def roadmap_health(
    name: Name = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help="Look at so many links; 0 for all.")] = 0,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Look at a roadmap's links, and propose what to do about those that are not well.

    Exit status 1 when one is not well.
    """
    from digestbot.commands.health import health_command

    settings = settings_now()
    leave(health_command(settings, name, limit, clock(settings, now), json))
