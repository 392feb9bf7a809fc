"""Looks at 300 links of a document against a test world, four times in 18 days; tells whether each verdict is right.

Usage: python bench/health.py --data DIR --world http://127.0.0.1:PORT. The world is a server on loopback that answers
/abs/<id>, /fault/<kind> and /_log at 127.0.0.1 and at 127.0.1.1 to 127.0.1.60; start it first. An archive of our own
has a copy of every other page. Politeness is read from the world's log: the least time between two requests to a host.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import threading
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import arguments
from arxiv_items import month

from digestbot.adapters.http import PoliteHttp
from digestbot.adapters.ledger import Ledger, sqlite_url
from digestbot.health.answers import Check
from digestbot.pipeline.health import check_links, propose_repairs
from digestbot.roadmap import Roadmap, apply, changes_of, parse

NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)
VISITS = (0, 4, 9, 18)
LINKS, HOSTS = 300, 60
EXPECTED = {
    "404": "dead",
    "410": "dead",
    "moved": "moved",
    "500": "dead",
    "503": "dead",
    "429": "failing",
    "slow": "dead",
    "truncated": "dead",
    "redirect-loop": "dead",
    "redirect-private": "refused",
    "redirect-file": "refused",
    "huge": "fine",
    "gzip-bomb": "fine",
    "flaky": "fine",
}
"""By kind of fault, what its link is after all visits."""
EACH = 6


class Archive(BaseHTTPRequestHandler):
    """Has a copy of pages whose address ends in an even digit."""

    def do_GET(self) -> None:
        """Answer as the Wayback Machine does."""
        url = parse_qs(urlsplit(self.path).query)["url"][0]
        has = url[-1] in "02468"
        closest = {"available": True, "status": "200", "url": f"https://web.archive.org/web/2026/{url}"}
        body = json.dumps({"archived_snapshots": {"closest": closest} if has else {}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def main() -> None:
    """Print verdicts by kind, what was proposed, how long it took and how polite it was."""
    parser = argparse.ArgumentParser(description=__doc__)
    arguments.add_data(parser)
    parser.add_argument("--world", required=True)
    options = parser.parse_args()
    port = urlsplit(options.world).port or 80
    kinds = dict(links(port, [row["id"] for row in month(options.data)[:LINKS]]))
    roadmap = parse(document(kinds), "links")
    archive = ThreadingHTTPServer(("127.0.0.1", 0), Archive)
    threading.Thread(target=archive.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(sqlite_url(Path(folder) / "ledger.db"))
        checks = asyncio.run(visits(ledger, roadmap, f"http://127.0.0.1:{archive.server_port}/?url="))
        report(checks, kinds)
        repaired(ledger, roadmap, checks)
        ledger.close()
    politeness(options.world)
    archive.shutdown()


def links(port: int, papers: Sequence[str]) -> list[tuple[str, str]]:
    """Return 300 addresses over 60 hosts with what is wrong with each, "" for nothing."""
    kinds = [kind for kind in EXPECTED for _ in range(EACH)] + [""] * (LINKS - EACH * len(EXPECTED))
    made = []
    for number, kind in enumerate(kinds):
        host = f"127.0.1.{number % HOSTS + 1}:{port}"
        made.append((f"http://{host}/{f'fault/{kind}/{number}' if kind else f'abs/{papers[number]}'}", kind))
    return made


def document(kinds: dict[str, str]) -> str:
    """Return a roadmap of ten chapters with all the links."""
    urls = list(kinds)
    chapters = [f"## C{n}\n\n" + "".join(f"- [L{url}]({url}) (post): m.\n" for url in urls[n::10]) for n in range(10)]
    return "# Links\n\n" + "\n".join(chapters)


async def visits(ledger: Ledger, roadmap: Roadmap, archive: str) -> dict[str, Check]:
    """Look at the links on each of the days."""
    checks: dict[str, Check] = {}
    for day in VISITS:
        http = PoliteHttp([ip_network("127.0.0.0/8")], "digestbot-bench")
        started = time.perf_counter()
        checks = await check_links(ledger.links, http, roadmap, NOW + timedelta(days=day), archive=archive)
        await http.aclose()
        states = dict(Counter(check.state for check in checks.values()))
        print(f"day {day:2}: {time.perf_counter() - started:5.1f} s, {states}", flush=True)
    return checks


def report(checks: dict[str, Check], kinds: dict[str, str]) -> None:
    """Print how many links of each kind were judged as they should be."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for url, kind in kinds.items():
        found[kind][f"{checks[url].state} ({checks[url].reason})" if checks[url].reason else checks[url].state] += 1
    right = 0
    for kind, states in found.items():
        expected = EXPECTED.get(kind, "fine")
        good = sum(count for state, count in states.items() if state.partition(" ")[0] == expected)
        right += good
        print(f"{kind or 'nothing':18} {good:3} of {sum(states.values()):3} {expected:8} {dict(states)}")
    print(f"{right} of {len(kinds)} verdicts right")


def repaired(ledger: Ledger, roadmap: Roadmap, checks: dict[str, Check]) -> None:
    """Print what was proposed, run after run until nothing is left, and whether every proposal can be made."""
    kinds: Counter[str] = Counter()
    at, broken = NOW + timedelta(days=19), 0
    while made := asyncio.run(propose_repairs(ledger.publications, roadmap, checks, at)):
        for one in made:
            kinds[f"{one.kind}{' from the archive' if 'archive.org' in one.url else ''}"] += 1
            broken += apply(roadmap, *changes_of(one.diff, one.chapter, one.base)).text == roadmap.text
        at += timedelta(days=1)
    print(f"proposals: {dict(kinds)}; that change nothing: {broken}")


def politeness(world: str) -> None:
    """Print what the world saw."""
    with urllib.request.urlopen(f"{world}/_log") as answer:
        rows = [json.loads(line) for line in answer.read().splitlines() if line.strip()]
    asked: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        headers = {name.lower(): value for name, value in row["headers"].items()}
        if not row["path"].startswith("/_log"):
            asked[headers.get("host", "")].append(float(row["t"]))
    gaps = [b - a for times in asked.values() for a, b in zip(sorted(times), sorted(times)[1:], strict=False)]
    print(f"{sum(map(len, asked.values()))} requests to {len(asked)} hosts; least gap on a host {min(gaps):.2f} s")


if __name__ == "__main__":
    main()
