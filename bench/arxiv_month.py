"""Runs four weeks of arXiv, a run a day, against a site on loopback that fails, hides papers and kills nobody but us.

    python bench/arxiv_month.py --data DIR [--fail 0.1] [--empty 0.03] [--kills 8] [--hide 10]

DIR (or DIGESTBOT_BENCH_DATA) holds `arxiv-month/items.jsonl.gz`. A run is a process of its own that does fetch,
reconcile and dedupe on one ledger, without arXiv's pace of 3 s. A share of the API's pages answers 500, another one
comes without its entries. On one day no run is made; on another, runs are killed with SIGKILL at random moments before
one may end. Some papers are announced and not returned for ten days. As on the real service a paper was submitted one
to three days before it is announced, and one in thirty gets a second version five days later.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from arxiv_items import month

from digestbot.announcements import Tally
from digestbot.sample.documents import Document, arxiv_answer, arxiv_listing
from digestbot.sample.query import parse_query
from digestbot.sample.week import Paper, Revision

CATEGORIES = ("cs.CV", "cs.CL", "cs.AI", "cs.IT", "cs.CE")
FIRST, DAYS = date(2026, 4, 6), 28
MISSED, KILLED, HIDDEN, SHOWN = date(2026, 4, 15), date(2026, 4, 21), date(2026, 4, 17), date(2026, 4, 27)
SEED = 20260406
ASKED = ("search", "by number", "listing", "failed", "empty")
PACE_S = 3
"""What arXiv asks to leave between two requests."""


@dataclass
class Site:
    """arXiv as it stands on a day: its API and its listings; counts what it is asked."""

    papers: Mapping[str, Paper]
    announced: Mapping[str, date]
    fail: float
    empty: float
    today: date = FIRST
    hidden: frozenset[str] = frozenset()
    asked: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, path: str, asked: Mapping[str, str]) -> Document | None:
        """Return a document, None for a page that fails."""
        if path.startswith("/rss/"):
            return self._listing(path.removeprefix("/rss/"))
        with self.lock:
            self.asked["by number" if asked.get("id_list") else "search"] += 1
            luck = self.chance.random()
        if luck < self.fail:
            self.asked["failed"] += 1
            return None
        return self._page(asked, is_empty=luck < self.fail + self.empty)

    def _page(self, asked: Mapping[str, str], is_empty: bool) -> Document:
        found = [p for id, p in self.papers.items() if self.announced[id] <= self.today and id not in self.hidden]
        if numbers := asked.get("id_list"):
            found = [paper for paper in found if paper.id in numbers.split(",")]
        if query := asked.get("search_query"):
            accepts = parse_query(query)
            found = sorted((paper for paper in found if accepts(paper)), key=lambda paper: paper.published)
        start, size = int(asked.get("start", 0)), int(asked.get("max_results", 10))
        self.asked["empty"] += is_empty
        return arxiv_answer([] if is_empty else found[start : start + size], len(found), start, noon(self.today))

    def _listing(self, category: str) -> Document:
        self.asked["listing"] += 1
        rows = []
        for paper in self.papers.values():
            second = paper.revision is not None and paper.revision.updated.date() == self.today
            if category in paper.categories and (second or self.announced[paper.id] == self.today):
                own = paper.categories[0] == category
                kind = ("replace" if own else "replace-cross") if second else ("new" if own else "cross")
                rows.append((paper, kind, 2 if second else 1))
        return arxiv_listing(category, noon(self.today), rows)


def noon(day: date) -> datetime:
    """Return the middle of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def main() -> None:
    """Serve the month, run it day by day, print a line a day and what is left in the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DIGESTBOT_BENCH_DATA"))
    parser.add_argument("--fail", type=float, default=0.1, help="share of the API's pages that answer 500")
    parser.add_argument("--empty", type=float, default=0.03, help="share of its pages that come without their entries")
    parser.add_argument("--kills", type=int, default=8, help="how many runs of one day are killed")
    parser.add_argument("--hide", type=int, default=10, help="how many papers of one day are hidden for ten days")
    parser.add_argument("--run", nargs=3, metavar=("HOME", "URL", "NOW"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        return asyncio.run(one_run(*options.run))
    if options.data is None:
        parser.error("--data or DIGESTBOT_BENCH_DATA is needed: the folder with arxiv-month/")
    site = site_of(Path(options.data), options.fail, options.empty)
    with tempfile.TemporaryDirectory(prefix="digestbot-month-") as folder, serve(site) as url:
        walk(site, Path(folder), url, options.kills, options.hide)
        check(site, Path(folder))
    return None


def site_of(data: Path, fail: float, empty: float) -> Site:
    """Return the site with the papers that any of the categories announces."""
    rows = [row for row in month(data) if set(CATEGORIES) & set(row["categories"])]
    announced = {row["id"]: date.fromisoformat(row["date"]) for row in rows}
    papers = {}
    for place, row in enumerate(rows):
        day = noon(announced[row["id"]])
        second = Revision(day + timedelta(days=5), "It adds an experiment.") if place % 30 == 7 else None
        published = day - timedelta(days=1 + place % 3, hours=6, seconds=place % 20_000)
        authors, categories = tuple(row["authors"]), tuple(row["categories"])
        papers[row["id"]] = Paper(
            row["id"], row["title"], authors, categories, published, row["abstract"] or "", row["comment"], second
        )
    return Site(papers, announced, fail, empty)


@contextmanager
def serve(site: Site) -> Iterator[str]:
    """Answer for the site on loopback; give the address of its API."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            document = site.answer(parts.path, dict(parse_qsl(parts.query)))
            self.send_response(200 if document else 500)
            self.send_header("Content-Type", document.content_type if document else "text/plain")
            self.end_headers()
            self.wfile.write(document.body if document else b"internal error")

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a run that was killed has left in the middle of an answer

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/query"
    finally:
        server.shutdown()


