"""Lets a month of days pass for fifty subscriptions of all kinds, and counts anew what each should have been sent.

    python bench/subscribers.py --data DIR [--papers 100] [--many 10000]

DIR (or DIGESTBOT_BENCH_DATA) holds `arxiv-month/`. Each day's papers are served as arXiv does, the sample week's
posts and videos from its end on; `digestbot run` reads them at five in the morning, and every six hours what is due
is sent, into memory. `recount.py` then works out from the ledger's rows alone who should have got what, and when. At
last `--many` subscriptions that share the fifty rules are composed at once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import recount
import yaml
from served_day import papers_of, serve

from digestbot.adapters.roadmap_git import RoadmapFiles
from digestbot.app import Given, ledger_of, run_line, send_line
from digestbot.commands.subscribing import import_command
from digestbot.domain import Channel, ChannelKind, Digest
from digestbot.feeds import load as load_feeds
from digestbot.pipeline.publish import publish
from digestbot.ports import Route
from digestbot.roadmap import outline
from digestbot.sample import world
from digestbot.sample.week import Paper
from digestbot.settings import Settings, load

FIRST, DAYS = datetime(2026, 4, 6, tzinfo=UTC), 28
RULES: tuple[dict[str, Any], ...] = (
    {},
    {"sections": ["VI"]},
    {"sections": ["IV", "V"], "min_relevance": 0.3},
    {"keywords": ['"language model"', "quantiz*"]},
    {"keywords": ["agent*"], "without": ["survey", '"reinforcement learning"']},
    {"keywords": [r"/\bdiffusion\b|flow[- ]matching/"], "sections": ["VIII", "IX"]},
    {"media": ["post", "video"]},
    {"media": ["paper"], "min_relevance": 0.6},
    {"story_langs": ["zh"], "sections": ["III", "VI", "VII"]},
    {"keywords": ["reasoning benchmark", "注意力"]},
)
TIMES: tuple[dict[str, Any], ...] = (
    {"cadence": "instant"},
    {"cadence": "daily 08:00", "zone": "Europe/Berlin"},
    {"cadence": "weekly fri 17:30", "zone": "Asia/Kolkata", "lang": "zh-Hans"},
    {"cadence": "weekdays 23:45", "zone": "America/New_York", "quiet": "22:00-07:00", "lang": "zh-Hant"},
    {"cadence": "cron 15 9 L * *", "zone": "Australia/Lord_Howe", "since": "2026-04-10", "length": "headlines"},
)
CHANNELS = (
    "file",
    "maildir",
    "mail:r{n}@reader.example",
    "discord:https://hook.example/{n}",
    "webhook:https://h.example/{n}",
)


class Memory:
    """A Sender of any kind that remembers how often it was given each digest."""

    def __init__(self, kind: ChannelKind) -> None:
        self.kind = kind
        self.sent = Counter[str]()

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        self.sent[key] += 1
        return key

    def close(self) -> None:
        """Nothing was opened."""

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        return key if self.sent[key] else ""


def main() -> None:
    """Let the month pass, recount, compose for many, and print a table of each."""
    parser = argparse.ArgumentParser(description="Measure subscriptions.")
    parser.add_argument("--data", type=Path, default=os.environ.get("DIGESTBOT_BENCH_DATA"))
    parser.add_argument("--papers", type=int, default=100, help="at most so many papers a day")
    parser.add_argument("--many", type=int, default=10_000, help="subscriptions to compose for at once; 0: none")
    options = parser.parse_args()
    if options.data is None:
        parser.error("--data or DIGESTBOT_BENCH_DATA is needed: the folder with arxiv-month/")
    with tempfile.TemporaryDirectory(prefix="digestbot-subscribers-") as folder:
        settings = load(home=Path(folder) / "home", allow_nets="127.0.0.0/8", model="offline")
        sheets = fifty()
        (Path(folder) / "all.yaml").write_text(yaml.safe_dump({"subscriptions": sheets}, allow_unicode=True), "utf-8")
        import_command(settings, Path(folder) / "all.yaml", False, FIRST)
        senders = {kind: Memory(kind) for kind in ("file", "maildir", "smtp", "discord_webhook", "webhook", "atom")}
        ticks, seconds = pass_days(settings, Path(options.data), options.papers, senders)  # type: ignore[arg-type]  # kinds
        report(settings, sheets, ticks, seconds, senders)  # type: ignore[arg-type]  # kinds
        if options.many:
            compose_for(settings, options.many)


def fifty() -> list[dict[str, Any]]:
    """Return the sheets of fifty subscriptions: ten rules, each at five cadences, in every shape there is."""
    sheets = []
    for n, (rule, when) in enumerate((rule, when) for rule in RULES for when in TIMES):
        shape = {"max_items": (5, 20, 40)[n % 3], "empty": ("skip", "note", "always")[n % 3 if n % 5 else 0]}
        to = [CHANNELS[n % len(CHANNELS)].format(n=n)]
        sheets.append({"id": f"s{n:02}", "to": to, "length": ("full", "short")[n % 2], **shape, **rule, **when})
    return sheets


def pass_days(
    settings: Settings, data: Path, papers: int, senders: dict[ChannelKind, Memory]
) -> tuple[list[datetime], dict[str, float]]:
    """Run each day and send every six hours; return every instant at which something was sent, and the seconds."""
    routes = {kind: Route(sender) for kind, sender in senders.items()}
    ticks, seconds, shown = [], {"run": 0.0, "send": 0.0, "publish": 0.0}, list[Paper]()
    file = data / "arxiv-month" / "items.jsonl.gz"
    with world.serve() as sample:
        for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
            shown += papers_of(file, day)[:papers]
            with feeds(shown, day, sample.feeds_yaml, settings.home.parent / "feeds.yaml") as names:
                for hour in (5, 11, 17, 23):
                    now, begun = day + timedelta(hours=hour), time.perf_counter()
                    done = (
                        run_line(settings, Given(names, now, silent, routes))
                        if hour == 5
                        else send_line(settings, now, silent, routes)
                    )
                    seconds["run" if hour == 5 else "send"] += time.perf_counter() - begun
                    seconds["publish"] += done.steps["publish"].seconds
                    ticks.append(now)
    return ticks, seconds


@contextmanager
def feeds(shown: list[Paper], day: datetime, sample: str, file: Path) -> Iterator[Any]:
    """Give the feeds of a day: what arXiv has announced up to it, and the sample week's once that is over."""
    now = day + timedelta(hours=5)
    with serve(shown, now) as url:
        arxiv = {"id": "papers", "kind": "arxiv", "categories": sorted({c for p in shown for c in p.categories})}
        known = yaml.safe_load(sample)["feeds"] if day >= datetime.fromisoformat(world.NOW) else []
        file.write_text(json.dumps({"feeds": [arxiv | {"base_url": url}, *known]}), "utf-8")
        yield load_feeds(file)


