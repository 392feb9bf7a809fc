"""The command line: every job can be run once by hand, every list can be printed as --json.

Commands import what they need when they run: `digestbot --help` answers before any library is loaded.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from digestbot import __version__
from digestbot.commands.feeds_app import feeds_app
from digestbot.commands.options import AsJson, By, FeedsFile, Now
from digestbot.commands.options import clock as _clock
from digestbot.commands.options import instant as _instant
from digestbot.commands.options import leave as _leave
from digestbot.commands.options import settings_now as _settings
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
review_app = typer.Typer(help="Decide on proposed changes to the roadmap.", rich_markup_mode=None, no_args_is_help=True)
app.add_typer(feeds_app, name="feeds")
app.add_typer(review_app, name="review")
stories_app = typer.Typer(
    help="Look at what is one work, and decide on it.", rich_markup_mode=None, no_args_is_help=True
)
app.add_typer(stories_app, name="stories")
prompts_app = typer.Typer(
    help="Look at what a chat model is asked, and make it your own.", rich_markup_mode=None, no_args_is_help=True
)
app.add_typer(prompts_app, name="prompts")
app.add_typer(subscribe_app)
app.add_typer(subscriptions_app, name="subscriptions")
app.add_typer(digest_app, name="digest")

outbox_app = typer.Typer(
    help="Look at what is on its way, and decide on what is stuck.", rich_markup_mode=None, no_args_is_help=True
)
app.add_typer(outbox_app, name="outbox")


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
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Search the stories and whatever was loaded."""
    from digestbot.commands.library import search_command

    settings = _settings()
    _leave(search_command(settings, query, limit, _clock(settings, now), json))


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


ProposalArgument = Annotated[str, typer.Argument(metavar="ID", help="A proposal's id, or its beginning.")]


@review_app.command("list")
def review_list(
    state: Annotated[str, typer.Option(metavar="NAME", help="open, accepted, edited, rejected, or all.")] = "open",
    json: AsJson = False,
) -> None:
    """List proposals."""
    from digestbot.commands.reviewing import list_command

    known: Any = {name: name for name in ("open", "accepted", "edited", "rejected", "stale", "applied", "reverted")}
    if state != "all" and state not in known:
        raise ConfigError(f"there is no state {state!r}: use one of {', '.join(known)} or all")
    _leave(list_command(_settings(), known.get(state), json))


@review_app.command("filings")
def review_filings(json: AsJson = False) -> None:
    """List the stories whose place is in doubt."""
    from digestbot.commands.reviewing import filings_command

    _leave(filings_command(_settings(), json))


@review_app.command("show")
def review_show(
    proposal: ProposalArgument,
    json: AsJson = False,
) -> None:
    """Show a proposal: the change, why, and on what evidence."""
    from digestbot.commands.reviewing import show_command

    _leave(show_command(_settings(), proposal, json))


@review_app.command("accept")
def review_accept(
    proposal: ProposalArgument,
    merit: Annotated[str, typer.Option(metavar="TEXT", help="Your own line on the resource's merit.")] = "",
    by: By = "",
    now: Now = "",
) -> None:
    """Put the proposed resource into the roadmap."""
    from digestbot.commands.reviewing import accept_command

    settings = _settings()
    _leave(accept_command(settings, proposal, merit, by, _clock(settings, now)))


@review_app.command("reject")
def review_reject(
    proposal: ProposalArgument,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is not wanted.")] = "",
    by: By = "",
    now: Now = "",
) -> None:
    """Turn a proposal down; it does not come back."""
    from digestbot.commands.reviewing import reject_command

    settings = _settings()
    _leave(reject_command(settings, proposal, reason, by, _clock(settings, now)))


StoryArgument = Annotated[
    str, typer.Argument(metavar="STORY", help="A story's id, or the id, address or arXiv id of an item in it.")
]


@stories_app.command("show")
def stories_show(story: StoryArgument, json: AsJson = False) -> None:
    """Show a story: its items, what links them, who decided what."""
    from digestbot.commands.threads import show_command

    _leave(show_command(_settings(), story, json))


@stories_app.command("doubtful")
def stories_doubtful(
    limit: Annotated[
        int, typer.Option(metavar="N", min=1, max=1_000_000, help="At most so many, the likeliest first.")
    ] = 50,
    json: AsJson = False,
) -> None:
    """List the pairs that were left apart in doubt."""
    from digestbot.commands.threads import doubtful_command

    _leave(doubtful_command(_settings(), limit, json))


