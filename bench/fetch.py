"""Times the fetch step on 1,000 feeds at 1,000 hosts of loopback, 50 ms away: a first pass, and one without news.

Beside it, in the same run and on the same feeds: feedparser.parse(url) in a plain loop, and lemon24/reader.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import feedparser
from feed_server import NEWEST, serve, served

from digestbot.adapters.http import PoliteHttp
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.adapters.syndication import SyndicationSource
from digestbot.adapters.worker import Worker
from digestbot.app import worker_processes
from digestbot.commands.console import silent
from digestbot.domain import Feed, FeedId, FeedKind
from digestbot.pipeline.fetch import fetch
from digestbot.ports import FeedSource

NOW = NEWEST + timedelta(hours=6)


@dataclass(frozen=True)
class Pass:
    """What one pass over all feeds took, and how many entries it gave."""

    seconds: float
    cpu_s: float
    """Of all processes but the server; beside the seconds it tells how much else the machine had to do."""
    entries: int
    requests: int
    sent: int


def measured(stats: str, read: Callable[[], int]) -> Pass:
    """Time one pass; what was served is asked before and after, outside the time."""
    before = served(stats)
    started, cpu_s = time.perf_counter(), _cpu_s()
    entries = read()
    seconds, cpu_s = time.perf_counter() - started, _cpu_s() - cpu_s
    after = served(stats)
    return Pass(seconds, cpu_s, entries, after[0] - before[0], after[1] - before[1])


def _cpu_s() -> float:
    own, ended = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


def digestbot(addresses: list[str], stats: str) -> list[Pass]:
    """Two passes of the fetch step as a run does it, its ledger written."""
    feeds = [Feed(FeedId(f"feed-{n}"), "feed", url) for n, url in enumerate(addresses)]
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(sqlite_url(Path(folder) / "ledger.db"))
        passes = [measured(stats, partial(_step, ledger, feeds, NOW + n * timedelta(days=1))) for n in range(2)]
        assert ledger.history.counts()["items"] == passes[0].entries
        ledger.close()
    return passes


def _step(ledger: Ledger, feeds: list[Feed], now: datetime) -> int:
    return asyncio.run(_pass(ledger, feeds, now))


async def _pass(ledger: Ledger, feeds: list[Feed], now: datetime) -> int:
    http = PoliteHttp([ip_network("127.0.0.0/8")], "digestbot-bench")
    worker = Worker(processes=worker_processes(len(feeds)))
    sources: dict[FeedKind, FeedSource] = {"feed": SyndicationSource(http, worker)}
    try:
        reports = await fetch(ledger.intake, sources, feeds, now, None, silent)
    finally:
        await worker.aclose()
        await http.aclose()
    assert not any(report.failed for report in reports), next(r.reason for r in reports if r.failed)
    return sum(report.fetched for report in reports)


def plain(addresses: list[str], stats: str) -> list[Pass]:
    """feedparser alone, one feed after the other; it opens the address itself."""
    known: dict[str, Any] = {}

    def read() -> int:
        entries = 0
        for url in addresses:
            known[url] = found = feedparser.parse(url, etag=known[url].get("etag") if url in known else None)
            entries += len(found.entries)
        return entries

    return [measured(stats, read) for _ in range(2)]


def lemon24(addresses: list[str], stats: str) -> list[Pass]:
    """lemon24/reader with 20 workers and a database of its own."""
    from reader import make_reader

    with tempfile.TemporaryDirectory() as folder:
        reader = make_reader(str(Path(folder) / "reader.db"))
        for url in addresses:
            reader.add_feed(url)

        def read() -> int:
            before = reader.get_entry_counts().total or 0
            reader.update_feeds(workers=20, scheduled=False)  # else it would not ask again within the hour
            return (reader.get_entry_counts().total or 0) - before

        passes = [measured(stats, read) for _ in range(2)]
        reader.close()
    return passes


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1_000, metavar="N", help="how many feeds")
    parser.add_argument("--latency", type=float, default=0.05, metavar="S", help="seconds until an answer begins")
    parser.add_argument("--only-ours", action="store_true", help="leave the others out, which take three minutes")
    options = parser.parse_args()
    ways = {"digestbot": digestbot}
    if not options.only_ours:
        ways |= {"lemon24/reader, 20 workers": lemon24, "feedparser.parse(url) in a loop": plain}
    print(f"{options.feeds} feeds of 20 entries, each at a host of its own, {options.latency * 1000:.0f} ms away")
    print(f"{'':34}{'pass':>8}{'seconds':>9}{'cpu s':>7}{'requests':>10}{'MB':>7}{'entries':>9}")
    with serve(options.feeds, options.latency) as (addresses, stats):
        for name, read in ways.items():
            for which, one in zip(("first", "second"), read(addresses, stats), strict=True):
                cells = f"{one.seconds:>9.2f}{one.cpu_s:>7.2f}{one.requests:>10}{one.sent / 1e6:>7.1f}{one.entries:>9}"
                print(f"{name if which == 'first' else '':34}{which:>8}{cells}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"peak of memory of this process: {peak} MB")


if __name__ == "__main__":
    main()
