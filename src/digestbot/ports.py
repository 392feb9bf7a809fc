"""What the line needs from outside, as protocols; the docstrings are the contract.

Adapters fulfil them, tests have fakes of their own. Whatever an SDK raises is translated in the adapter to the
exceptions of `errors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from digestbot.domain import (
    Article,
    Channel,
    ChannelKind,
    Digest,
    Feed,
    FeedState,
    Fetched,
    Outline,
    Step,
    Story,
    StoryId,
    Summary,
    Usage,
    Verdict,
    Window,
)
from digestbot.errors import ModelError

Result = TypeVar("Result")
NO_USAGE = Usage()


BLOCKING = "b:"
"""How a key begins that many different works may share; all others identify."""
ABOUT = "about:"
"""How a key begins that names the work an item is about: it finds that work, not all else that is about it."""
COMMON = 50
"""A blocking key that more items share than this names a topic, not a work: joining on it costs more than it finds."""


@dataclass(frozen=True)
class Response:
    """An answer with its whole body, already decompressed. Header names are in lower case; `url` is where it ended."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    """The one polite way out; every request of every adapter goes through it."""

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*", max_bytes: int | None = None
    ) -> Response:
        """Return the answer to a GET after redirects: a status of 200 or 304 (304 only where a validator was given).

        Raises SourceError for everything else, whose `reason` names it: `http-404`, `timeout`, `too-large`,
        `refused-address`, `refused-scheme`, `too-many-redirects`, `dns`, `connection`, `truncated`, `bad-encoding`.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections; further calls raise."""
        ...


class FeedSource(Protocol):
    """Reads one kind of feed."""

    async def fetch(self, feed: Feed, state: FeedState, window: Window) -> Fetched:
        """Return what the feed lists, newest or oldest first as it comes, with the state to remember.

        A source that can be asked for a span of time returns at least the window; others return all they have.
        Raises SourceError with a `reason`; entries that cannot be read are left out, never the whole feed.
        """
        ...


@dataclass(frozen=True)
class Page:
    """A page's main text as plain text, never empty, and the address that it has for good.

    `url` is where redirects ended; `canonical` what the page itself calls its address, which may be wrong or empty.
    """

    text: str
    url: str = ""
    canonical: str = ""


class PageReader(Protocol):
    """Reads the main text of a page."""

    async def read(self, url: str) -> Page:
        """Return the page; raises SourceError with a `reason`."""
        ...


@dataclass(frozen=True)
class Replies(Generic[Result]):
    """What a model made of a batch: results and failures by story, together all of the batch, and what it took."""

    results: Mapping[StoryId, Result]
    failures: Mapping[StoryId, ModelError]
    usage: Usage = NO_USAGE


class Model(Protocol):
    """Files and summarizes. The offline model never fails; a chat model may, story by story."""

    @property
    def name(self) -> str:
        """`offline`, or `provider:model`."""
        ...

    async def file(self, stories: Sequence[Story], outline: Outline) -> Replies[Verdict]:
        """Return a verdict for each story; sections and chapters are ids of the outline."""
        ...

    async def summarize(self, tasks: Sequence[tuple[Story, Verdict, Article]], outline: Outline) -> Replies[Summary]:
        """Return a summary for each story, every statement of it supported by its article."""
        ...


class Sender(Protocol):
    """Sends digests over one kind of channel."""

    @property
    def kind(self) -> ChannelKind:
        """The kind of channel it serves."""
        ...

    async def send(self, digest: Digest, channel: Channel, key: str) -> str:
        """Send and return the channel's own reference; `key` is the same at every try of this digest and channel.

        Raises DeliveryError: `permanent` when a retry cannot help, `in_doubt` when it may have been taken.
        """
        ...

    async def find(self, digest: Digest, channel: Channel, key: str) -> str | None:
        """Return the reference of an earlier send, "" if there was none, None if this channel cannot be asked."""
        ...


@dataclass(frozen=True)
class Route:
    """A sender, and where it sends what is for a channel without an address of its own.

    Secret addresses and those that depend on the machine stand here, out of the ledger. `resend` sends what may have
    arrived once more, under the same key, where the channel cannot be asked.
    """

    sender: Sender
    address: str = ""
    resend: bool = False


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """The model and its version: vectors of different names are never compared."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return rows of unit length, of shape (texts, dimensions)."""
        ...


class Index(Protocol):
    """Finds vectors near a vector. It can be thrown away: the ledger holds all that is in it."""

    @property
    def keeps(self) -> bool:
        """Whether what is added stays; an index that only reads the ledger keeps nothing of its own."""
        ...

    def add(self, subjects: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Add vectors, or replace those of the same subjects."""
        ...

    def near(self, vectors: NDArray[np.float32], limit: int) -> list[list[tuple[str, float]]]:
        """Return for each row up to `limit` (subject, cosine similarity), most similar first."""
        ...

    def count(self) -> int:
        """Return how many vectors it holds."""
        ...

    def clear(self) -> None:
        """Throw everything away."""
        ...


class Progress(Protocol):
    """Shows how far a step is."""

    def __call__(self, step: Step, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        ...
