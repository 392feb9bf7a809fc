"""The command line: every job can be run once by hand, every list can be printed as --json.

Commands import what they need when they run: `digestbot --help` answers before any library is loaded.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from digestbot import __version__
from digestbot.commands.bot_app import bot_app
from digestbot.commands.config_app import config_app
from digestbot.commands.explain_app import explain_app
from digestbot.commands.feeds_app import feeds_app
from digestbot.commands.options import AsJson, FeedsFile, Now
from digestbot.commands.options import clock as _clock
from digestbot.commands.options import instant as _instant
from digestbot.commands.options import leave as _leave
from digestbot.commands.options import settings_now as _settings
from digestbot.commands.outbox_app import outbox_app
from digestbot.commands.prompts_app import prompts_app
from digestbot.commands.review_app import review_app
from digestbot.commands.roadmap_app import roadmap_app
from digestbot.commands.stories_app import stories_app
from digestbot.commands.subscribe_cli import digest_app, subscribe_app, subscriptions_app
from digestbot.errors import ConfigError, DigestbotError

app = typer.Typer(
    name="digestbot",
    help="Keeps a learning roadmap current: reads the sources, files what matters, sends digests, proposes changes.",
    epilog="Exit status: 0 done, 1 something is not as it should be, 2 wrong usage or settings. NO_COLOR: no colours.",
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(feeds_app, name="feeds")
app.add_typer(bot_app, name="bot")
app.add_typer(review_app, name="review")
app.add_typer(roadmap_app, name="roadmap")
app.add_typer(stories_app, name="stories")
app.add_typer(prompts_app, name="prompts")
app.add_typer(subscribe_app)
app.add_typer(explain_app)
app.add_typer(subscriptions_app, name="subscriptions")
app.add_typer(digest_app, name="digest")
app.add_typer(outbox_app, name="outbox")
app.add_typer(config_app, name="config")


def main() -> None:
    """Run the command line; an error of ours is one line on stderr, never a traceback."""
    try:
        app()
    except ConfigError as error:
        _fail(error, 2)
    except DigestbotError as error:
        _fail(error, 1)


def _fail(error: DigestbotError, status: int) -> None:
    sys.stderr.write(f"digestbot: {error}\n")
    sys.exit(status)


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"digestbot {__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Write the version and stop.")
    ] = False,
) -> None:
    """Take the options before the command."""


@app.command()
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

    settings = _settings()
    start = _instant(since, "--since") if since else None
    if estimate:
        _leave(estimate_command(settings, feeds, _clock(settings, now), start, json))
    _leave(run_command(settings, feeds, _clock(settings, now), start, dry_run, json))


@app.command()
def tick(
    feeds: FeedsFile = None,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Do what is due, once.

    Reads the feeds whose time has come, makes the digests that are due and tries again what could not be sent.
    """
    from digestbot.commands.serving import tick_command

    settings = _settings()
    _leave(tick_command(settings, feeds, _clock(settings, now), json))


@app.command()
def serve(
    feeds: FeedsFile = None,
) -> None:
    """Do what is due every 30 seconds, until it is stopped.

    SIGTERM and Ctrl-C let a tick under way end.
    """
    from digestbot.commands.serving import serve_command

    settings = _settings()
    _leave(serve_command(settings, feeds, lambda: _clock(settings, "")))


@app.command()
def demo(
    home: Annotated[
        Path | None, typer.Option("--home", metavar="DIR", help="Its data folder; digestbot-demo here if left out.")
    ] = None,
) -> None:
    """Run the whole job on a sample week that the package carries.

    It needs no internet, no key and no account.
    """
    from digestbot.commands.setup import demo_command

    _leave(demo_command(home))


@app.command()
def init() -> None:
    """Make the data folder with its own feeds.yaml and roadmaps.

    What is there already stays as it is.
    """
    from digestbot.commands.setup import init_command

    _leave(init_command(_settings()))


@app.command()
def doctor(json: AsJson = False) -> None:
    """Tell what is configured, what works, what to do about the rest."""
    from digestbot.commands.doctor import doctor_command

    _leave(doctor_command(_settings(), json))


@app.command()
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

    settings = _settings()
    _leave(status_command(settings, feeds, lambda: _clock(settings, now), watch, json))


