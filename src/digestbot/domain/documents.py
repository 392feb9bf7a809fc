"""What can be searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Document:
    """Something that can be searched, under its own id."""

    id: str
    title: str
    text: str = ""
    url: str = ""
    kind: str = ""
    lang: str = ""
    date: str = ""
    source: Literal["loaded", "story"] = "loaded"
