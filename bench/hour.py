"""An hour of `serve` against a test world, its clock moved: 121 ticks, and what the world's own log says of them.

Tells for every feed how often it was asked and how close together, by the moved clock, and for every host how close
together requests of one tick came, by the real one. Ends in 1 where one was asked more often than is allowed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from digestbot.app.reloading import Setup
from digestbot.commands.ticking import Ticks
from digestbot.log import configure
from digestbot.settings import load

START = datetime(2026, 4, 12, 18, tzinfo=UTC)
TICKS = 121
PERIOD = timedelta(seconds=30)
GAP_S = 1.0
_LATE_S = 0.2
"""The world writes its log when an answer is sent, so that two entries may lie closer than the requests did."""


@dataclass(frozen=True)
class Wanted:
    """A feed of the world, and how far apart it may be asked."""

    id: str
    path: str
    host: int
    least: timedelta
    every: str = ""


FEEDS = (
    *(
        Wanted(f"fresh-{c.lower()}", f"rss/cs.{c}", n, timedelta(minutes=5))
        for n, c in enumerate(("AI", "CL", "CV"), 1)
    ),
    *(Wanted(f"every-{c.lower()}", f"rss/cs.{c}", 4, timedelta(minutes=5), "5m") for c in ("AI", "CL", "CV", "IR")),
    Wanted("every-ten", "rss/cs.CL", 5, timedelta(minutes=10), "10m"),
    Wanted("moved", "fault/moved", 6, timedelta(minutes=5)),
    Wanted("flaky", "fault/flaky/hour", 7, timedelta(minutes=5)),
    *(Wanted(f"says-{n}", f"fault/{n}", 8 + k, timedelta(minutes=15)) for k, n in enumerate((404, 429, 500, 503))),
    Wanted("gone", "fault/410", 12, timedelta(days=365)),
)


def drive(world: str) -> list[tuple[float, datetime]]:
    """Tick through the hour; return the real and the moved instant at which each tick began."""
    port, begun = urlsplit(world).port, []
    rows = [
        {"id": one.id, "kind": "feed", "url": f"http://127.0.1.{one.host}:{port}/{one.path}"}
        | ({"every": one.every} if one.every else {})
        for one in FEEDS
    ]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "feeds.yaml").write_text(json.dumps({"feeds": rows}))
        settings = load(home=Path(folder), allow_nets=(ip_network("127.0.0.0/8"),))
        configure("pretty", sys.stdout)
        ticks = Ticks(Setup(settings, settings, None, lambda: settings))
        ticks.setup.start()
        for number in range(TICKS):
            now = START + number * PERIOD
            begun.append((time.time(), now))
            ticks.do(now, leads=True)
    return begun


def requests(world: str, begun: list[tuple[float, datetime]]) -> Iterator[tuple[str, str, float, datetime]]:
    """Yield what the world was asked for in the hour: host, path, real instant and moved instant."""
    with urlopen(f"{world}/_log", timeout=30) as answer:
        log: list[dict[str, Any]] = [json.loads(line) for line in answer]
    starts = [at for at, _ in begun]
    for row in log:
        tick = bisect_right(starts, row["t"]) - 1
        if tick >= 0:
            headers = {name.lower(): value for name, value in row["headers"].items()}
            yield headers["host"], row["path"], row["t"], begun[tick][1]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", required=True, metavar="URL", help="such as http://127.0.0.1:8700, with 12 hosts")
    options = parser.parse_args()
    seen = list(requests(options.world, drive(options.world)))
    port, wrong = urlsplit(options.world).port, 0
    print(f"\n{'feed':12}{'ticks':>7}{'least gap':>12}{'allowed':>20}")
    for one in FEEDS:
        asked = sorted(
            {now for host, path, _, now in seen if (host, path) == (f"127.0.1.{one.host}:{port}", f"/{one.path}")}
        )
        least = min((later - earlier for earlier, later in pairwise(asked)), default=None)
        is_wrong = not asked or (least is not None and least < one.least)
        wrong += is_wrong
        print(f"{one.id:12}{len(asked):>7}{least or 'once'!s:>12}{one.least!s:>20}{'  WRONG' if is_wrong else ''}")
    by_turn = defaultdict(list)
    for host, _, at, now in seen:
        by_turn[host, now].append(at)
    gaps = [later - earlier for times in by_turn.values() for earlier, later in pairwise(sorted(times))]
    wrong += min(gaps) < GAP_S - _LATE_S
    print(
        f"\n{len(seen)} requests; least gap of a host in one tick: {min(gaps):.2f} s of {GAP_S:.0f} s; wrong: {wrong}"
    )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
