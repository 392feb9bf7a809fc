"""`digestbot run`: one ingest and one digest pass, and its report."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from digestbot.app import Given, load_feeds, report_values, routes_of, run_line, try_line
from digestbot.app.models import dry_models_of
from digestbot.commands.console import Terminal, counted, progress, shown_cost, terminal, write_json
from digestbot.commands.reconciling import tally_line
from digestbot.commands.reporting import say_changes
from digestbot.domain import ChannelKind, Usage
from digestbot.errors import ConfigError
from digestbot.pipeline.line import Report
from digestbot.pipeline.triage import STUDY_SHARE
from digestbot.ports import Route
from digestbot.settings import Settings


def run_command(
    settings: Settings, feeds_file: Path | None, now: datetime, since: datetime | None, dry_run: bool, as_json: bool
) -> int:
    """Run the line once; return 1 when no feed could be read or a digest will not arrive without help."""
    feeds = load_feeds(settings, feeds_file)
    where = terminal()
    with progress(where) as show:
        shown: list[str] = []
        routes = routes_of(settings, None if as_json else shown.append, where.width, where.colour)
        if dry_run:
            here: dict[ChannelKind, Route] = {kind: routes[kind] for kind in routes if kind == "terminal"}
            with tempfile.TemporaryDirectory(prefix="digestbot-") as scratch:
                report = try_line(settings, Given(feeds, now, show, here, since), Path(scratch))
        else:
            report = run_line(settings, Given(feeds, now, show, routes, since))
    if as_json:
        write_json(report_values(report))
    else:
        where.write("".join(shown))
        show_report(where, report, dry_run)
    if not dry_run:
        say_changes(where, settings, feeds, now, report, lambda: routes)
    return status_of(report)


def estimate_command(
    settings: Settings, feeds_file: Path | None, now: datetime, since: datetime | None, as_json: bool
) -> int:
    """Write what a run would take of the chat model, step by step: everything is done on a copy, without a call."""
    if settings.model == "offline":
        raise ConfigError("there is nothing to estimate: DIGESTBOT_MODEL names no chat model")
    feeds, where = load_feeds(settings, feeds_file), terminal()
    with progress(where) as show, tempfile.TemporaryDirectory(prefix="digestbot-") as scratch:
        models = dry_models_of(settings)
        report = try_line(settings, Given(feeds, now, show, {}, since), Path(scratch), models)
    steps = {step: spent.usage for step, spent in report.steps.items() if spent.usage.calls}
    if as_json:
        for step, usage in steps.items():
            write_json({"step": step, **asdict(usage)})
        return 0
    total = sum(steps.values(), Usage())
    rows = [
        (step, u.calls, u.tokens, u.output_tokens, shown_cost(u.cost_usd))
        for step, u in (*steps.items(), ("all", total))
    ]
    where.table(("step", "calls", "tokens", "written", "cost"), rows)
    where.say(_counts(report))
    where.say(f"An estimate for {settings.model}; studies of doubtful stories may add {STUDY_SHARE:.0%} to triage.")
    return 0


def status_of(report: Report) -> int:
    """Return 1 when nothing could be read, or when a delivery is dead or in doubt; else 0."""
    asked = [feed for feed in report.feeds if feed.asked]
    unread = bool(asked) and all(feed.failed for feed in asked)
    sent = [receipt for receipt in report.deliveries if receipt.channel.kind != "terminal"]
    stuck = any(receipt.state in ("dead", "in_doubt") for receipt in sent)
    return int(unread or stuck)


def show_report(where: Terminal, report: Report, dry_run: bool) -> None:
    """Say what a run did."""
    where.say(_counts(report))
    for feed in report.feeds:
        if feed.reason:
            where.say(f"  {feed.id} {'failed' if feed.failed else 'was not asked'}: {feed.reason}")
        for told in (*feed.left_out, *filter(None, (feed.note,))):
            where.say(f"  {feed.id}: {told}")
    for tally in report.announced:
        where.say(f"  {tally.feed}, {tally.day}: {tally_line(tally)}.")
    if any(feed.reason.startswith("refused-address") for feed in report.feeds):
        where.say("  Private addresses are read only where DIGESTBOT_ALLOW_NETS names their network.")
    for receipt in report.deliveries:
        if receipt.channel.kind != "terminal":
            where.say(f"  {receipt.channel.kind}: {receipt.state} {receipt.reference or receipt.reason}")
    if not report.digests:
        where.say("Nothing new for a digest.")
    if report.proposals:
        found = counted(len(report.proposals), "new proposal")
        where.say(f"{found}, not kept." if dry_run else f"{found}: digestbot review list")
    for reason in report.degraded:
        where.say(f"The offline model helped out: {reason}")
    seconds = sum(spent.seconds for spent in report.steps.values())
    tokens = sum(spent.usage.tokens for spent in report.steps.values())
    where.say(f"Done in {seconds:.1f} s, {tokens} tokens.{' Nothing was written or sent.' if dry_run else ''}")


def _counts(report: Report) -> str:
    fetched = sum(feed.fetched for feed in report.feeds)
    counts = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in report.outcomes.items() if number)
    return (
        f"Read {counted(fetched, 'entry', 'entries')} of {counted(len(report.feeds), 'feed')}: {counts or 'nothing'}."
    )
