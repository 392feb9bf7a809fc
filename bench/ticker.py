"""Ticks as `digestbot serve` does, in one process, at the instants that stand on stdin; tells on stdout what each did.

`two_weeks.py` starts it, kills it and reads how large it grew.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import datetime
from pathlib import Path

from digestbot.app import existing
from digestbot.app.reloading import Setup
from digestbot.commands.ticking import Ticks
from digestbot.log import configure
from digestbot.memory import hand_back_memory
from digestbot.settings import load

FAILED = ("tick failed", "tick failed by a fault of ours")


def resident_mb() -> float:
    """Return what this process has in memory now."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def main() -> None:
    """Tick until there are no more instants."""
    hand_back_memory()
    settings = load()
    configure("json", log := io.StringIO())
    setup = Setup(settings, existing(settings), None, load)
    setup.start()
    ticks = Ticks(setup)
    for line in sys.stdin:
        ticks.do(datetime.fromisoformat(line.strip()), leads=True)
        told = [json.loads(text) for text in log.getvalue().splitlines()]
        log.seek(0)
        log.truncate()
        failed = [one["reason"] if "reason" in one else one["event"] for one in told if one["event"] in FAILED]
        print(json.dumps({"failed": failed, "rss_mb": resident_mb()}), flush=True)


if __name__ == "__main__":
    main()
