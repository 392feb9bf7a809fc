"""An announced arXiv day, served on loopback as arXiv's API does, and the main job run on it as a child process.

As on the real service, a paper was submitted one to three days before the day it is announced on.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from digestbot.sample.documents import arxiv_answer
from digestbot.sample.query import parse_query
from digestbot.sample.week import Paper


@dataclass(frozen=True)
class Ended:
    """A run that is over; `peak_mb` is that of the largest of its processes, `cpu_seconds` that of all of them.

    On a busy machine the second says more than the clock.
    """

    report: dict[str, Any]
    seconds: float
    peak_mb: float
    cpu_seconds: float


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
    """Answer searches for these papers as arXiv's API would; give the address of the endpoint.

    It has no listings and no full texts.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = dict(parse_qsl(urlsplit(self.path).query))
            if "search_query" not in asked:
                self.send_error(404)
                return
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


def write_feeds(folder: Path, papers: Sequence[Paper], url: str) -> None:
    """Put a feeds.yaml into a folder that asks the served endpoint for the papers' categories."""
    feed = {"id": "arxiv", "kind": "arxiv", "categories": sorted({c for p in papers for c in p.categories})}
    (folder / "feeds.yaml").write_text(json.dumps({"feeds": [feed | {"base_url": url}]}))


def run(folder: Path, now: datetime, settings: Mapping[str, str] = MappingProxyType({})) -> Ended:
    """Run the main job in a folder that holds feeds.yaml, with the default settings but for those given."""
    own = {"DIGESTBOT_HOME": str(folder / "home"), "DIGESTBOT_ALLOW_NETS": "127.0.0.0/8", **settings}
    inherited = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    words = ["run", "--feeds", str(folder / "feeds.yaml"), "--now", now.isoformat(), "--json"]
    started = time.perf_counter()
    with (folder / "report.json").open("wb") as answer:
        process = subprocess.Popen(
            [sys.executable, "-m", "digestbot", *words],
            env=inherited | {"HOME": str(folder)} | own,
            cwd=folder,
            stdout=answer,
        )
        # The system's own account of this one child; Popen's wait would throw it away.
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"the run failed with status {process.returncode}")
    return Ended(
        json.loads((folder / "report.json").read_bytes()),
        seconds,
        usage.ru_maxrss / 1024,
        usage.ru_utime + usage.ru_stime,
    )
