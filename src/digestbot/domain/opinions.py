"""What a reader says of a story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

OpinionKind = Literal["saved", "vote"]


@dataclass(frozen=True)
class Opinion:
    """A story that a person kept to read (`saved`), or liked or not (`vote`); the last word of a kind counts.

    `who` is `discord:` and a number. `about` is the story's id, or that of a digest that was judged as a whole.
    """

    who: str
    kind: OpinionKind
    about: str
    at: datetime
    digest: str = ""
    title: str = ""
    url: str = ""
    reason: str = ""
    liked: bool = True