def walk(site: Site, home: Path, url: str, kills: int, hide: int) -> None:
    """Let the days pass."""
    chance, quickest, weekdays = random.Random(SEED), 60.0, Counter[str]()
    print(f"{'day':<12}{''.join(map('{:>10}'.format, ASKED))}{'s':>6}  announced and recorded")
    for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
        site.today = day
        if day == HIDDEN:
            of_day = sorted(id for id, announced in site.announced.items() if announced == day)
            site.hidden = frozenset(chance.sample(of_day, hide))
        if day == SHOWN:
            site.hidden = frozenset()
        if day == MISSED:
            print(f"{day}  no run is made")
            continue
        if day == KILLED:
            # Within the time that a run without anything new takes: whatever is later would find nothing to kill.
            killed = [kill(home, url, day, chance.uniform(0.3, 1.1) * quickest) for _ in range(kills)]
            print(f"{day}  {sum(killed)} of {kills} runs killed")
        site.asked.clear()
        started = time.perf_counter()
        start(home, url, day).wait()
        seconds = time.perf_counter() - started
        quickest = min(quickest, seconds)
        weekdays += site.asked if site.asked["listing"] else Counter()
        show(site, home, day, seconds)
    days = weekdays["listing"] / len(CATEGORIES)
    mean = {name: weekdays[name] / days for name in ASKED[:3]}
    told = ", ".join(f"{number:.1f} {name}" for name, number in mean.items())
    print(f"\nrequests of a weekday's run: {told}; {PACE_S * sum(mean.values()):.0f} s at one every {PACE_S} s")


def start(home: Path, url: str, day: date) -> subprocess.Popen[bytes]:
    """Start a day's run in a process of its own."""
    now = noon(day).isoformat()
    return subprocess.Popen([sys.executable, __file__, "--run", str(home), url, now], start_new_session=True)


def kill(home: Path, url: str, day: date, after_s: float) -> bool:
    """Start a run and kill it after some seconds; tell whether it was still there."""
    process = start(home, url, day)
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


