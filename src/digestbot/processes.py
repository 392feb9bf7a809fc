"""Names this process so that another one can tell whether it still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def me() -> str:
    """Return this process's name: host, process id and the instant it was started in clock ticks."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def gone(owner: str) -> bool:
    """Tell whether a process named by `me` surely lives no more; one of another host is given the benefit of doubt."""
    host, _, rest = owner.partition(":")
    pid, _, started = rest.partition(":")
    return host == socket.gethostname() and pid.isdigit() and _started(int(pid)) != started


def _started(pid: int) -> str:
    """Process ids come again; with the start time (field 22 of proc(5)'s stat) the name does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "" if pid != os.getpid() else "unknown"
    fields = stat.rpartition(")")[2].split()
    # A zombie is dead and only waits for its parent to notice.
    return "" if fields[0] in "ZX" else fields[19]
