"""Reads what people suggested by address, as one more feed: papers, videos, repositories and any other page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Protocol

from digestbot.domain import Failure, Feed, FeedState, Fetched, Item, ItemId, Medium, Window
from digestbot.errors import SourceError
from digestbot.identity import PAPER_KEYS
from digestbot.keys import canonical_url, strong_keys
from digestbot.ports import Page, PageReader, Video, VideoReader
from digestbot.wire.entries import item_id
from digestbot.wire.plaintext import links_in

_AT_ONCE = 16
_PASSING = re.compile(r"timeout|truncated|connection|dns|cancelled|crashed|blocked|http-(?:429|5\d\d)")


class PaperFinder(Protocol):
    """Finds papers by their numbers."""

    async def by_number(self, feed: Feed, wanted: Sequence[ItemId], matching: bool) -> Fetched:
        """Return those of the wanted papers there are, as items of the feed; raises SourceError."""
        ...


class SuggestionLedger(Protocol):
    """What is asked of the ledger's suggestions."""

    def pending(self) -> list[str]: ...
    def read(self, url: str, item: ItemId) -> None: ...
    def failed(self, url: str, reason: str, standing: Failure) -> None: ...


class SuggestedSource:
    """Fulfils `ports.FeedSource` for the one feed of kind `suggested`."""

    def __init__(
        self, ledger: SuggestionLedger, papers: PaperFinder, pages: PageReader, videos: VideoReader, arxiv_url: str
    ) -> None:
        """Read what `ledger` has waiting; look papers up at `arxiv_url`."""
        self._ledger = ledger
        self._papers = papers
        self._pages = pages
        self._videos = videos
        self._arxiv_url = arxiv_url

    async def fetch(self, feed: Feed, state: FeedState, window: Window) -> Fetched:
        """Return what stands at the addresses that wait; one that cannot be read is left out, and nothing is lost."""
        urls = await asyncio.to_thread(self._ledger.pending)
        found: list[Item | SourceError] = []
        for start in range(0, len(urls), _AT_ONCE):
            found += await asyncio.gather(*(self._look(feed, url) for url in urls[start : start + _AT_ONCE]))
        answers = list(zip(urls, found, strict=True))
        await asyncio.to_thread(self._remember, answers)
        items = {one.id: one for one in found if isinstance(one, Item)}
        failed = tuple(f"{url}: {one.reason}: {one}" for url, one in answers if isinstance(one, SourceError))
        return Fetched(tuple(items.values()), left_out=failed)

    def _remember(self, answers: Sequence[tuple[str, Item | SourceError]]) -> None:
        for url, one in answers:
            if isinstance(one, Item):
                self._ledger.read(url, one.id)
            else:
                self._ledger.failed(url, f"{one.reason}: {one}", failure_of(one.reason))

    async def _look(self, feed: Feed, url: str) -> Item | SourceError:
        keys = {key.partition(":")[0]: key for key in strong_keys(url)}
        try:
            if "arxiv" in keys:
                return await self._paper(feed, ItemId(keys["arxiv"]))
            if "youtube" in keys:
                video = await self._videos.look(keys["youtube"].removeprefix("youtube:"))
                return video_item(feed, url, video)
            return page_item(feed, url, await self._pages.read(url))
        except SourceError as error:
            return error

    async def _paper(self, feed: Feed, paper: ItemId) -> Item:
        asked = Feed(feed.id, "arxiv", self._arxiv_url)
        found = await self._papers.by_number(asked, [paper], False)
        if not found.items:
            said = found.missing or "arXiv knows no such number"
            raise SourceError(f"{paper}: {said}", reason="connection" if found.missing else "http-404")
        return found.items[0]


def failure_of(reason: str) -> Failure:
    """Return whether an address is worth another try after a failure."""
    if reason == "upcoming":
        return "early"
    return "passing" if _PASSING.fullmatch(reason) else "for good"


def page_item(feed: Feed, url: str, page: Page) -> Item:
    """Return a page as an item, under the address where redirects ended; its own words stand for what a feed gives."""
    ended = page.url or url
    ended = ended if ended.startswith("http:") else canonical_url(ended) or ended
    ident = item_id(ended, ended, feed.id)
    keys = strong_keys(ended)
    medium: Medium = "paper" if any(key.startswith(PAPER_KEYS) for key in keys) else "post"
    return Item(
        id=ident,
        feed=feed.id,
        url=ended,
        title=page.title or page.text.partition("\n")[0][:120],
        text=page.text,
        published_at=page.published_at,
        authors=page.authors,
        medium="repository" if any(key.startswith("repo:") for key in keys) else medium,
        lang=page.lang,
        links=page.links,
    )


def video_item(feed: Feed, url: str, video: Video) -> Item:
    """Return a video as an item; raises SourceError (`upcoming`) for a stream that is not out yet."""
    if video.state == "upcoming":
        raise SourceError(f"{video.title!r} is not out yet", reason="upcoming")
    return Item(
        id=item_id(url, url, feed.id),
        feed=feed.id,
        url=canonical_url(url) or url,
        title=video.title,
        text=video.description,
        published_at=video.published_at,
        authors=tuple(filter(None, (video.author,))),
        medium="video",
        categories=video.marks,
        links=links_in(video.description),
    )
