"""What the line needs from outside, as protocols; the docstrings are the contract.

Adapters fulfil them, tests have fakes of their own. Whatever an SDK raises is translated in the adapter to the
exceptions of `errors`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Generic, Literal, Protocol, TypeVar

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
    Lookup,
    Outline,
    Precedent,
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
Precedents = Mapping[StoryId, Sequence[Precedent]]
"""For each story the works nearest to it that have their place already, nearest first."""
NO_PRECEDENTS: Precedents = MappingProxyType({})


BLOCKING = "b:"
"""How a key begins that many different works may share; all others identify."""
ABOUT = "about:"
"""How a key begins that names the work an item is about: it finds that work, not all else that is about it."""
COMMON = 50
"""A blocking key that more items share than this names a topic, not a work: joining on it costs more than it finds."""


@dataclass(frozen=True)
class Response:
    """An answer with its whole body, already decompressed. Header names are in lower case; `url` is where it ended.

    `moved_to` is the same address where nothing but permanent redirects (301, 308) led to it, "" otherwise.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    moved_to: str = ""


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


class Poster(Protocol):
    """The same way out for questions that cannot be asked with a GET."""

    async def post(self, url: str, body: bytes, content_type: str, *, max_bytes: int | None = None) -> Response:
        """Return the answer to a POST, never redirected, of status 200; raises SourceError like `Http.get`."""
        ...


class FeedSource(Protocol):
    """Reads one kind of feed."""

    async def fetch(self, feed: Feed, state: FeedState, window: Window) -> Fetched:
        """Return what the feed lists, newest or oldest first as it comes, and what its origin said beside.

        A source that can be asked for a span of time returns at least the window; others return all they have.
        Raises SourceError with a `reason`; entries that cannot be read are left out by name, never the whole feed.
        Where only a part of the window could be had, it comes with what is `missing`.
        """
        ...


@dataclass(frozen=True)
class Page:
    """A page's main text as plain text, never empty, and the address that it has for good.

    `url` is where redirects ended; `canonical` what the page itself calls its address, which may be wrong or empty, as
    may be whatever else it says of itself. `partial` says what of it was left out, "" for nothing.
    """

    text: str
    url: str = ""
    canonical: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    lang: str = ""
    image: str = ""
    links: tuple[str, ...] = ()
    """The absolute http(s) links of the text, in order, at most 50."""
    partial: str = ""


class PageReader(Protocol):
    """Reads the main text of a page, of a PDF, or of a repository its README."""

    async def read(self, url: str) -> Page:
        """Return the page; raises SourceError with a `reason`, such as `robots`, `no-text` or `not-html`."""
        ...


@dataclass(frozen=True)
class Spoken:
    """What is said in a video, in order; `starts_s` are seconds from its beginning, one for each text."""

    texts: tuple[str, ...]
    starts_s: tuple[float, ...]
    lang: str = ""
    generated: bool = False
    """Whether a machine listened; then there are no sentences, only words."""


class Transcripts(Protocol):
    """Reads what is said in videos."""

    async def read(self, video: str, langs: Sequence[str]) -> Spoken:
        """Return the transcript of a video by its YouTube id: in the first of these languages there is, else in any.

        Raises SourceError: `blocked` where YouTube does not answer to our address, `no-transcript` where there is none,
        `unavailable` for a video that cannot be played by us, `not-readable`, or a reason of `Http.get`.
        """
        ...


@dataclass(frozen=True)
class Video:
    """What a video's page says of it. `state` is `upcoming` for a stream or premiere that is not out yet."""

    title: str
    description: str
    author: str = ""
    published_at: datetime | None = None
    state: Literal["out", "live", "upcoming"] = "out"
    marks: tuple[str, ...] = ()
    """What else it is: `short`, `live stream`."""


class VideoReader(Protocol):
    """Reads a video's page."""

    async def look(self, video: str) -> Video:
        """Return the video by its YouTube id; raises SourceError with a `reason`."""
        ...


@dataclass(frozen=True)
class Replies(Generic[Result]):
    """What a model made of a batch: results and failures by story, together all of the batch, and what it took."""

    results: Mapping[StoryId, Result]
    failures: Mapping[StoryId, ModelError]
    usage: Usage = NO_USAGE


@dataclass(frozen=True)
class Introduction:
    """A story that is to be introduced in a document by a line like those in `examples`, which its chapter has."""

    story: Story
    article: Article
    summary: Summary
    chapter: str
    examples: tuple[str, ...] = ()


class Model(Protocol):
    """Files and summarizes. The offline model never fails; a chat model may, story by story."""

    @property
    def name(self) -> str:
        """`offline`, or `provider:model`."""
        ...

    async def file(
        self, stories: Sequence[Story], outline: Outline, precedents: Precedents = NO_PRECEDENTS
    ) -> Replies[Verdict]:
        """Return a verdict for each story; sections and chapters are ids of the outline."""
        ...

    @property
    def filing_prompt(self) -> str:
        """Return the label of the prompt that it files with, empty where it needs none."""
        ...

    @property
    def summary_prompt(self) -> str:
        """The label of the prompt that it summarizes with, which changes with it; empty where there is none."""
        ...

    async def summarize(
        self, tasks: Sequence[tuple[Story, Verdict, Article]], outline: Outline, lang: str
    ) -> Replies[Summary]:
        """Return a summary in a language for each story, every statement of it supported by its article.

        A model that cannot translate writes in the article's language, and the summary says so.
        """
        ...

    async def introduce(self, tasks: Sequence[Introduction], lang: str) -> Replies[str]:
        """Return a line in a language for each story, every statement of it supported by its article.

        It is empty where the model can write none, such as in another language than the summary's.
        """
        ...


@dataclass(frozen=True)
class Tool:
    """Something that an agent may look up: `look_up` takes a few words and returns a text. It changes nothing.

    The name is a Python identifier; `description` tells the model when to use it and what to ask.
    """

    name: str
    description: str
    look_up: Callable[[str], Awaitable[str]]


@dataclass(frozen=True)
class Study:
    """What an agent made of a story. `error` says why there is no verdict; what was looked up and paid for stands."""

    verdict: Verdict | None
    lookups: tuple[Lookup, ...]
    usage: Usage
    prompt: str
    error: ModelError | None = None


class Agent(Protocol):
    """Looks into one story with tools before it decides."""

    @property
    def name(self) -> str:
        """Return `provider:model`."""
        ...

    async def study(self, story: Story, outline: Outline, doubt: str, tools: Sequence[Tool]) -> Study:
        """Return what came of it, within caps on steps, tokens and time; `doubt` says what there is to settle.

        Raises ModelError when no story can be studied: the model is out of reach, or knows no tools.
        """
        ...


class References(Protocol):
    """What the roadmap and the ledger know that helps to file a story; it reads and never writes."""

    async def near(self, stories: Sequence[Story]) -> Precedents:
        """Return for each story the precedents nearest to it, none where nothing is near."""
        ...

    def tools(self, story: Story) -> Sequence[Tool]:
        """Return the tools for studying a story."""
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

    def close(self) -> None:
        """Let go of what is kept between sends, such as a connection; a later send opens it anew."""
        ...


@dataclass(frozen=True)
class Route:
    """A sender, and where it sends what is for a channel without an address of its own.

    Secret addresses and those that depend on the machine stand here, out of the ledger. `resend` sends what may have
    arrived once more, under the same key, where the channel cannot be asked. `at_once` sends so many at the same time:
    more than one only where the sender can tell after a crash what arrived.
    """

    sender: Sender
    address: str = ""
    resend: bool = False
    at_once: int = 1


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
