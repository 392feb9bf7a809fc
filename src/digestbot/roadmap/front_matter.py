"""The metadata that site generators keep in front of a document, between `---` (YAML) or `+++` (TOML) lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digestbot.roadmap.lines import bare

_KEY = re.compile(r"[\w\"'-][\w .\"'-]{0,60}\s?[:=]")
_TITLE = re.compile(r"title\s?[:=]\s?(?P<title>.+)", re.IGNORECASE)
_ENDS = {"---": ("---", "..."), "+++": ("+++",)}


@dataclass(frozen=True)
class FrontMatter:
    """`end` is the number of its last line, 0 when the document has none."""

    end: int = 0
    title: str = ""


def front_matter(lines: Sequence[str]) -> FrontMatter:
    """Return where the front matter ends; a document that merely begins with a rule has none."""
    opening = bare(lines[0]).removeprefix("\ufeff").rstrip() if lines else ""
    if opening not in _ENDS:
        return FrontMatter()
    title, is_metadata = "", False
    for number, line in enumerate(lines[1:], start=2):
        plain = bare(line).rstrip()
        if plain in _ENDS[opening]:
            return FrontMatter(number, title)
        if not plain.strip():
            continue
        if not is_metadata and not _KEY.match(plain):
            return FrontMatter()
        is_metadata = True
        match = _TITLE.match(plain)
        title = title or (match["title"].strip().strip("\"'") if match else "")
    return FrontMatter()
