"""`digestbot feeds …`: how its commands are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digestbot.commands.options import AsJson, Now, clock, leave, settings_now

feeds_app = typer.Typer(help="Look at feeds and change them.", rich_markup_mode=None, no_args_is_help=True)

FeedId = Annotated[str, typer.Argument(metavar="ID", help="A feed's id, as 'feeds list' shows it.")]


@feeds_app.command("list")
def feeds_list(now: Now = "", json: AsJson = False) -> None:
    """List the feeds: how they are, when they were read, when they are next."""
    from digestbot.commands.feeds import list_command

    settings = settings_now()
    leave(list_command(settings, clock(settings, now), json))


@feeds_app.command("test")
def feeds_test(
    feed: Annotated[str, typer.Argument(metavar="ID|URL", help="A feed's id, or any address.")],
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Read a feed once and show what came; nothing is recorded."""
    from digestbot.commands.feeds import test_command

    settings = settings_now()
    leave(test_command(settings, feed, clock(settings, now), json))


@feeds_app.command("add")
def feeds_add(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="A feed's or page's address, a YouTube handle, OWNER/REPO, an arXiv category."
        ),
    ],
    id: Annotated[str, typer.Option("--id", metavar="ID", help="Its id; made of its title if left out.")] = "",
    every: Annotated[
        str, typer.Option("--every", metavar="TIME", help="How often to read it, such as 90m, 6h or 1d.")
    ] = "",
    roadmap: Annotated[
        list[str], typer.Option("--roadmap", metavar="NAME", help="A roadmap it is meant for; may be repeated.")
    ] = [],  # noqa: B006  # typer reads it once
) -> None:
    """Find what is meant, read it, and write it into feeds.yaml."""
    from digestbot.commands.feeds_change import add_command

    leave(add_command(settings_now(), what, id, every, tuple(roadmap)))


@feeds_app.command("remove")
def feeds_remove(feed: FeedId) -> None:
    """Take a feed out of feeds.yaml; what it showed stays."""
    from digestbot.commands.feeds_change import remove_command

    leave(remove_command(settings_now(), feed))


@feeds_app.command("pause")
def feeds_pause(feed: FeedId, now: Now = "") -> None:
    """Ask a feed no longer, until it is resumed."""
    from digestbot.commands.feeds import pause_command

    settings = settings_now()
    leave(pause_command(settings, feed, clock(settings, now)))


@feeds_app.command("resume")
def feeds_resume(feed: FeedId) -> None:
    """Ask a paused feed again, at the next run."""
    from digestbot.commands.feeds import resume_command

    leave(resume_command(settings_now(), feed))


@feeds_app.command("discover")
def feeds_discover(
    url: Annotated[str, typer.Argument(metavar="URL", help="A page, or whatever 'feeds add' takes.")],
    json: AsJson = False,
) -> None:
    """Show the feeds that a page offers; nothing is written."""
    from digestbot.commands.feeds_change import discover_command

    leave(discover_command(settings_now(), url, json))


@feeds_app.command("import")
def feeds_import(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="A list of feeds in OPML; - for standard input.")],
) -> None:
    """Add the feeds of another program's list; nothing is fetched."""
    from digestbot.commands.feeds_lists import import_command

    leave(import_command(settings_now(), file))


@feeds_app.command("export")
def feeds_export(now: Now = "") -> None:
    """Write the feeds as OPML, for other programs or to import again.

    Addresses stand in it whole, keys among them.
    """
    from digestbot.commands.feeds_lists import export_command

    settings = settings_now()
    leave(export_command(settings, clock(settings, now)))


@feeds_app.command("parse")
def feeds_parse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A feed document; - for standard input.")],
    content_type: Annotated[str, typer.Option("--content-type", metavar="TYPE", help="As its server stated it.")] = "",
    url: Annotated[str, typer.Option("--url", metavar="URL", help="Where it came from, for relative links.")] = "",
    json: AsJson = False,
) -> None:
    """Show what a feed document holds; no network is used."""
    from digestbot.commands.feeds_lists import parse_command

    leave(parse_command(file, content_type, url, json))
