"""`digestbot backfill`: how it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digestbot.commands.options import AsJson, FeedsFile, Now, clock, instant, leave, settings_now

backfill_app = typer.Typer(rich_markup_mode=None)


@backfill_app.command()
def backfill(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="DUMP", help="arXiv's metadata snapshot (JSON Lines, .gz, .zst); else arXiv itself."),
    ] = None,
    categories: Annotated[
        str, typer.Option(metavar="LIST", help="Only papers of these, with commas: cs.CL,stat.ML or cs.*")
    ] = "",
    since: Annotated[str, typer.Option(metavar="DAY", help="Only papers submitted from this day on.")] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="Only papers submitted before this day.")] = "",
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Stop after so many new papers.")] = None,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Ray processes; one a core if left out, 0 for none and no Ray."),
    ] = None,
    cluster: Annotated[str, typer.Option(metavar="ADDRESS", help="A Ray cluster that we are in: head:6379.")] = "",
    feeds: FeedsFile = None,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Load years of arXiv as history: filed and searchable, never sent.

    What was loaded before is passed over: stop it when you like, and call it again.
    """
    from digestbot.commands.backfilling import backfill_command, order_of

    settings = settings_now()
    begins = instant(since, "--since") if since else None
    ends = instant(until, "--until") if until else None
    order = order_of(file, categories, begins, ends, limit, workers, cluster)
    leave(backfill_command(settings, feeds, order, clock(settings, now), json))
