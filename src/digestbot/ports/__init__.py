"""What the line needs from outside, as protocols; the docstrings are the contract.

Adapters fulfil them, tests have fakes of their own. Whatever an SDK raises is translated in the adapter to the
exceptions of `errors`.
"""

from __future__ import annotations

from typing import Protocol

from digestbot.domain import Step
from digestbot.ports.finding import Embedder, Index
from digestbot.ports.models import (
    NO_PRECEDENTS,
    NO_USAGE,
    Agent,
    Introduction,
    Model,
    Precedents,
    References,
    Replies,
    Study,
    Tool,
)
from digestbot.ports.reading import (
    FeedSource,
    Http,
    Page,
    PageReader,
    Poster,
    Response,
    Spoken,
    Transcripts,
    Video,
    VideoReader,
)
from digestbot.ports.sending import Route, Sender

__all__ = [
    "Response",
    "Http",
    "Poster",
    "FeedSource",
    "Page",
    "PageReader",
    "Spoken",
    "Transcripts",
    "Video",
    "VideoReader",
    "Replies",
    "Introduction",
    "Model",
    "Tool",
    "Study",
    "Agent",
    "References",
    "NO_PRECEDENTS",
    "NO_USAGE",
    "Precedents",
    "Embedder",
    "Index",
    "Sender",
    "Route",
    "Progress",
]


class Progress(Protocol):
    """Shows how far a step is."""

    def __call__(self, step: Step, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        ...
