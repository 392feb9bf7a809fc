"""Measures one day's work: an announced arXiv day from nothing to a digest, then the same again with nothing new.

    python bench/day.py --data DIR [--day 2026-04-10] [--items N]

DIR (or DIGESTBOT_BENCH_DATA) holds `arxiv-month/items.jsonl.gz`. A server in this process answers as arXiv's API does;
`digestbot run` is a child with an empty data folder, as at a user's. As on the real service, a paper was submitted one
to three days before the day it is announced on.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import arguments

from digestbot.sample.documents import arxiv_answer
from digestbot.sample.query import parse_query
from digestbot.sample.week import Paper


@dataclass(frozen=True)
class Ended:
    """A run that is over; `peak_mb` is that of the largest of its processes."""

    report: dict[str, Any]
    seconds: float
    peak_mb: float


def main() -> None:
    """Serve the day, run twice, print the table."""
    parser = argparse.ArgumentParser(description="Measure one announced day.")
    arguments.add_data(parser)
    parser.add_argument("--day", default="2026-04-10", help="a day of the data, YYYY-MM-DD")
    parser.add_argument("--items", type=int, default=0, help="at most so many papers; all of the day if left out")
    options = parser.parse_args()
    announced = datetime.fromisoformat(options.day).replace(tzinfo=UTC)
    papers = papers_of(options.data / "arxiv-month" / "items.jsonl.gz", announced)
    papers = papers[: options.items or None]
    if not papers:
        parser.error(f"the data has no papers announced on {options.day}")
    now = announced + timedelta(hours=12)
    with tempfile.TemporaryDirectory(prefix="digestbot-day-") as folder, serve(papers, now) as url:
        feed = {"id": "arxiv", "kind": "arxiv", "categories": sorted({c for p in papers for c in p.categories})}
        (Path(folder) / "feeds.yaml").write_text(json.dumps({"feeds": [feed | {"base_url": url}]}))
        first, second = run(Path(folder), now), run(Path(folder), now)
    show(len(papers), first, second)


def papers_of(file: Path, announced: datetime) -> list[Paper]:
    """Return the papers first announced on a day, in the order of the file."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        found = [row for row in rows if row["date"] == f"{announced:%Y-%m-%d}"]
    return [
        Paper(
            id=row["id"],
            title=row["title"],
            authors=tuple(row["authors"]),
            categories=tuple(row["categories"]),
            published=announced - timedelta(days=1 + place % 3, seconds=place),
            abstract=row["abstract"] or "",
            comment=row["comment"] or None,
        )
        for place, row in enumerate(found)
    ]


@contextmanager
def serve(papers: Sequence[Paper], now: datetime) -> Iterator[str]:
    """Answer searches for these papers as arXiv's API would; give the address of the endpoint."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = dict(parse_qsl(urlsplit(self.path).query))
            accepts = parse_query(asked["search_query"])
            found = sorted((p for p in papers if accepts(p)), key=lambda paper: paper.published)
            start, size = int(asked.get("start", 0)), int(asked.get("max_results", 10))
            document = arxiv_answer(found[start : start + size], len(found), start, now)
            self.send_response(200)
            self.send_header("Content-Type", document.content_type)
            self.send_header("Content-Length", str(len(document.body)))
            self.end_headers()
            self.wfile.write(document.body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/query"
        server.shutdown()


def run(folder: Path, now: datetime) -> Ended:
    """Run the main job in a folder that holds feeds.yaml, with the default settings."""
    own = {"DIGESTBOT_HOME": str(folder / "home"), "DIGESTBOT_ALLOW_NETS": "127.0.0.0/8"}
    words = ["run", "--feeds", str(folder / "feeds.yaml"), "--now", now.isoformat(), "--json"]
    started = time.perf_counter()
    with (folder / "report.json").open("wb") as answer:
        process = subprocess.Popen(
            [sys.executable, "-m", "digestbot", *words],
            env={"PATH": os.environ["PATH"], "HOME": str(folder)} | own,
            cwd=folder,
            stdout=answer,
        )
        # The system's own account of this one child; Popen's wait would throw it away.
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"the run failed with status {process.returncode}")
    return Ended(json.loads((folder / "report.json").read_bytes()), seconds, usage.ru_maxrss / 1024)


def show(served: int, first: Ended, second: Ended) -> None:
    """Print what each step took, the outcomes, and the peak of memory."""
    print(f"{'step':<12}{'first run':>12}{'second run':>12}")
    for step, spent in first.report["steps"].items():
        print(f"{step:<12}{spent['seconds']:>10.2f} s{second.report['steps'][step]['seconds']:>10.2f} s")
    steps = [sum(spent["seconds"] for spent in ended.report["steps"].values()) for ended in (first, second)]
    print(f"{'the rest':<12}{first.seconds - steps[0]:>10.2f} s{second.seconds - steps[1]:>10.2f} s")
    print(f"{'total':<12}{first.seconds:>10.2f} s{second.seconds:>10.2f} s")
    print(f"{'peak RSS':<12}{first.peak_mb:>9.0f} MB{second.peak_mb:>9.0f} MB")
    for name, ended in (("first", first), ("second", second)):
        outcomes = {outcome: count for outcome, count in ended.report["outcomes"].items() if count}
        told = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        print(f"{name} run: {sum(outcomes.values())} of {served} served: {told or 'nothing'}")


if __name__ == "__main__":
    main()
