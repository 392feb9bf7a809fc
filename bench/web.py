"""Measures the pages over many stories: how long readers wait, what a page weighs, and the server's memory.

    python bench/web.py --data DIR --stories 100000 [--ledger HOME] [--site]

A ledger of synthetic stories is made once, or taken from a data folder made so before. `digestbot web` serves it as a
process of its own; the readers are another. Three ways of asking: one reader after the other; 20 readers at once, each
of whom asks the next page as soon as it has one; and 20 who read for two seconds in between. Stories, searches and
older pages differ every time, so that they are made anew; home and sections are the same ones, as for people. With
`--site` the pages are built as files instead, once into an empty folder and once over it.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import arguments
import numpy as np
from offline_corpus import Row, rows
from web_ledger import END, fill, some_stories

from digestbot.adapters.ledger import Ledger
from digestbot.app import documents_of, ledger_of
from digestbot.settings import Settings, load

READERS, THINK_S = 20, 2.0
KINDS = ("home", "section", "older", "search", "story", "chapter", "digest", "roadmap", "trends")
SHARES = (4, 4, 2, 4, 6, 2, 1, 1, 1)


def main() -> None:
    """Print a table for each way of asking."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_data(parser)
    parser.add_argument("--stories", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--site", action="store_true", help="build the pages as files, and serve none")
    parser.add_argument("--ledger", type=Path, metavar="HOME", help="a data folder to keep the ledger in")
    options = parser.parse_args()
    recorded = rows(options.data / "arxiv-month/items.jsonl.gz")
    with tempfile.TemporaryDirectory() as folder:
        home = options.ledger or Path(folder)
        made = not (home / "ledger.db").exists()
        settings = load(home=home)
        with ledger_of(settings) as ledger:
            if made:
                began = time.perf_counter()
                fill(ledger, documents_of(settings)[0].read(), recorded, options.stories)
                print(f"{options.stories:,} stories recorded in {time.perf_counter() - began:.0f} s")
            pages = Pages(settings, ledger, recorded)
        if options.site:
            for _ in range(2):
                show_built(home, Path(folder) / "site")
            return
        size = (home / "ledger.db").stat().st_size / 1e6
        with served(home) as (address, process):
            print(f"ledger {size:.0f} MB")
            asyncio.run(measure(address, pages, options.seconds, process.pid))


def show_built(home: Path, folder: Path) -> None:
    """Build the pages as files in a process of its own, and print what that took."""
    words = ["site", "build", str(folder), "--url", "https://digest.example.org", "--json"]
    given = {"DIGESTBOT_HOME": str(home), "DIGESTBOT_NOW": END.isoformat()}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "digestbot", *words], env=os.environ | given, stdout=subprocess.PIPE, check=True
    )
    after, told = resource.getrusage(resource.RUSAGE_CHILDREN), json.loads(done.stdout)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{told['pages']:,} files, {told['bytes'] / 1e6:.0f} MB, {told['written']:,} written: "
        f"{told['seconds']:.0f} s, {spent:.0f} s of one core, {after.ru_maxrss / 1024:.0f} MB"
    )


class Pages:
    """Addresses of pages, of each kind as many as are asked for."""

    def __init__(self, settings: Settings, ledger: Ledger, recorded: Sequence[Row]) -> None:
        """Take sections and chapters from the roadmap, places to go on at from the ledger, words from papers."""
        self._chance = random.Random(11)
        roadmap = documents_of(settings)[0].read()
        self._sections = [one for one in roadmap.sections if one.filing]
        self._name, self._ledger = roadmap.name, ledger
        self._titles = [str(row["title"]) for row in recorded]
        self._stories = list(some_stories(ledger, self._chance, 5000))
        known = ledger.archive.cards_of(self._stories[:200], ("en",))
        self._places = [(card.section, card.place) for card in known.values()]
        self._digests = [one.id for one in ledger.archive.digests(limit=50).digests]

    def one(self, kind: str) -> str:
        """Return a page's address."""
        chance, base = self._chance, f"/roadmaps/{self._name}"
        section = chance.choice(self._sections)
        if kind == "older":
            place = chance.choice(self._places)
            return f"{base}/{place[0]}?before={place[1]}"
        if kind == "search":
            return "/search?q=" + "+".join(chance.sample(chance.choice(self._titles).split(), 2))
        return {
            "home": "/",
            "section": f"{base}/{section.id}",
            "chapter": f"{base}/{section.id}/{chance.choice(section.chapters).id}",
            "story": f"/stories/{chance.choice(self._stories)}",
            "digest": f"/digests/{chance.choice(self._digests)}",
            "roadmap": base,
            "trends": "/trends",
        }[kind]

    def any(self) -> tuple[str, str]:
        """Return a kind of page and an address of it, as often as readers ask for it."""
        kind = self._chance.choices(KINDS, SHARES)[0]
        return kind, self.one(kind)