def silent(step: object, done: int, total: int) -> None:
    """Show no progress."""


def report(
    settings: Settings,
    sheets: list[dict[str, Any]],
    ticks: list[datetime],
    seconds: dict[str, float],
    senders: dict[ChannelKind, Memory],
) -> None:
    """Print what was sent beside what the recount says should have been."""
    ledger = recount.Ledger(settings.home / "ledger.db")
    total, wrong = Counter[str](), list[str]()
    for sheet in sheets:
        should = recount.expected(ledger, sheet, ticks, FIRST)
        got = recount.told(ledger, sheet["id"])
        total += Counter(
            digests=sum(id == sheet["id"] for id, _, _ in ledger.digests), expected=len(should), told=len(got)
        )
        total["twice"] += len(got) - len(dict(got))
        total["not asked for"] += len(dict(got).keys() - should.keys())
        total["missing"] += len(should.keys() - dict(got).keys())
        total["at another time"] += sum(dict(got)[id] != at for id, at in should.items() if id in dict(got))
        if dict(got) != should:
            wrong.append(f"{sheet}: {sorted(dict(got).items() ^ should.items())[:3]}")
    print(f"{len(sheets)} subscriptions, {len(ticks)} ticks in {DAYS} days, {len(ledger.stories)} stories filed")
    for name in ("digests", "expected", "told", "twice", "not asked for", "missing", "at another time"):
        print(f"{name:<18}{total[name]:>8}")
    sent = Counter[int]()
    for sender in senders.values():
        sent.update(sender.sent.values())
    print(f"{'sent once':<18}{sent[1]:>8}\n{'sent again':<18}{sum(sent.values()) - sent[1]:>8}")
    for name, took in seconds.items():
        print(f"{name:<18}{took:>8.1f} s")
    for line in wrong:
        print(line)


def compose_for(settings: Settings, count: int) -> None:
    """Compose and record a digest of the last week for many subscriptions at once."""
    now = FIRST + timedelta(days=DAYS)
    with ledger_of(settings) as ledger:
        own = ledger.subscriptions.all()
        many = [
            replace(one, id=f"m{n:05}", since=now - timedelta(days=7), created_at=now - timedelta(days=7))
            for n, one in enumerate(islice(cycle(own), count))
        ]
        ledger.subscriptions.save(many)
        plan = outline(RoadmapFiles(settings.home, settings.roadmap).read())
        size, begun = (settings.home / "ledger.db").stat().st_size, (time.perf_counter(), time.process_time())
        digests = asyncio.run(
            publish(
                ledger.candidates, ledger.subscriptions, ledger.publications, many, plan, plan.lang or "en", now, ""
            )
        )
        took, worked = time.perf_counter() - begun[0], time.process_time() - begun[1]
    grown = ((settings.home / "ledger.db").stat().st_size - size) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stories = sum(len(s.entries) + len(s.brief) for digest in digests for s in digest.sections)
    print(f"\n{count} subscriptions at once: {len(digests)} digests, {stories} stories told")
    print(f"composed and recorded in {took:.1f} s, {worked:.1f} s of processor")
    print(f"ledger +{grown:.0f} MB, peak RSS {peak:.0f} MB")


if __name__ == "__main__":
    main()
