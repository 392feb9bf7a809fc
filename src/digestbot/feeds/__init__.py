"""The operator's feeds: reading and changing `feeds.yaml`, OPML in and out, one spelling for addresses.

Pure: text in, values or text out.
"""

from __future__ import annotations

from digestbot.feeds.reading import KEYS, KINDS, load, parse

__all__ = ["KEYS", "KINDS", "load", "parse"]
