"""How feeds, pages and videos are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from digestbot.domain import Feed, FeedState, Fetched, Window


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
