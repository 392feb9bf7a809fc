"""What a request may take, and how often a host is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

ARXIV_HOST = "export.arxiv.org"


@dataclass(frozen=True)
class HttpLimits:
    """What a request may take. `max_bytes` counts the body unpacked; `total_s` covers all redirects, not the queue."""

    connect_s: float = 10.0
    first_byte_s: float = 15.0
    total_s: float = 30.0
    max_bytes: int = 10 << 20
    max_redirects: int = 5
    host_gap_s: float = 1.0
    """Least time between the starts of two requests to a host; it never serves two of ours at once."""
    concurrency: int = 64
    """Requests under way at once: 1,000 feeds of 50 ms take 0.8 s, which is less than it takes to read them."""
    tries: int = 3
    retry_wait_s: float = 1.0
    """Wait before the first retry, on average; it doubles from try to try."""
    retry_after_max_s: float = 5.0
    """The longest Retry-After worth waiting for; with a longer one the caller is told at once."""


LIMITS = HttpLimits()


def arxiv_limits(limits: HttpLimits) -> HttpLimits:
    """Return limits for arXiv's API: one request every 3 s (its terms of use), and time for a page of 2,000 papers."""
    return replace(limits, host_gap_s=3.0, first_byte_s=60.0, total_s=120.0)
