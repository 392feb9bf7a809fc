"""Measures one day's work: an announced arXiv day from nothing to a digest, then the same again with nothing new.

    python bench/day.py --data DIR [--day 2026-04-10] [--items N]

DIR (or DIGESTBOT_BENCH_DATA) holds `arxiv-month/items.jsonl.gz`. A server in this process answers as arXiv's API does;
`digestbot run` is a child with an empty data folder, as at a user's.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import arguments
from served_day import Ended, papers_of, run, serve, write_feeds


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
        write_feeds(Path(folder), papers, url)
        first, second = run(Path(folder), now), run(Path(folder), now)
    show(len(papers), first, second)


def show(served: int, first: Ended, second: Ended) -> None:
    """Print what each step took, the outcomes, and the peak of memory."""
    print(f"{'step':<12}{'first run':>12}{'second run':>12}")
    for step, spent in first.report["steps"].items():
        print(f"{step:<12}{spent['seconds']:>10.2f} s{second.report['steps'][step]['seconds']:>10.2f} s")
    steps = [sum(spent["seconds"] for spent in ended.report["steps"].values()) for ended in (first, second)]
    print(f"{'the rest':<12}{first.seconds - steps[0]:>10.2f} s{second.seconds - steps[1]:>10.2f} s")
    print(f"{'total':<12}{first.seconds:>10.2f} s{second.seconds:>10.2f} s")
    print(f"{'processor':<12}{first.cpu_seconds:>10.2f} s{second.cpu_seconds:>10.2f} s")
    print(f"{'peak RSS':<12}{first.peak_mb:>9.0f} MB{second.peak_mb:>9.0f} MB")
    for name, ended in (("first", first), ("second", second)):
        outcomes = {outcome: count for outcome, count in ended.report["outcomes"].items() if count}
        told = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        print(f"{name} run: {sum(outcomes.values())} of {served} served: {told or 'nothing'}")


if __name__ == "__main__":
    main()
