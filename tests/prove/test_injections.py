"""Nothing that an obeying or inventing model says of a hostile text gets out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "injections.py"
DATA = os.environ.get("DIGESTBOT_BENCH_DATA", "")
ENDPOINT = os.environ.get("DIGESTBOT_BENCH_ENDPOINT", "")


@pytest.mark.prove
@pytest.mark.skipif(not (DATA and ENDPOINT), reason="DIGESTBOT_BENCH_DATA and DIGESTBOT_BENCH_ENDPOINT name nothing")
@pytest.mark.parametrize("mode", ["hijack", "invent"])
def test_nothing_that_a_bad_model_says_gets_out(mode: str) -> None:
    """In every position no link, no mention, no sentence that speaks to a model and no invention is left."""
    asked = [sys.executable, str(BENCH), "--data", DATA, "--endpoint", ENDPOINT, "--mode", mode]

    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout

    rows = [line.split() for line in told.splitlines() if line.startswith(("title ", "abstract ", "page "))]
    assert len(rows) == 3
    assert all(row[3:7] == ["0"] * 4 for row in rows), told