@app.command()
def costs(
    since: Annotated[
        str, typer.Option("--since", metavar="ISO", help="From then on; the beginning of the month if left out.")
    ] = "",
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Tell what chat models took, by step and model, and what the budgets leave."""
    from digestbot.commands.costs import costs_command

    settings = _settings()
    start = _instant(since, "--since") if since else None
    _leave(costs_command(settings, start, _clock(settings, now), json))


@app.command()
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

    _leave(items_command(_settings(), outcome, feed, section, limit, json))


@app.command()
def why(
    item: Annotated[
        str, typer.Argument(metavar="URL-OR-ID", help="An address, an arXiv id, an item's or a story's id.")
    ],
    json: AsJson = False,
) -> None:
    """Tell all that happened to one item, and why."""
    from digestbot.commands.look import why_command

    _leave(why_command(_settings(), item, json))


@app.command()
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

    when = _instant(day, "--day").date() if day else None
    _leave(reconcile_command(_settings(), when, feed, limit, json))


@app.command()
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

    settings = _settings()
    chosen = settings.model_copy(update={"roadmap": roadmap}) if roadmap else settings
    _leave(add_command(chosen, urls, feeds, by, _clock(settings, now), json))


@app.command()
def suggestions(
    by: Annotated[str, typer.Option(metavar="NAME", help="Only what this person suggested.")] = "",
    new: Annotated[bool, typer.Option("--new", help="Only what was not told yet; it is by this.")] = False,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Tell what became of the addresses that people handed in."""
    from digestbot.commands.suggesting import suggestions_command

    settings = _settings()
    _leave(suggestions_command(settings, by, new, _clock(settings, now), json))


@app.command()
def load(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl", help="Lines of {id, title, abstract?, description?, url?, …}.")
    ],
    now: Now = "",
) -> None:
    """Make the lines of a file searchable, each under its own id."""
    from digestbot.commands.library import load_command

    settings = _settings()
    _leave(load_command(settings, file, _clock(settings, now)))


@app.command()
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

    settings, start = _settings(), _instant(since, "--since").date() if since else None
    filters = wanted(section or (), kind or (), lang or (), start)
    _leave(search_command(settings, query, limit, filters, _clock(settings, now), json))


@app.command()
def reindex(now: Now = "", json: AsJson = False) -> None:
    """Rebuild the index from the ledger, and prove that it did."""
    from digestbot.commands.library import reindex_command

    settings = _settings()
    _leave(reindex_command(settings, _clock(settings, now), json))


@app.command()
def file() -> None:
    """Filter: file JSON Lines into the default roadmap.

    {id, title, abstract?, url?, kind?, lang?, date?} → {id, section, chapter, confidence, top, relevance, reason,
    model}
    """
    from digestbot.commands.filters import file_command

    _leave(file_command(_stdin()))


@app.command()
def summarize() -> None:
    """Filter: summarize JSON Lines.

    {id, title, abstract?, description?} → {id, tldr, points, evidence, model}
    """
    from digestbot.commands.filters import summarize_command

    _leave(summarize_command(_stdin()))


@app.command()
def dedupe(
    pairs: Annotated[bool, typer.Option("--pairs", help="Judge pairs: {a, b} → {same, score, basis}.")] = False,
) -> None:
    """Filter: find the same work in JSON Lines.

    {id, title, url?, authors?, date?, …} → {id, story, duplicate_of, basis}
    """
    from digestbot.commands.filters import dedupe_command, pairs_command

    _leave(pairs_command(_stdin()) if pairs else dedupe_command(_stdin()))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new archive, such as digestbot.tar.gz.")],
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Write all that cannot be made anew into one file, while everything goes on.

    The ledger as it is at one instant, roadmaps, feeds, prompts, settings, digests. It holds secrets: keep it so.
    """
    from digestbot.commands.keeping import backup_command

    settings = _settings()
    _leave(backup_command(settings, file, _clock(settings, now), json))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What 'digestbot backup' wrote.")],
    json: AsJson = False,
) -> None:
    """Bring a backup back, checked, into a data folder that holds no ledger yet."""
    from digestbot.commands.keeping import restore_command

    _leave(restore_command(_settings(), file, json))


@app.command()
def tidy(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell only what would go.")] = False,
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Let go of old texts and records, as the settings say; what was decided and why stays."""
    from digestbot.commands.keeping import tidy_command

    settings = _settings()
    _leave(tidy_command(settings, _clock(settings, now), dry_run, json))


@app.command()
def forget(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A mail address, or a channel's other address.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before.")] = False,
    json: AsJson = False,
) -> None:
    """Delete what there is of a person in the ledger, and say what that was."""
    from digestbot.commands.forgetting import forget_command

    _leave(forget_command(_settings(), address, not yes, json))


@app.command()
def web(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help="The port.")] = 8421,
) -> None:
    """Serve the pages that mails link to: sign-up, settings, unsubscribing."""
    from digestbot.commands.web import web_command

    _leave(web_command(_settings(), host, port))


def _stdin() -> Any:
    # Bytes that are not UTF-8 belong to a bad line, not to a crash: they arrive as lone surrogates.
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]  # a text stream here
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text stream here
    return sys.stdin


if __name__ == "__main__":
    main()
