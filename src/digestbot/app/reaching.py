"""What reads from outside, wired up."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digestbot import __version__
from digestbot.adapters.suggested import PaperFinder
from digestbot.domain import FeedKind
from digestbot.ports import FeedSource, Http, PageReader, Transcripts, VideoReader
from digestbot.settings import Settings

if TYPE_CHECKING:
    from digestbot.adapters.discovery import FeedFinder


_FEEDS_PER_PROCESS = 100


_MOST_PROCESSES = 4
"""A process takes 0.3 s to start and 60 MB; a hundred feeds take it half a second to read."""


def user_agent(settings: Settings) -> str:
    """Return who asks, and where to write to when it asks too much: the sender of the mails, once that is set."""
    contact = "" if settings.mail_from.endswith("@localhost") else f" (+mailto:{settings.mail_from})"
    return f"digestbot/{__version__}{contact}"


@dataclass(frozen=True)
class Reach:
    """What reads from outside."""

    sources: Mapping[FeedKind, FeedSource]
    pages: PageReader
    transcripts: Transcripts
    papers: PaperFinder
    videos: VideoReader


@asynccontextmanager
async def fetching(settings: Settings, feeds: int = 1) -> AsyncIterator[Reach]:
    """Give everything that reads from outside, all over one polite client."""
    from digestbot.adapters.arxiv_api import ArxivSource
    from digestbot.adapters.http import PoliteHttp
    from digestbot.adapters.pages import TrafilaturaPages
    from digestbot.adapters.syndication import SyndicationSource
    from digestbot.adapters.transcripts import YoutubeTranscripts
    from digestbot.adapters.worker import Worker
    from digestbot.adapters.youtube import YoutubeSource

    http = PoliteHttp(settings.allow_nets, user_agent(settings))
    worker = Worker(processes=worker_processes(feeds))
    pages, papers, videos = TrafilaturaPages(http, worker), ArxivSource(http), YoutubeSource(http, worker)
    try:
        yield Reach(
            sources={
                "arxiv": papers,
                "feed": SyndicationSource(http, worker),
                "youtube": videos,
            },
            pages=pages,
            transcripts=YoutubeTranscripts(http, http),
            papers=papers,
            videos=videos,
        )
    finally:
        await worker.aclose()
        await http.aclose()


@dataclass(frozen=True)
class Look:
    """What looks for feeds; `sources` read those that are more than a document at an address."""

    finder: FeedFinder
    sources: Mapping[FeedKind, FeedSource]


def worker_processes(feeds: int) -> int:
    """Return how many processes read that many feeds best."""
    return min(1 + feeds // _FEEDS_PER_PROCESS, os.cpu_count() or 1, _MOST_PROCESSES)


@asynccontextmanager
async def looking(settings: Settings) -> AsyncIterator[Look]:
    """Give what looks for feeds and reads them once, over a polite client of its own."""
    from digestbot.adapters.arxiv_api import ArxivSource
    from digestbot.adapters.discovery import FeedFinder
    from digestbot.adapters.http import PoliteHttp
    from digestbot.adapters.worker import Worker
    from digestbot.adapters.youtube import YoutubeSource

    http: Http = PoliteHttp(settings.allow_nets, user_agent(settings))
    worker = Worker()
    try:
        yield Look(FeedFinder(http, worker), {"arxiv": ArxivSource(http), "youtube": YoutubeSource(http, worker)})
    finally:
        await worker.aclose()
        await http.aclose()
