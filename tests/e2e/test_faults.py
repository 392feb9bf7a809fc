"""A run among hosts that fail in every way they can: it ends, stays small, and reads those that do not fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hostile
import pytest

pytestmark = pytest.mark.slow

NOW = "2026-04-12T18:00:00+00:00"
PEAK_MAX_BYTES = 600 << 20
# A process begins with the peak of the one that started it, and tests are large: this one between them is small.
MEASURED = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10))
sys.exit(status)
"""
REASONS = {
    "says-500": "http-500",
    "says-503": "http-503",
    "says-404": "http-404",
    "says-410": "http-410",
    "redirect-loop": "too-many-redirects",
    "redirect-private": "refused-address",
    "redirect-file": "refused-scheme",
    "gzip-bomb": "too-large",
    "endless": "too-large",
    "truncated": "truncated",
    "html": "not-a-feed",
    "empty": "not-a-feed",
    "xml-bomb": "xml-entities",
    "external-entity": "xml-entities",
}


@dataclass(frozen=True)
class Ended:
    """A run that is over."""

    home: Path
    status: int
    report: dict[str, Any]
    peak_bytes: int


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """One run over all feeds, good and bad."""
    folder = tmp_path_factory.mktemp("faults")
    with hostile.serve() as addresses:
        entries = [{"id": name, "kind": "feed", "url": url} for name, url in addresses.items()]
        (folder / "feeds.yaml").write_text(json.dumps({"feeds": entries}))
        return run(folder)


def run(folder: Path) -> Ended:
    """Run to the end; `peak_bytes` is that of the largest of its processes."""
    words = ["run", "--feeds", str(folder / "feeds.yaml"), "--now", NOW, "--json"]
    own = {"DIGESTBOT_HOME": str(folder / "home"), "DIGESTBOT_ALLOW_NETS": "127.0.0.0/8"}
    with (folder / "report.json").open("wb") as answer:
        status = subprocess.call(
            [sys.executable, "-c", MEASURED, str(folder / "peak"), sys.executable, "-m", "digestbot", *words],
            env={"PATH": os.environ["PATH"], "HOME": str(folder)} | own,
            cwd=folder,
            stdout=answer,
        )
    report = json.loads((folder / "report.json").read_bytes())
    return Ended(folder / "home", status, report, int((folder / "peak").read_text()))


def test_every_bad_feed_is_marked_with_its_reason(ended: Ended) -> None:
    """A feed that cannot be read is failed, with the reason that an operator needs; no other feed is."""
    failed = {feed["id"]: feed["reason"].partition(":")[0] for feed in ended.report["feeds"] if feed["failed"]}

    assert failed == REASONS


def test_good_feeds_are_read_filed_and_delivered(ended: Ended) -> None:
    """What fails beside them costs the good feeds nothing."""
    written = "".join(path.read_text(encoding="utf-8") for path in (ended.home / "digests").glob("*.md"))

    assert ended.status == 0
    assert {receipt["state"] for receipt in ended.report["deliveries"]} == {"sent"}
    assert "Speculative decoding without a draft model" in written
    assert "Low-rank adapters for instruction tuning" in written
    assert sum(ended.report["outcomes"].values()) == sum(feed["fetched"] for feed in ended.report["feeds"]) == 3


def test_a_wrong_charset_is_read_as_what_it_is(ended: Ended) -> None:
    """A feed that says UTF-8 and is GB18030 gives its title in Chinese, not as rubble."""
    listed = subprocess.run(
        [sys.executable, "-m", "digestbot", "items", "--feed", "wrong-charset", "--json"],
        env={"PATH": os.environ["PATH"], "HOME": str(ended.home), "DIGESTBOT_HOME": str(ended.home)},
        cwd=ended.home,
        capture_output=True,
        check=True,
    )

    assert "线性注意力与大语言模型" in json.dumps(json.loads(listed.stdout), ensure_ascii=False)


def test_failed_feeds_stand_in_the_digest(ended: Ended) -> None:
    """A reader is told that sources were missing."""
    written = "".join(path.read_text(encoding="utf-8") for path in (ended.home / "digests").glob("*.md"))

    assert all(name in written for name in ("gzip-bomb", "redirect-private"))


def test_memory_stays_small(ended: Ended) -> None:
    """Neither a gigabyte in a gzip nor a body without an end makes the program large."""
    assert ended.peak_bytes < PEAK_MAX_BYTES
