"""The operator's feeds: reading and changing `feeds.yaml`, OPML in and out, one spelling for addresses.

Pure: text in, values or text out.
"""

from __future__ import annotations

from digestbot.feeds.reading import KEYS, KINDS, load, parse
from digestbot.known_sites import ARXIV_API

__all__ = ["ARXIV_API", "KEYS", "KINDS", "load", "parse"]
