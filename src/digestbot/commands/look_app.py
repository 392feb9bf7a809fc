"""`digestbot doctor`, `status`, `costs`, `items`, `why` and `reconcile`: how they are called."""

from __future__ import annotations

from typing import Annotated

import typer

from digestbot.commands.options import AsJson, FeedsFile, Now, clock, instant, leave, settings_now

look_app = typer.Typer(rich_markup_mode=None)


@look_app.command()
def doctor(
    no_network: Annotated[bool, typer.Option("--no-network", help="Ask nothing beyond this machine.")] = False,
    json: AsJson = False,
) -> None:
    """Tell what is configured, what works, what to do about the rest.

    Exit status 1 when something is wrong. Nothing is sent or changed.
    """
    from digestbot.commands.doctor import doctor_command

    leave(doctor_command(settings_now, json, not no_network))


@look_app.command()
def status(
    feeds: FeedsFile = None,
    watch: Annotated[bool, typer.Option("--watch", help="Show it anew every two seconds, until Ctrl-C.")] = False,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Show at a glance how it goes.

    Exit status 1 when something wants looking at.
    """
    from digestbot.commands.status import status_command

    settings = settings_now()
    leave(status_command(settings, feeds, lambda: clock(settings, now), watch, json))


@look_app.command()
def costs(
    since: Annotated[
        str, typer.Option("--since", metavar="ISO", help="From then on; the beginning of the month if left out.")
    ] = "",
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Tell what chat models took, by step and model, and what the budgets leave."""
    from digestbot.commands.costs import costs_command

    settings = settings_now()
    start = instant(since, "--since") if since else None
    leave(costs_command(settings, start, clock(settings, now), json))


@look_app.command()
def items(
    outcome: Annotated[
        str, typer.Option(metavar="NAME", help="Only items that ended so, e.g. filed or off_roadmap.")
    ] = "",
    feed: Annotated[str, typer.Option(metavar="ID", help="Only items of this feed.")] = "",
    section: Annotated[str, typer.Option(metavar="ID", help="Only items filed into this section, e.g. IV.")] = "",
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1_000_000, help="At most so many, newest first.")] = 50,
    json: AsJson = False,
) -> None:
    """List what the feeds showed and where it ended."""
    from digestbot.commands.look import items_command

    leave(items_command(settings_now(), outcome, feed, section, limit, json))


@look_app.command()
def why(
    item: Annotated[
        str, typer.Argument(metavar="URL-OR-ID", help="An address, an arXiv id, an item's or a story's id.")
    ],
    json: AsJson = False,
) -> None:
    """Tell all that happened to one item, and why."""
    from digestbot.commands.look import why_command

    leave(why_command(settings_now(), item, json))


@look_app.command()
def reconcile(
    day: Annotated[str, typer.Option(metavar="DAY", help="Only this day, such as 2026-04-10.")] = "",
    feed: Annotated[str, typer.Option(metavar="ID", help="Only this feed.")] = "",
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1_000_000, help="At most so many, newest first.")] = 20,
    json: AsJson = False,
) -> None:
    """Tell for each day whether all that arXiv announced was recorded.

    Runs compare and fetch; this shows what came of it, and names what is missing.
    """
    from digestbot.commands.reconciling import reconcile_command

    when = instant(day, "--day").date() if day else None
    leave(reconcile_command(settings_now(), when, feed, limit, json))