async def one_run(home: str, url: str, at: str) -> None:
    """Fetch, reconcile and dedupe, as a run does; leave what it reported in a file."""
    from digestbot.adapters.arxiv_api import ArxivSource
    from digestbot.adapters.embedder import ConceptEmbedder
    from digestbot.adapters.http import HttpLimits, PoliteHttp
    from digestbot.app import indexes, ledger_of
    from digestbot.catalogue import items_space
    from digestbot.domain import Feed, FeedId, FeedKind
    from digestbot.pipeline.dedupe import dedupe
    from digestbot.pipeline.fetch import fetch
    from digestbot.pipeline.reconcile import reconcile
    from digestbot.ports import FeedSource
    from digestbot.settings import load

    settings, now = load(home=Path(home), database_url=None, chroma_url=None), datetime.fromisoformat(at)
    feeds = [Feed(FeedId("arxiv"), "arxiv", url, CATEGORIES)]
    http = PoliteHttp((ip_network("127.0.0.0/8"),), "bench", HttpLimits(host_gap_s=0))
    sources: dict[FeedKind, FeedSource] = {"arxiv": ArxivSource(http, delay_s=0)}
    embedder = ConceptEmbedder()
    with ledger_of(settings) as ledger, indexes(settings, ledger, embedder) as index_of:
        reports = await fetch(ledger.intake, sources, feeds, now, None, silent)
        reports, tallies = await reconcile(ledger, sources, feeds, reports, now)
        await dedupe(ledger.stories, index_of(items_space(embedder)), embedder, now, silent)
    await http.aclose()
    missing = {str(tally.day): tally.missing for tally in tallies if tally.missing}
    told = {"reason": reports[0].reason, "note": reports[0].note, "missing": missing}
    await asyncio.to_thread(Path(home, "report.json").write_text, json.dumps(told))


def silent(step: object, done: int, total: int) -> None:
    """Show no progress."""


def show(site: Site, home: Path, day: date, seconds: float) -> None:
    """Print a day's requests and what its listings came to; with the hidden papers, whether just these are named."""
    from digestbot.commands.reconciling import tally_line

    tallies = {tally.day: tally for tally in tallies_of(home)}
    report = json.loads((home / "report.json").read_text())
    line = tally_line(tallies[day]) if day in tallies else "nothing is announced"
    counts = "".join(f"{site.asked[name]:>10}" for name in ASKED)
    print(f"{day}  {counts}{seconds:>6.1f}  {line}", flush=True)
    for told in (report["reason"], report["note"]):
        if told:
            print(f"            {told}")
    named = {number for numbers in report["missing"].values() for number in numbers}
    if site.hidden and not report["reason"]:
        verdict = "exactly the hidden ones" if named == site.hidden else f"NOT the hidden ones: {named ^ site.hidden}"
        print(f"            named as missing: {len(named)}, {verdict}")


def tallies_of(home: Path) -> Sequence[Tally]:
    """Return the ledger's lines."""
    from digestbot.app import ledger_of
    from digestbot.settings import load

    with ledger_of(load(home=home, database_url=None)) as ledger:
        return ledger.announcements.tallies()


def check(site: Site, home: Path) -> None:
    """Print what the ledger has after the month, and whether that is all, each once."""
    connection = sqlite3.connect(home / "ledger.db")
    try:
        versions = dict(connection.execute("SELECT id, version FROM items").fetchall())
        shown = Counter(row[0] for row in connection.execute("SELECT item FROM sightings WHERE outcome != 'joined'"))
        stories = connection.execute("SELECT count(*) FROM items WHERE story IS NULL").fetchone()[0]
    finally:
        connection.close()
    last = FIRST + timedelta(days=DAYS - 1)
    second = {f"arxiv:{id}" for id, p in site.papers.items() if p.revision and p.revision.updated.date() <= last}
    wanted = {f"arxiv:{id}" for id in site.papers}
    days = tallies_of(home)
    print(f"\n{len(wanted)} papers announced, {len(wanted & versions.keys())} recorded, {len(versions)} items in all")
    print(f"recorded more than once: {sum(count > 1 for count in shown.values())}; without a story: {stories}")
    print(f"second versions: {sum(versions.get(id) == 2 for id in second)} of {len(second)}")
    print(f"days complete: {sum(tally.is_complete for tally in days)}; not checked: "
          f"{', '.join(str(tally.day) for tally in days if tally.reason) or 'none'}; "
          f"with missing papers: {sum(bool(tally.missing) for tally in days)}")  # fmt: skip


if __name__ == "__main__":
    main()
