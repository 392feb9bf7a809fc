"""`digestbot status`: everything at a glance, once or again and again."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from digestbot.adapters.ledger import Ledger
from digestbot.app import ledger_of, load_feeds, status_now
from digestbot.commands.console import Terminal, counted, terminal, write_json
from digestbot.settings import Settings
from digestbot.status import Status, alerts, lag_s

_EVERY_S = 2.0
_MOST_FEEDS = 5


def status_command(
    settings: Settings, feeds_file: Path | None, clock: Callable[[], datetime], watch: bool, as_json: bool
) -> int:
    """Write the status; 1 when something wants looking at. With `watch` write it anew until Ctrl-C."""
    with ledger_of(settings) as ledger:
        if watch:
            return _watch(settings, ledger, feeds_file, clock)
        status = status_now(settings, ledger, load_feeds(settings, feeds_file), clock())
    if as_json:
        write_json(status_values(status))
    else:
        _show(terminal(), status)
    return int(bool(alerts(status)))


def _watch(settings: Settings, ledger: Ledger, feeds_file: Path | None, clock: Callable[[], datetime]) -> int:
    where = terminal()
    try:
        while True:
            status = status_now(settings, ledger, load_feeds(settings, feeds_file), clock())
            if where.out.is_terminal:
                where.out.clear()
            _show(where, status)
            sys.stdout.flush()
            time.sleep(_EVERY_S)
    except KeyboardInterrupt:
        return 0


def _show(where: Terminal, status: Status) -> None:
    where.table(("", f"{status.now:%Y-%m-%d %H:%M} UTC"), list(_rows(status)), wide=f"{status.now:%Y-%m-%d %H:%M} UTC")
    for one in alerts(status):
        where.write(f"! {one.line}\n")


def _rows(status: Status) -> Iterator[tuple[str, str]]:
    counts = status.counts
    yield "feeds", _feeds(status)
    for feed in [feed for feed in status.feeds if feed.health in ("failing", "paused")][:_MOST_FEEDS]:
        since = f" since {feed.since:%Y-%m-%d %H:%M}" if feed.since else ""
        yield "", f"{feed.id}: {feed.health}{since}, {feed.reason}"
    last = f"{counts.last_run_at:%Y-%m-%d %H:%M}, {counts.last_run_s:.0f} s" if counts.last_run_at else "never"
    yield "last run", last + (f"; {counted(counts.under_way, 'item')} under way" if counts.under_way else "")
    yield "items, 24 h", ", ".join(f"{count} {name}" for name, count in counts.outcomes.items()) or "none"
    yield "known", f"{counted(counts.stories, 'story', 'stories')}, {counted(counts.documents, 'document')} to search"
    yield "digests", _digests(status)
    queue = ", ".join(f"{count} {name}" for name, count in counts.queue.items() if name != "sent")
    yield "outbox", f"{queue or 'nothing waits'}{_delay(counts.delays_s)}"
    if status.suggested:
        yield "handed in", f"{counted(status.suggested, 'address', 'addresses')} to read"
    yield "proposals", f"{counts.open_proposals} to review"
    budgets = "".join(f"; {budget.share:.0%} of {budget.what}" for budget in status.budgets)
    yield "models, today", f"{status.tokens:,} tokens, ${status.cost_usd:.2f}{budgets}"
    yield "running", _processes(status)
    yield "late", span(lag_s(status))
    yield "disk", f"{status.free_bytes / (1 << 30):.1f} GB free"


def _feeds(status: Status) -> str:
    told = []
    for health in ("good", "failing", "paused", "not read yet"):
        if count := sum(feed.health == health for feed in status.feeds):
            told.append(f"{count} {health}")
    due = f"; next at {status.next_check_at:%H:%M}" if status.next_check_at else ""
    return (", ".join(told) or "none") + due


def _processes(status: Status) -> str:
    leader = next((f", {one.name.rpartition(':')[0]} leads" for one in status.processes if one.leads), "")
    roles = [one.role for one in status.processes]
    told = [counted(roles.count(role), role) for role in ("server", "worker") if role in roles]
    return (", ".join(told) or "nothing: 'digestbot serve' does what is due") + leader


def span(seconds: float) -> str:
    """Return a length of time as one reads it at a glance: "nothing" under a minute, days from two of them on."""
    for unit, length, least in (("days", 86_400, 172_800), ("hours", 3_600, 7_200), ("min", 60, 60)):
        if seconds >= least:
            return f"{seconds / length:,.0f} {unit}"
    return "nothing"


def _digests(status: Status) -> str:
    due = status.next_digest_at
    when = "; one is due" if due == status.now else f"; next at {due:%Y-%m-%d %H:%M}" if due else ""
    made = counted(status.counts.digests, "digest")
    return f"{made} in 24 h for {counted(status.subscriptions, 'subscription')}{when}"


def _delay(delays_s: tuple[float, ...]) -> str:
    return f"; sent after {median(delays_s):.0f} s in the middle" if delays_s else ""


def status_values(status: Status) -> dict[str, Any]:
    """Return a status as JSON values."""
    counts = status.counts
    return {
        "now": status.now,
        "alerts": [one.line for one in alerts(status)],
        "feeds": [feed.__dict__ for feed in status.feeds],
        "last_run": {"at": counts.last_run_at, "seconds": counts.last_run_s, "under_way": counts.under_way},
        "outcomes": dict(counts.outcomes),
        "stories": counts.stories,
        "documents": counts.documents,
        "digests": {"made": counts.digests, "next_at": status.next_digest_at, "subscriptions": status.subscriptions},
        "outbox": {
            "states": dict(counts.queue),
            "waiting_since": counts.waiting_since,
            "median_delay_s": median(counts.delays_s) if counts.delays_s else None,
        },
        "open_proposals": counts.open_proposals,
        "tokens": status.tokens,
        "cost_usd": status.cost_usd,
        "budgets": [budget.__dict__ for budget in status.budgets],
        "suggested": status.suggested,
        "processes": [one.__dict__ for one in status.processes],
        "lag_s": lag_s(status),
        "free_bytes": status.free_bytes,
        "index": status.index,
    }
