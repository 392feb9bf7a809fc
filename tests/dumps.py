"""Dumps of papers that nobody wrote, in the fields of arXiv's own snapshot."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator


def word(number: int, place: int) -> str:
    """Return a word that few papers have."""
    digest = hashlib.sha256(f"{number} {place}".encode()).digest()
    return "".join("bdfklmnprstvz"[one % 13] + "aeiou"[one % 5] for one in digest[:4])


def lines(count: int) -> Iterator[str]:
    """Yield lines of a dump, every fiftieth of them with the words of the one before it, two of them bad."""
    for number in range(count):
        told = number - 1 if number % 50 == 49 else number
        words = [word(told, place) for place in range(24)]
        paper = {
            "id": f"1801.{number:05}",
            "title": f"Attention of {' '.join(words[:5])} in transformers",
            "abstract": f"A language model of {' '.join(words[5:15])}. We train on {' '.join(words[15:])} and ask.",
            "categories": "cs.LG",
            "authors_parsed": [["Lovelace", f"A{told}", ""]],
            "versions": [{"version": "v1", "created": "Mon, 1 Jan 2018 10:00:00 GMT"}],
        }
        yield "{broken" if number in (7, 1_005) else json.dumps(paper)
