"""Runs 200 feeds of which 40 fail in the twenty ways of a test world, first singly; tells whether all ends right.

The world is a server on loopback that answers /fault/<kind>, /feeds/<file of the corpus> and /robots.txt, at
127.0.0.1 and at 127.0.1.1 to 127.0.1.200; start it first and give its address.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from digestbot.adapters.http import PoliteHttp
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.adapters.syndication import SyndicationSource
from digestbot.adapters.worker import Worker
from digestbot.commands.console import silent
from digestbot.domain import Feed, FeedId
from digestbot.errors import SourceError
from digestbot.pipeline.fetch import fetch
from digestbot.wire.parsing import parse

NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)
EXPECTED = {
    "500": "http-500",
    "503": "http-503",
    "429": "http-429",
    "404": "http-404",
    "410": "http-410",
    "moved": "",
    "slow": "timeout",
    "drip": "timeout",
    "truncated": "truncated",
    "redirect-loop": "too-many-redirects",
    "redirect-private": "refused-address",
    "redirect-file": "refused-scheme",
    "gzip-bomb": "too-large",
    "huge": "too-large",
    "xml-bomb": "xml-entities",
    "xxe": "xml-entities",
    "html": "not-a-feed",
    "empty": "not-a-feed",
    "wrong-charset": "",
    "flaky": "",
}
"""By kind of fault, the reason that its feed is to fail with; none where it is to be read all the same."""
GOOD = 160


def singly(world: str) -> list[tuple[str, float, str]]:
    """Return for each fault the seconds that its feed took alone, and the reason it failed with."""
    return [(kind, *asyncio.run(_alone(f"{world}/fault/{kind}/alone-{time.time_ns()}"))) for kind in EXPECTED]


async def _alone(url: str) -> tuple[float, str]:
    http, worker = PoliteHttp([ip_network("127.0.0.0/8")], "digestbot-bench"), Worker()
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(sqlite_url(Path(folder) / "ledger.db"))
        started = time.perf_counter()
        feed = Feed(FeedId("f"), "feed", url)
        (report,) = await fetch(ledger.intake, {"feed": SyndicationSource(http, worker)}, [feed], NOW, None, silent)
        seconds = time.perf_counter() - started
        ledger.close()
    await worker.aclose()
    await http.aclose()
    return seconds, report.reason.partition(":")[0]


def together(world: str, data: Path) -> tuple[float, int, dict[str, dict[str, object]]]:
    """Return the seconds and the peak of memory, in MB, of one `digestbot run` over all feeds, and their reports."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "feeds.yaml").write_text(json.dumps({"feeds": list(_rows(world, data))}))
        own = {"DIGESTBOT_HOME": str(folder / "home"), "DIGESTBOT_ALLOW_NETS": "127.0.0.0/8"}
        words = ["run", "--feeds", str(folder / "feeds.yaml"), "--now", NOW.isoformat(), "--json"]
        started = time.perf_counter()
        with (folder / "report.json").open("wb") as answer:
            process = subprocess.Popen(
                [sys.executable, "-m", "digestbot", *words], env={**os.environ, **own}, cwd=folder, stdout=answer
            )
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        report = json.loads((folder / "report.json").read_bytes())
    assert sum(report["outcomes"].values()) == sum(feed["fetched"] for feed in report["feeds"])
    return seconds, usage.ru_maxrss >> 10, {feed["id"]: feed for feed in report["feeds"]}


def _rows(world: str, data: Path) -> list[dict[str, str]]:
    port, good = urlsplit(world).port, _good(data)
    bad = [(f"bad-{kind}-{n}", f"fault/{kind}/{time.time_ns()}") for kind in EXPECTED for n in range(2)]
    wanted = [(f"good-{n}", f"feeds/{name}") for n, name in enumerate(good)] + bad
    return [
        {"id": id, "kind": "feed", "url": f"http://127.0.1.{n}:{port}/{path}"}
        for n, (id, path) in enumerate(wanted, start=1)
    ]


def _good(data: Path) -> list[str]:
    """Return the largest files of the corpus that hold a feed with entries."""
    found = []
    with zipfile.ZipFile(data / "feeds" / "corpus.zip") as corpus:
        for entry in sorted(corpus.infolist(), key=lambda entry: -entry.file_size):
            try:
                parsed = parse(corpus.read(entry))
            except SourceError:
                continue
            if parsed.items and entry.filename.isascii() and " " not in entry.filename:
                found.append(entry.filename)
            if len(found) == GOOD:
                break
    return found


def main() -> None:
    """Print the tables; end in 1 where an outcome is not what it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", required=True, metavar="URL", help="such as http://127.0.0.1:8700")
    parser.add_argument("--data", type=Path, default=os.environ.get("DIGESTBOT_BENCH_DATA"), metavar="DIR")
    options = parser.parse_args()
    wrong = []
    print(f"{'alone':20}{'seconds':>9}  ended")
    for kind, seconds, reason in singly(options.world):
        wrong += [kind] if reason != EXPECTED[kind] else []
        print(
            f"{kind:20}{seconds:>9.1f}  {reason or 'read'}{'' if reason == EXPECTED[kind] else '  WRONG'}", flush=True
        )
    seconds, peak_mb, reports = together(options.world, options.data)
    for id, report in reports.items():
        expected = EXPECTED[id.split("-", 1)[1].rpartition("-")[0]] if id.startswith("bad-") else ""
        reason = str(report["reason"]).partition(":")[0]
        if reason != expected:
            wrong.append(id)
            print(f"{id}: ended in {reason or 'read'!r}, expected {expected or 'read'!r}")
    failed = sum(bool(report["failed"]) for report in reports.values())
    print(f"together: {len(reports)} feeds, {failed} failed, {seconds:.1f} s, peak {peak_mb} MB; wrong: {len(wrong)}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
