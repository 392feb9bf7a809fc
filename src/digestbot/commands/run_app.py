"""`digestbot run`, `tick`, `serve`, `worker`, `web`, `demo` and `init`: how they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digestbot.commands.options import AsJson, FeedsFile, Now, clock, instant, leave, settings_now

run_app = typer.Typer(rich_markup_mode=None)


@run_app.command()
def run(
    feeds: FeedsFile = None,
    now: Now = "",
    since: Annotated[str, typer.Option("--since", metavar="ISO", help="Take what was published from then on.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do everything on a copy: write and send nothing.")
    ] = False,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Tell only what a run would take of the chat model, and make no call.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Read the feeds, file what is new, send the digest.

    Summarizes and proposes changes to the roadmap, too. A run that was killed is finished by the next one.
    """
    from digestbot.commands.run import estimate_command, run_command

    settings = settings_now()
    start = instant(since, "--since") if since else None
    if estimate:
        leave(estimate_command(settings, feeds, clock(settings, now), start, json))
    leave(run_command(settings, feeds, clock(settings, now), start, dry_run, json))


@run_app.command()
def tick(
    feeds: FeedsFile = None,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Do what is due, once.

    Reads the feeds whose time has come, makes the digests that are due and tries again what could not be sent.
    """
    from digestbot.commands.serving import tick_command

    settings = settings_now()
    leave(tick_command(settings, feeds, clock(settings, now), json))


@run_app.command()
def serve(
    feeds: FeedsFile = None,
) -> None:
    """Do what is due every 30 seconds, until it is stopped.

    SIGTERM and Ctrl-C let a tick under way end.
    """
    from digestbot.commands.serving import serve_command

    settings = settings_now()
    leave(serve_command(settings, feeds, lambda: clock(settings, "")))


@run_app.command()
def worker() -> None:
    """Only deliver, beside servers on the same ledger, until it is stopped.

    Sends mails, posts to Discord and to webhooks within seconds; files are left to the server that leads.
    """
    from digestbot.commands.working import worker_command

    settings = settings_now()
    leave(worker_command(settings, lambda: clock(settings, "")))


@run_app.command()
def web(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help="The port.")] = 8421,
) -> None:
    """Serve the pages that mails link to: sign-up, settings, unsubscribing."""
    from digestbot.commands.web import web_command

    leave(web_command(settings_now(), host, port))


@run_app.command()
def demo(
    home: Annotated[
        Path | None, typer.Option("--home", metavar="DIR", help="Its data folder; digestbot-demo here if left out.")
    ] = None,
) -> None:
    """Run the whole job on a sample week that the package carries.

    It needs no internet, no key and no account.
    """
    from digestbot.commands.setup import demo_command

    leave(demo_command(home))


@run_app.command()
def init() -> None:
    """Make the data folder with its own feeds.yaml and roadmaps.

    What is there already stays as it is.
    """
    from digestbot.commands.setup import init_command

    leave(init_command(settings_now()))
