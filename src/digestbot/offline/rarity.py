"""Tells how rare a word is in the titles and abstracts of machine-learning and database papers.

Must not know what the figure is used for. The table is made by bench/train_sameness.py; it holds no words, only a
logarithm per hash value, so that two words can share a value.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources

STEPS_PER_NAT = 25
BUCKET_BITS = 16


def rarity(word: str) -> float:
    """Return the logarithm of one over the share of documents that hold a word: 0 in all, about 10 in none."""
    return _table()[bucket(word)] / STEPS_PER_NAT


def mass(words: Iterable[str]) -> float:
    """Return the summed rarity of words."""
    table = _table()
    return sum(sorted(table[bucket(word)] for word in words)) / STEPS_PER_NAT


@lru_cache(maxsize=65_536)
def bucket(word: str) -> int:
    """Return the place of a word in the table."""
    return zlib.crc32(word[:64].encode("utf-8", "replace")) & ((1 << BUCKET_BITS) - 1)


@lru_cache(maxsize=1)
def _table() -> bytes:
    text = resources.files("digestbot.offline").joinpath("weights/rarity.json").read_text("utf-8")
    return zlib.decompress(base64.b64decode(json.loads(text)["table"]))