@stories_app.command("split")
def stories_split(
    story: StoryArgument,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="The item's id, address or arXiv id.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why they are two works.")] = "",
    by: By = "",
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Keep an item apart from a story, for good."""
    from digestbot.commands.threads import split_command

    settings = _settings()
    _leave(split_command(settings, story, item, by, reason, _clock(settings, now), json))


@stories_app.command("merge")
def stories_merge(
    one: StoryArgument,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Another story, named in the same way.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why they are one work.")] = "",
    by: By = "",
    now: Now = "",
    json: AsJson = False,
) -> None:
    """Make two stories one, for good."""
    from digestbot.commands.threads import merge_command

    settings = _settings()
    _leave(merge_command(settings, one, other, by, reason, _clock(settings, now), json))


PromptArgument = Annotated[str, typer.Argument(metavar="NAME", help="A prompt's name, as `prompts list` tells.")]


@prompts_app.command("list")
def prompts_list(json: AsJson = False) -> None:
    """List the prompts: version, hash, and whose text counts."""
    from digestbot.commands.prompting import list_command

    _leave(list_command(_settings(), json))


@prompts_app.command("show")
def prompts_show(
    name: PromptArgument,
    shipped: Annotated[bool, typer.Option("--shipped", help="The shipped text, whatever yours says.")] = False,
    json: AsJson = False,
) -> None:
    """Write a prompt as it counts."""
    from digestbot.commands.prompting import show_command

    _leave(show_command(_settings(), name, shipped, json))


@prompts_app.command("copy")
def prompts_copy(
    name: PromptArgument,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep your text, and take the shipped one of now as its beginning.")
    ] = False,
) -> None:
    """Copy a shipped prompt into the data folder, to be edited."""
    from digestbot.commands.prompting import copy_command

    _leave(copy_command(_settings(), name, keep))


@prompts_app.command("check")
def prompts_check(json: AsJson = False) -> None:
    """Check every prompt: header, variables, schema.

    Exit status 1 when one is not good.
    """
    from digestbot.commands.prompting import check_command

    _leave(check_command(_settings(), json))


@prompts_app.command("diff")
def prompts_diff(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="One prompt; all of them if left out.")] = "",
    json: AsJson = False,
) -> None:
    """Show what your prompts change, and what the shipped ones changed since.

    Exit status 1 when a shipped prompt has moved on since yours was made.
    """
    from digestbot.commands.prompting import diff_command

    _leave(diff_command(_settings(), name, json))


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
    _leave(list_command(_settings(), state or (), limit, json))  # type: ignore[arg-type]  # checked above


@outbox_app.command("show")
def outbox_show(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A delivery by the beginning of its key.")],
    json: AsJson = False,
) -> None:
    """Show a delivery: digest, channel, tries, and what became of it."""
    from digestbot.commands.outbox import show_command

    _leave(show_command(_settings(), key, json))


@outbox_app.command("resend")
def outbox_resend(
    keys: DeliveryKeys = None,
    dead: Annotated[bool, typer.Option("--dead", help="All that were given up.")] = False,
    now: Now = "",
) -> None:
    """Send what was given up or is in doubt again, with the next run."""
    from digestbot.commands.outbox import resend_command

    settings = _settings()
    _leave(resend_command(settings, keys or (), dead, _clock(settings, now)))


@outbox_app.command("drop")
def outbox_drop(
    keys: Annotated[list[str], typer.Argument(metavar="KEY", help="Deliveries, each by the beginning of its key.")],
    now: Now = "",
) -> None:
    """Give deliveries up for good."""
    from digestbot.commands.outbox import drop_command

    settings = _settings()
    _leave(drop_command(settings, keys, _clock(settings, now)))


@outbox_app.command("suspended")
def outbox_suspended(json: AsJson = False) -> None:
    """List the addresses that nothing is sent to, since a server said that nobody has them."""
    from digestbot.commands.outbox import suspended_command

    _leave(suspended_command(_settings(), json))


@outbox_app.command("resume")
def outbox_resume(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The address as `outbox suspended` writes it.")],
) -> None:
    """Send to a suspended address again."""
    from digestbot.commands.outbox import resume_command

    _leave(resume_command(_settings(), address))


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
