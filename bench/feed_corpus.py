"""Reads the feed corpus with our parser and with feedparser alone, and counts what each gets right, per format.

Usage: python bench/feed_corpus.py --data DIR [--misses]. Both read the same bytes with the same headers, in
a process that can make no socket: what asks the network is counted and fails. Titles and texts are compared as readers
see them (markup gone, spaces collapsed), for both; links, ids and instants as they are. feedparser offers every text of
an entry, we keep the fullest: it counts as right where the expected one is a shorter text of the same entry. Checks are
counted over well-formed documents, those over broken ones beside; crashes and hangs (10 s) over all of them.
"""

from __future__ import annotations

import argparse
import calendar
import json
import os
import signal
import sys
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import feedparser
from feed_expectations import COLUMNS, Check, Column, checks_of

from digestbot.errors import SourceError
from digestbot.wire.parsed import web
from digestbot.wire.parsing import parse
from digestbot.wire.plaintext import clean_text, clean_title, text_of

LIMIT_S = 10
BASE = "http://127.0.0.1:8097/"
"""Where the feeds of feedparser's tests say that they are, when their expectations need it."""
ASKING = ("socket.__new__", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request")
Value = str | datetime


@dataclass(frozen=True)
class Reading:
    """What a parser made of a document: for the feed and each entry all values that it offers for a column."""

    feed: Mapping[Column, tuple[Value, ...]] = field(default_factory=dict)
    entries: tuple[Mapping[Column, tuple[Value, ...]], ...] = ()
    refused: str = ""
    """Why it made nothing of it."""

    def offers(self, check: Check) -> tuple[Value, ...]:
        """Return what it offers where a check looks."""
        if check.entry is None:
            return self.feed.get(check.column, ())
        return self.entries[check.entry].get(check.column, ()) if check.entry < len(self.entries) else ()


@dataclass
class Tally:
    """How one parser did: hits by (source, format, column), faults, refusals and seconds."""

    read: Callable[[Mapping[str, Any], bytes], Reading]
    hits: Counter[tuple[str, str, Column]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    times: list[tuple[float, str]] = field(default_factory=list)


def main() -> None:
    """Print a table for each source of expectations, then times, refusals, faults and calls to the network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DIGESTBOT_BENCH_DATA"))
    parser.add_argument("--misses", action="store_true", help="print every check that ours fails")
    options = parser.parse_args()
    if options.data is None:
        parser.error("--data DIR or DIGESTBOT_BENCH_DATA is needed")
    warnings.simplefilter("ignore")  # both parsers are used as they are, deprecations and all
    asked = _block_sockets()
    ours, theirs, fuller = Tally(_ours), Tally(_theirs), 0
    checks: Counter[tuple[str, str, Column]] = Counter()
    for row, body, expected in _documents(options.data / "feeds"):
        source, stated = checks_of(row, body, expected)
        source = source if row["wellformed"] else "broken"
        mine, his = _measured(ours, row, body), _measured(theirs, row, body)
        for check in stated:
            key = (source, row["format"], check.column)
            kept = _is_fuller(check, mine, his)
            right = kept or _holds(mine, check)
            fuller += kept
            checks[key] += 1
            ours.hits[key] += right
            theirs.hits[key] += _holds(his, check)
            if options.misses and not right:
                also = " (feedparser has it)" if _holds(his, check) else ""
                print(f"missed{also}: {row['file']} {check}: {mine.refused or mine.offers(check)}"[:500])
    for source in dict.fromkeys(source for source, _, _ in checks):
        _print_table(source, checks, ours, theirs)
    print(f"\nof digestbot's texts {fuller} are right as the fuller one of an entry with several")
    _print_sum("digestbot", ours)
    _print_sum("feedparser", theirs)
    print(f"attempts to reach the network: {len(asked)} {sorted(set(asked))}")


def _block_sockets() -> list[str]:
    asked: list[str] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event in ASKING:
            asked.append(event)
            raise OSError(f"no network while parsing: {event}")

    sys.addaudithook(watch)
    return asked


def _documents(folder: Path) -> Iterator[tuple[dict[str, Any], bytes, bytes | None]]:
    with zipfile.ZipFile(folder / "corpus.zip") as corpus:
        for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            expected = corpus.read(row["expected_file"]) if row.get("expected_file") else None
            yield row, corpus.read(row["file"]), expected


def _measured(tally: Tally, row: Mapping[str, Any], body: bytes) -> Reading:
    started = time.perf_counter()
    try:
        with _limit():
            found = tally.read(row, body)
    except Exception as error:  # a crash is what is measured here
        tally.faults.append(f"{row['file']}: {type(error).__name__}: {error}")
        found = Reading(refused="crashed")
    tally.times.append((time.perf_counter() - started, row["file"]))
    tally.refused[found.refused] += 1
    return found


@contextmanager
def _limit() -> Iterator[None]:
    def stop(number: int, frame: object) -> None:
        raise TimeoutError(f"took more than {LIMIT_S} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ours(row: Mapping[str, Any], body: bytes) -> Reading:
    headers = row.get("http_headers") or {}
    try:
        found = parse(body, headers.get("content-type", ""), web(headers.get("content-location", ""), BASE) or BASE)
    except SourceError as error:
        return Reading(refused=error.reason)
    entries = tuple[Mapping[Column, tuple[Value, ...]], ...](
        {
            "title": (item.title,),
            "link": (item.link,),
            "id": (item.id,),
            "date": tuple(at.replace(microsecond=0) for at in (item.published, item.updated) if at),
            "text": (_flat(item.text),),
        }
        for item in found.items
    )
    return Reading({"title": (found.title,), "link": (found.link,)}, entries)


def _theirs(row: Mapping[str, Any], body: bytes) -> Reading:
    headers = {"content-location": BASE} | (row.get("http_headers") or {})
    found = feedparser.parse(BytesIO(body), response_headers=headers)
    if not (found["entries"] or found.get("version")):
        return Reading(refused="not-a-feed")
    head = found["feed"]
    feed: dict[Column, tuple[Value, ...]] = {"title": _seen(head.get("title", "")), "link": (head.get("link", ""),)}
    return Reading(feed, tuple(_their_entry(entry) for entry in found["entries"]))


def _their_entry(entry: dict[str, Any]) -> dict[Column, tuple[Value, ...]]:
    instants = (dict.get(entry, f"{name}_parsed") for name in ("published", "updated", "created"))
    texts = [entry.get("summary", ""), *(one.get("value", "") for one in entry.get("content", ()))]
    return {
        "title": _seen(entry.get("title", "")),
        "link": (entry.get("link", ""),),
        "id": (entry.get("id", ""),),
        "date": tuple(datetime.fromtimestamp(calendar.timegm(parsed), UTC) for parsed in instants if parsed),
        "text": tuple(_flat(text_of(text)) for text in texts),
    }


def _seen(title: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((clean_title(title), _flat(clean_text(title)))))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _holds(found: Reading, check: Check) -> bool:
    return any(value in found.offers(check) for value in _accepted(check))


def _accepted(check: Check) -> tuple[Value, ...]:
    if isinstance(check.value, datetime) or check.column in ("link", "id"):
        return (check.value,)
    if check.column == "title":
        return _seen(check.value)
    return tuple(dict.fromkeys((_flat(text_of(check.value)), _flat(clean_text(check.value)))))


def _is_fuller(check: Check, mine: Reading, his: Reading) -> bool:
    """Tell whether we keep another text of the same entry than the expected one, and a longer one."""
    if check.column != "text" or _holds(mine, check):
        return False
    wanted = _flat(text_of(str(check.value)))
    return any(len(str(text)) > len(wanted) and text in his.offers(check) for text in mine.offers(check))


def _print_table(source: str, checks: Counter[tuple[str, str, Column]], ours: Tally, theirs: Tally) -> None:
    formats = sorted({name for one, name, _ in checks if one == source})
    print(f"\n{source}: right by digestbot | by feedparser / checks")
    print(f"{'format':10}" + "".join(f"{column:>24}" for column in COLUMNS))
    for name in [*formats, "all"]:
        cells = []
        for column in COLUMNS:
            keys = [(source, one, column) for one in (formats if name == "all" else [name])]
            mine, his, total = (sum(counts[key] for key in keys) for counts in (ours.hits, theirs.hits, checks))
            cells.append(f"{mine} | {his} / {total}" if total else "")
        print(f"{name:10}" + "".join(f"{cell:>24}" for cell in cells))


def _print_sum(name: str, tally: Tally) -> None:
    slowest = max(tally.times)
    refused = {reason: count for reason, count in tally.refused.items() if reason}
    print(f"{name}: {len(tally.times)} documents in {sum(seconds for seconds, _ in tally.times):.1f} s, ", end="")
    print(f"the slowest {slowest[0]:.2f} s ({slowest[1]}); refused {refused}; crashed or hung {len(tally.faults)}")
    for fault in tally.faults:
        print(f"  {fault}")


if __name__ == "__main__":
    main()
