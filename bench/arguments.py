"""What every script here takes on its command line."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

VARIABLE = "DIGESTBOT_BENCH_DATA"


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add `--data DIR`, the folder with the recorded data; DIGESTBOT_BENCH_DATA stands in for it."""
    found = os.environ.get(VARIABLE)
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        default=Path(found) if found else None,
        required=not found,
        help=f"the folder with the recorded data; {VARIABLE} if left out",
    )
