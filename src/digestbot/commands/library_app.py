"""`digestbot add`, `suggestions`, `load`, `search` and `reindex`: how they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digestbot.commands.options import AsJson, FeedsFile, Now, clock, instant, leave, settings_now

library_app = typer.Typer(rich_markup_mode=None)


@library_app.command()
def add(
    urls: Annotated[
        list[str], typer.Argument(metavar="URL…", help="Papers, pages, videos, repositories; - for lines on stdin.")
    ],
    roadmap: Annotated[
        str, typer.Option("--roadmap", metavar="NAME", help="File into this roadmap instead of the one that is set.")
    ] = "",
    feeds: FeedsFile = None,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who suggests it; you if left out.")] = "",
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Hand in pages by address: they are read, filed, and told in the next digest.

    Says at once which of them are known, and then what became of the others.
    """
    from digestbot.commands.adding import add_command

    settings = settings_now()
    chosen = settings.model_copy(update={"roadmap": roadmap}) if roadmap else settings
    leave(add_command(chosen, urls, feeds, by, clock(settings, now), json))


@library_app.command()
def suggestions(
    by: Annotated[str, typer.Option(metavar="NAME", help="Only what this person suggested.")] = "",
    new: Annotated[bool, typer.Option("--new", help="Only what was not told yet; it is by this.")] = False,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Tell what became of the addresses that people handed in."""
    from digestbot.commands.suggesting import suggestions_command

    settings = settings_now()
    leave(suggestions_command(settings, by, new, clock(settings, now), json))


@library_app.command()
def load(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl", help="Lines of {id, title, abstract?, description?, url?, …}.")
    ],
    now: Now = "",
) -> None:
    """Make the lines of a file searchable, each under its own id."""
    from digestbot.commands.library import load_command

    settings = settings_now()
    leave(load_command(settings, file, clock(settings, now)))


@library_app.command()
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words, in English or Chinese.")],
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1000, help="At most so many, best first.")] = 10,
    section: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only of this section; may be repeated.")
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only papers, say; may be repeated.")] = None,
    lang: Annotated[list[str] | None, typer.Option(metavar="CODE", help="Only in this language: en or zh.")] = None,
    since: Annotated[str, typer.Option(metavar="DAY", help="Only from this day on.")] = "",
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Search the stories and whatever was loaded; with --kind roadmap, the chapters of the roadmap."""
    from digestbot.commands.library import search_command, wanted

    settings, start = settings_now(), instant(since, "--since").date() if since else None
    filters = wanted(section or (), kind or (), lang or (), start)
    leave(search_command(settings, query, limit, filters, clock(settings, now), json))


@library_app.command()
def reindex(now: Now = "", json: AsJson = False) -> None:
    """Rebuild the index from the ledger, and prove that it did."""
    from digestbot.commands.library import reindex_command

    settings = settings_now()
    leave(reindex_command(settings, clock(settings, now), json))
