"""The one way out, polite and guarded: every request of every adapter goes through `PoliteHttp`."""

from __future__ import annotations

from digestbot.adapters.http.client import PoliteHttp
from digestbot.adapters.http.limits import ARXIV_HOST, HttpLimits, arxiv_limits

__all__ = ["ARXIV_HOST", "HttpLimits", "PoliteHttp", "arxiv_limits"]