@contextmanager
def served(home: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve a data folder's pages as a process; give their address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    # Searches are counted by client: behind a proxy that is believed each request can be one of its own.
    given = {
        "DIGESTBOT_HOME": str(home),
        "DIGESTBOT_PUBLIC_URL": address,
        "DIGESTBOT_NOW": END.isoformat(),
        "DIGESTBOT_WEB_PROXIES": "127.0.0.1",
    }
    process = subprocess.Popen([sys.executable, "-m", "digestbot", "web", "--port", str(port)], env=os.environ | given)
    try:
        yield address, process
    finally:
        process.terminate()
        process.wait(20)


async def measure(address: str, pages: Pages, seconds: float, pid: int) -> None:
    """Print what each way of asking took."""
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        await ready(session, address)
        print(f"server at rest {rss_mb(pid):.0f} MB")
        times: dict[str, list[float]] = defaultdict(list)
        sizes: dict[str, tuple[int, int]] = {}
        for kind in KINDS:
            for _ in range(8):
                sizes[kind] = await ask(session, address, pages.one(kind), times[kind])
        table("one after the other, the first of each kind apart", times, sizes, first=True)
        for think in (0.0, THINK_S):
            times = defaultdict(list)
            until = time.perf_counter() + seconds
            reader = (read(session, address, pages, until, think, times) for _ in range(READERS))
            await asyncio.gather(*reader)
            count = sum(map(len, times.values()))
            table(f"{READERS} readers, {think:.0f} s between pages: {count / seconds:.0f} pages/s", times, sizes)
    print(f"server's memory: {rss_mb(pid):.0f} MB, at its peak {rss_mb(pid, 'VmHWM'):.0f} MB")


async def ready(session: aiohttp.ClientSession, address: str) -> None:
    """Wait until the server answers."""
    for _ in range(300):
        try:
            async with session.get(f"{address}/about") as answer:
                await answer.read()
                return
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.1)
    raise TimeoutError("the server does not answer")


async def read(
    session: aiohttp.ClientSession,
    address: str,
    pages: Pages,
    until: float,
    think: float,
    times: dict[str, list[float]],
) -> None:
    """Ask for page after page."""
    await asyncio.sleep(random.random() * think)
    while time.perf_counter() < until:
        kind, path = pages.any()
        await ask(session, address, path, times[kind])
        await asyncio.sleep(think)


async def ask(session: aiohttp.ClientSession, address: str, path: str, times: list[float]) -> tuple[int, int]:
    """Ask for a page and note the time; return its bytes as they came and unpacked."""
    headers = {"Accept-Encoding": "gzip", "X-Forwarded-For": ".".join(str(random.randint(1, 254)) for _ in range(4))}
    began = time.perf_counter()
    async with session.get(address + path, headers=headers) as answer:
        body = await answer.read()
        assert answer.status == 200, f"{answer.status} {path}"
        whole = gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
    times.append(time.perf_counter() - began)
    return len(body), len(whole)


def table(title: str, times: dict[str, list[float]], sizes: dict[str, tuple[int, int]], *, first: bool = False) -> None:
    """Print the waits for each kind of page in milliseconds, and its weight."""
    print(f"\n{title}\n{'page':<10}{'asked':>7}{'first':>9}{'p50 ms':>9}{'p95 ms':>9}{'kB sent':>9}{'kB whole':>10}")
    for kind, taken in times.items():
        rest = np.array(taken[1:] if first and len(taken) > 1 else taken) * 1000
        p50, p95 = np.percentile(rest, [50, 95])
        sent, whole = sizes[kind]
        print(
            f"{kind:<10}{len(taken):>7}{taken[0] * 1000:>9.0f}{p50:>9.1f}{p95:>9.1f}"
            f"{sent / 1e3:>9.1f}{whole / 1e3:>10.1f}"
        )


def rss_mb(pid: int, name: str = "VmRSS") -> float:
    """Return a process' resident memory, or its peak."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


if __name__ == "__main__":
    main()
